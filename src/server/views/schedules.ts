import { type Definitions, nextTicks, type ScheduleSpec } from '../../orchestrate/index.js'

export interface Upcoming {
  readonly schedule: ScheduleSpec
  readonly at: string
}

/** The next ticks of everything that is on, soonest first; each schedule with at most `each` of them. */
export function upcomingTicks(
  definitions: Definitions,
  isOn: (schedule: ScheduleSpec) => boolean,
  now: Date,
  each: number,
): Upcoming[] {
  return definitions.schedules
    .filter(isOn)
    .flatMap((schedule) =>
      nextTicks(schedule.cron, schedule.timezone, now, each).map((at) => ({ schedule, at: at.toISOString() })),
    )
    .sort((a, b) => (a.at < b.at ? -1 : 1))
}
