import { eventually, removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { dagsterPartitions } from './dagster.js'
import { median } from './example-copy.js'
import { besideDagster, type Figure, times } from './figure.js'

const definitions = `
import { asset, defineProject, partitions } from 'millrace'
export default defineProject(
  asset('bench/hours', {
    partitions: partitions.hourly({ start: '2013-01-01', end: '2024-06-01', timezone: 'Europe/Berlin' }),
    makesPartitions: 'together',
    run: () => {},
  }),
)
`
const rounds = 7
/** It takes minutes to make fifty thousand: with fewer it has less to look at. */
const madeByPeer = 2_000

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await timed(work))
  return median(times)
}

const page = (up: Up) => up.get<{ counts: Record<string, number> }>('/assets/bench%2Fhours/partitions')

/** An asset of a hundred thousand hours: what its page asks for when half of them was made, and the start of a backfill of the rest. */
export async function partitionFigures(): Promise<readonly Figure[]> {
  const dir = await temporaryProject({ 'orchestration/definitions.ts': definitions })
  try {
    const up = await startUp(dir)
    try {
      await up.post('/backfills', { selection: 'bench/hours', partitions: '2013-01-01-00:00...2018-09-01-00:00' })
      await eventually('half of them is made', async () => ((await page(up)).counts.made ?? 0) > 49_000)
      const statusMs = await medianMs(() => page(up))
      const startMs = await medianMs(() =>
        up.post('/backfills', { selection: 'bench/hours', onlyMissing: true, perRun: 1 }),
      )
      const theirs = await dagsterPartitions(madeByPeer)
      const line = (what: string, ours: number, their: number | undefined, aim: string): Figure => ({
        what,
        millrace: `${ours.toFixed(0)} ms`,
        comparedWith: besideDagster(
          aim,
          their === undefined
            ? undefined
            : `${(their * 1_000).toFixed(0)} ms, ${madeByPeer.toLocaleString('en-US')} made`,
        ),
        ratio: their === undefined ? '' : times(ours / (their * 1_000)),
      })
      return [
        line('Partitions page of 100 000 hours, half of them made', statusMs, theirs?.page, '200 ms'),
        line('Start of a backfill of the other half, a run each', startMs, theirs?.backfill, '1 000 ms'),
      ]
    } finally {
      await up.stop()
    }
  } finally {
    await removeProject(dir)
  }
}
