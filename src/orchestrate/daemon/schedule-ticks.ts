import type { AutomationState, RunRequest, ScheduleSpec } from '../contract/index.js'
import { nextTicks, ticksBetween } from '../schedules/cron.js'

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
  const { since, isAhead } = sinceOf(state, { seenAt, now })
  const due = ticksBetween(schedule.cron, schedule.timezone, since, now, maxCaughtUp + 1)
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

/** Up to when nothing is missed, and whether the last tick is still to come: then it is none. */
function sinceOf(
  state: AutomationState | undefined,
  { seenAt, now }: { readonly seenAt: Date; readonly now: Date },
): { readonly since: Date; readonly isAhead: boolean } {
  const ms = (at: string | undefined) => (at === undefined ? 0 : Date.parse(at))
  const lastMs = ms(state?.lastTickAt)
  const isAhead = lastMs > now.getTime()
  return { since: new Date(Math.max(seenAt.getTime(), isAhead ? 0 : lastMs, ms(state?.turnedOnAt))), isAhead }
}

/** The same for who looks every second: each instant is found once, and until then nothing is computed. */
export class DueTicks {
  /** By schedule: the first instant of its times after one. */
  readonly #next = new Map<string, { readonly after: string; readonly at: Date | undefined }>()

  of(
    schedule: ScheduleSpec,
    state: AutomationState | undefined,
    moment: { readonly seenAt: Date; readonly now: Date },
  ): DueTick[] {
    const { name, cron, timezone } = schedule
    const { since } = sinceOf(state, moment)
    const after = `${[cron].flat().join(', ')} ${timezone} ${since.toISOString()}`
    let next = this.#next.get(name)
    if (next?.after !== after) {
      next = { after, at: nextTicks(cron, timezone, since, 1)[0] }
      this.#next.set(name, next)
    }
    return next.at && next.at <= moment.now ? dueTicks(schedule, state, moment) : []
  }
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
