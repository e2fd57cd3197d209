import type { AutomationState, RunRequest, ScheduleSpec } from '../contract/index.js'
import { ticksBetween } from '../schedules/cron.js'

/** Why a tick of a schedule with `overlap: skip` leads to no run. */
export const overlapReason = 'its previous run is still going (overlap: skip)'

/** A tick this late is still on time: nobody calls it missed. */
const onTimeMs = 60_000
/** Of a schedule that catches up on everything, this many of the newest instants. */
const maxCaughtUp = 100
const tooManyReason = `it and what was before it is older than the newest ${maxCaughtUp} instants that were missed (catch-up: all)`

export interface DueTick {
  readonly at: Date
  /** Why it leads to no run. */
  readonly skip?: string
}

/**
 * The instants of a schedule that want a tick now, oldest first. What was due before it was there, had these times or was turned on, is not missed;
 * of what was missed, the catch-up policy says how much is made good. A last tick that is still to come is none: some clock was ahead. What was
 * missed is not known then, and only the last instant counts.
 * @param seenAt when the schedule was first seen with these times, by whatever daemon
 */
export function dueTicks(
  schedule: ScheduleSpec,
  state: AutomationState | undefined,
  { seenAt, now }: { readonly seenAt: Date; readonly now: Date },
): DueTick[] {
  const lastMs = state?.lastTickAt === undefined ? 0 : Date.parse(state.lastTickAt)
  const isAhead = lastMs > now.getTime()
  const since = Math.max(
    seenAt.getTime(),
    isAhead ? 0 : lastMs,
    state?.turnedOnAt === undefined ? 0 : Date.parse(state.turnedOnAt),
  )
  const due = ticksBetween(schedule.cron, schedule.timezone, new Date(since), now, maxCaughtUp + 1)
  const last = due.at(-1)
  if (!last) return []
  if (schedule.catchUp === 'all' && !isAhead)
    return due.map((at, i) => (i === 0 && due.length > maxCaughtUp ? { at, skip: tooManyReason } : { at }))
  const isLate = now.getTime() - last.getTime() >= onTimeMs
  return [
    {
      at: last,
      ...(schedule.catchUp === 'none' && isLate ? { skip: 'missed while nothing ran (catch-up: none)' } : {}),
    },
  ]
}

/** The run of a schedule's instant. It has a key, so that an instant leads to one run, whatever happens in between. */
export function scheduledRun(schedule: ScheduleSpec, at: Date): RunRequest {
  return {
    selection: schedule.target,
    trigger: { type: 'schedule', name: schedule.name },
    tags: schedule.tags,
    config: schedule.config,
    asOf: at.toISOString(),
    runKey: `schedule ${schedule.name} ${at.toISOString()}`,
    ...(schedule.overlap === 'queue' ? { sequenceKey: `schedule ${schedule.name}` } : {}),
  }
}
