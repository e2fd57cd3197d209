import type { RunEvent } from '../contract/index.js'

export interface CheckOutcome {
  readonly status: 'passed' | 'warned' | 'failed'
  readonly message?: string
}

/** What the level of an evaluation says. */
export const outcomeOf = (level: RunEvent['level']): CheckOutcome['status'] =>
  level === 'info' ? 'passed' : level === 'warn' ? 'warned' : 'failed'

/** How each check of a run ended, by its asset and name: of partitions that it was asked of one by one, the worst. */
export function checkOutcomes(events: readonly RunEvent[]): ReadonlyMap<string, CheckOutcome> {
  const last = new Map(events.map((event) => [`${event.asset} ${event.check} ${event.partitions ?? ''}`, event]))
  const outcomes = new Map<string, CheckOutcome>()
  for (const { asset, check, level, message, partitions } of last.values()) {
    const status = outcomeOf(level)
    const known = outcomes.get(`${asset} ${check}`)
    if (known && badness[known.status] >= badness[status]) continue
    const words =
      partitions === undefined || status === 'passed' ? message : [partitions, message].filter(Boolean).join(': ')
    outcomes.set(`${asset} ${check}`, { status, ...(words === undefined ? {} : { message: words }) })
  }
  return outcomes
}

const badness = { passed: 0, warned: 1, failed: 2 } as const
