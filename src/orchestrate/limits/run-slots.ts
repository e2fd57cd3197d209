import type { KnownProcess } from '../contract/index.js'

/** Who claims runs, and how many more may go on. */
export interface RunSlots {
  readonly workers: number
  /** Workers that were not heard of. */
  readonly lost: number
  readonly total: number
  readonly taken: number
}

/** @param going how many runs were taken from the queue and have not ended */
export function runSlots(processes: readonly KnownProcess[], going: number): RunSlots {
  const claiming = processes.filter(({ runs }) => runs !== 'none')
  const present = claiming.filter(({ isLost }) => !isLost)
  const executing = present.filter(({ runs }) => runs === 'executes')
  const launching = present.filter(({ runs }) => runs === 'launches')
  const slots = (all: readonly KnownProcess[]) => all.reduce((sum, { capacity }) => sum + capacity, 0)
  return {
    workers: present.length,
    lost: claiming.length - present.length,
    // What is launched outlives who launched it, so that its limit is of all together.
    total: slots(executing) + Math.max(0, ...launching.map(({ capacity }) => capacity)),
    taken: launching.length > 0 ? going : executing.reduce((sum, { running }) => sum + running, 0),
  }
}
