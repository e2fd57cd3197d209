import type { RunSummary } from '../../../../src/server/contract/index.js'

/** Runs that would lie on each other at this width, drawn as one bar. */
export interface Batch {
  /** Oldest first. */
  readonly runs: readonly RunSummary[]
  readonly leftPx: number
  readonly widthPx: number
  /** The one that matters most. */
  readonly status: string
}

const narrowestPx = 7
const gapPx = 2
const weight: readonly string[] = ['failed', 'running', 'starting', 'cancelling', 'queued', 'cancelled', 'succeeded']

export function batches(runs: readonly RunSummary[], x: (at: string) => number, now: string): Batch[] {
  const bars = runs
    .map((run) => {
      const left = x(run.startedAt ?? run.createdAt)
      const right = Math.max(left + narrowestPx, x(run.endedAt ?? now))
      // One that is too short to be seen grows, but not into the future.
      const over = Math.max(0, right - x(now))
      return { run, left: left - over, right: right - over }
    })
    .sort((a, b) => a.left - b.left)
  const found: { runs: RunSummary[]; left: number; right: number }[] = []
  for (const { run, left, right } of bars) {
    const last = found.at(-1)
    if (last && left < last.right + gapPx) {
      last.runs.push(run)
      last.right = Math.max(last.right, right)
    } else found.push({ runs: [run], left, right })
  }
  return found.map(({ runs: together, left, right }) => ({
    runs: together,
    leftPx: left,
    widthPx: right - left,
    status: weight.find((status) => together.some((run) => run.status === status)) ?? 'succeeded',
  }))
}

export interface Lane {
  readonly name: string
  readonly type: 'schedule' | 'sensor' | 'automation' | 'hand'
  readonly runs: readonly RunSummary[]
}

/** One lane per schedule, sensor and automation, and one for what people started; those with the newest runs come first. */
export function lanes(runs: readonly RunSummary[], scheduled: readonly string[]): Lane[] {
  const found = new Map<string, { name: string; type: Lane['type']; runs: RunSummary[] }>()
  const lane = (name: string, type: Lane['type']) => {
    const known = found.get(`${type} ${name}`) ?? { name, type, runs: [] }
    found.set(`${type} ${name}`, known)
    return known
  }
  for (const run of runs) {
    const { type, name } = run.trigger
    if ((type === 'schedule' || type === 'sensor' || type === 'automation') && name !== undefined)
      lane(name, type).runs.push(run)
    else if (type === 'start') lane('First start', 'hand').runs.push(run)
    else lane('By hand', 'hand').runs.push(run)
  }
  for (const name of scheduled) lane(name, 'schedule')
  return [...found.values()]
}
