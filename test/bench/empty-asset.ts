import { removeProject, sleep, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { median } from './example-copy.js'
import type { Figure } from './figure.js'

const definitions = `
import { asset, defineProject } from 'millrace'
export default defineProject(asset('bench/empty', { run: () => {} }))
`
const rounds = 20
const pollMs = 5

interface Timed {
  readonly wallMs: number
  readonly recordedMs: number
}

/** From the request to the end of the run, as a client sees it. */
async function materialize(up: Up): Promise<Timed> {
  const started = performance.now()
  const { runId } = await up.post<{ runId: string }>('/materialize', { selection: 'bench/empty' })
  for (;;) {
    const run = await up.get<{ status: string; createdAt: string; endedAt?: string }>(`/runs/${runId}`)
    if (run.status === 'failed') throw new Error('The empty asset failed.')
    if (run.endedAt !== undefined)
      return {
        wallMs: performance.now() - started,
        recordedMs: Date.parse(run.endedAt) - Date.parse(run.createdAt),
      }
    await sleep(pollMs)
  }
}

/**
 * How long an asset that does nothing takes through a running `millrace up`: `medianMs` as a client sees it (it looks
 * every 5 ms), `medianRecordedMs` from queued to ended as the run's record says.
 */
export async function measureEmptyAsset(): Promise<{ medianMs: number; maxMs: number; medianRecordedMs: number }> {
  const dir = await temporaryProject({ 'orchestration/definitions.ts': definitions })
  try {
    const up = await startUp(dir)
    try {
      await materialize(up)
      const times: Timed[] = []
      for (let round = 0; round < rounds; round++) {
        times.push(await materialize(up))
        // At another moment of the engine's own rhythm each time, so that a lost wake-up would be seen.
        await sleep(37)
      }
      return {
        medianMs: median(times.map((time) => time.wallMs)),
        maxMs: Math.max(...times.map((time) => time.wallMs)),
        medianRecordedMs: median(times.map((time) => time.recordedMs)),
      }
    } finally {
      await up.stop()
    }
  } finally {
    await removeProject(dir)
  }
}

if (process.argv[1] === import.meta.filename) console.log(await measureEmptyAsset())

export async function assetFigures(): Promise<readonly Figure[]> {
  const { medianMs } = await measureEmptyAsset()
  return [
    {
      what: 'Empty asset, request to end of the run',
      millrace: `${medianMs.toFixed(0)} ms`,
      comparedWith: 'aim: 100 ms',
      ratio: '',
    },
  ]
}
