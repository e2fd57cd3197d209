import { type AutomationState, type Definitions, nextTicks, type ScheduleSpec } from '../../orchestrate/index.js'

/** Whether a schedule fires: what a person switched, or what the project says. */
export function switches(states: readonly AutomationState[]): (schedule: ScheduleSpec) => boolean {
  const byName = new Map(states.map((state) => [state.name, state]))
  return (schedule) => byName.get(schedule.name)?.isOn ?? schedule.isOnByDefault
}

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
