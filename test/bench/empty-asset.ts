import { removeProject, sleep, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { dagsterServing } from './dagster.js'
import { median } from './example-copy.js'
import { besideDagster, type Figure, times } from './figure.js'

const definitions = `
import { asset, defineProject } from 'millrace'
export default defineProject(asset('bench/empty', { run: () => {} }))
`
const rounds = 100
const pollMs = 5

export interface TimedRun {
  /** From the request to the end of the run, as a client sees it. */
  readonly wallMs: number
  /** From queued to the start of its step, as the run's own events say. */
  readonly startMs: number
}

async function materialize(up: Up, selection: string): Promise<TimedRun> {
  const started = performance.now()
  const { runId } = await up.post<{ runId: string }>('/materialize', { selection })
  for (;;) {
    const run = await up.get<{ status: string; endedAt?: string }>(`/runs/${runId}`)
    if (run.status === 'failed') throw new Error('The empty asset failed.')
    if (run.endedAt !== undefined) break
    await sleep(pollMs)
  }
  const wallMs = performance.now() - started
  const { events } = await up.get<{ events: readonly { type: string; at: string }[] }>(`/runs/${runId}/events`)
  const at = (type: string) => Date.parse(events.find((event) => event.type === type)?.at ?? '')
  return { wallMs, startMs: at('step_started') - at('run_queued') }
}

/** Runs of one asset, one after the other, after one that warms up. */
export async function timedRuns(up: Up, selection: string, count: number): Promise<readonly TimedRun[]> {
  await materialize(up, selection)
  const timed: TimedRun[] = []
  for (let round = 0; round < count; round++) {
    timed.push(await materialize(up, selection))
    // At another moment of the engine's own rhythm each time, so that a lost wake-up would be seen.
    await sleep(37)
  }
  return timed
}

const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN

/** How long an asset that does nothing takes through a running `millrace up`; the client looks every 5 ms. */
async function measureEmptyAsset(): Promise<readonly TimedRun[]> {
  const dir = await temporaryProject({ 'orchestration/definitions.ts': definitions })
  try {
    const up = await startUp(dir)
    try {
      return await timedRuns(up, 'bench/empty', rounds)
    } finally {
      await up.stop()
    }
  } finally {
    await removeProject(dir)
  }
}

export async function assetFigures(): Promise<readonly Figure[]> {
  const ours = await measureEmptyAsset()
  const theirs = await dagsterServing(1)
  const line = (what: string, aim: string, values: readonly number[], their: readonly number[] = []): Figure => {
    const [p50, p99] = [median(values), percentile(values, 0.99)]
    const theirMs = their.map((seconds) => seconds * 1_000)
    return {
      what,
      millrace: `${p50.toFixed(0)} / ${p99.toFixed(0)} ms`,
      comparedWith: besideDagster(
        aim,
        theirMs.length === 0 ? undefined : `${median(theirMs).toFixed(0)} / ${percentile(theirMs, 0.99).toFixed(0)} ms`,
      ),
      ratio: theirMs.length === 0 ? '' : times(p50 / median(theirMs)),
    }
  }
  return [
    line(
      'Empty asset, request to end of the run (p50 / p99)',
      '50 / 150 ms, a hundredth',
      ours.map(({ wallMs }) => wallMs),
      theirs?.runs,
    ),
    line(
      'Request of a run to the start of its step (p50 / p99)',
      '30 ms',
      ours.map(({ startMs }) => startMs),
      theirs?.starts,
    ),
  ]
}
