import { eventually, removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { median } from './example-copy.js'
import type { Figure } from './figure.js'

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
      return [
        {
          what: 'Partitions page of 100 000 hours, half of them made',
          millrace: `${statusMs.toFixed(0)} ms`,
          comparedWith: 'aim: 200 ms',
          ratio: '',
        },
        {
          what: 'Start of a backfill of the other half, a run each',
          millrace: `${startMs.toFixed(0)} ms`,
          comparedWith: 'aim: 1 000 ms',
          ratio: '',
        },
      ]
    } finally {
      await up.stop()
    }
  } finally {
    await removeProject(dir)
  }
}
