import {
  type Definitions,
  freshnessOf,
  freshnessText,
  type ScheduleSpec,
  selectAssets,
  ticksBetween,
} from '../../orchestrate/index.js'
import type { AssetStates } from './assets.js'

export interface Lateness {
  readonly dueAt: string
  /** The schedule whose tick passed, or the policy that is not kept. */
  readonly by: string
}

const minuteMs = 60_000
/** A tick needs a moment to become a run. */
const graceMs = 2 * minuteMs
/** How far back a tick is looked for: nearly all schedules have one in the first of these. */
const windowsMs = [60 * minuteMs, 25 * 60 * minuteMs, 32 * 24 * 60 * minuteMs, 367 * 24 * 60 * minuteMs]

/**
 * Assets that a schedule, or their freshness policy, wants to have been brought up to date since they last were. Those that
 * never ran, and those of schedules that failed, say so elsewhere.
 */
export function lateAssets(
  definitions: Definitions,
  isOn: (schedule: ScheduleSpec) => boolean,
  states: AssetStates,
  now: Date,
): ReadonlyMap<string, Lateness> {
  const late = new Map<string, Lateness>()
  for (const { key, freshness } of definitions.assets) {
    const madeAt = states.assets.get(key)?.lastMaterializedAt
    if (!freshness || madeAt === undefined) continue
    const { state, since } = freshnessOf(freshness, new Date(madeAt), now)
    if (state === 'fail' && since)
      late.set(key, { dueAt: since.toISOString(), by: `its freshness policy (${freshnessText(freshness)})` })
  }
  for (const schedule of definitions.schedules) {
    if (!isOn(schedule)) continue
    const due = lastTick(schedule, new Date(now.getTime() - graceMs))?.toISOString()
    if (due === undefined) continue
    for (const key of targetOf(definitions, schedule.target)) {
      const state = states.assets.get(key)
      if (states.running.has(key) || state?.lastMaterializedAt === undefined || state.lastError) continue
      if (state.lastMaterializedAt >= due) continue
      // The oldest promise that was not kept.
      const known = late.get(key)
      if (!known || due < known.dueAt) late.set(key, { dueAt: due, by: schedule.name })
    }
  }
  return late
}

export function lastTick(schedule: Pick<ScheduleSpec, 'cron' | 'timezone'>, before: Date): Date | undefined {
  for (const windowMs of windowsMs) {
    const [tick] = ticksBetween(schedule.cron, schedule.timezone, new Date(before.getTime() - windowMs), before, 1)
    if (tick) return tick
  }
  return undefined
}

const targets = new WeakMap<Definitions, Map<string, ReadonlySet<string>>>()
/** Of those that were asked for last: what people select by hand is another each time. More than a page looks at of a queue. */
export const mostTargets = 2_000

/** The executable assets that a selection means, found once per version of the project; none where it means nothing. */
export function targetOf(definitions: Definitions, selection: string): ReadonlySet<string> {
  const known = targets.get(definitions) ?? new Map<string, ReadonlySet<string>>()
  targets.set(definitions, known)
  const found = known.get(selection) ?? select(definitions, selection)
  // Behind all others.
  known.delete(selection)
  known.set(selection, found)
  for (const oldest of known.keys()) {
    if (known.size <= mostTargets) break
    known.delete(oldest)
  }
  return found
}

function select(definitions: Definitions, selection: string): ReadonlySet<string> {
  try {
    const chosen = selectAssets(definitions, selection)
    return new Set(
      definitions.assets.filter((asset) => asset.isExecutable && chosen.has(asset.key)).map((one) => one.key),
    )
  } catch {
    // A target that names nothing is a problem of the project, told there.
    return new Set()
  }
}
