import { type AutomationState, type Definitions, isSwitchedOn, nextTicks } from '../../orchestrate/index.js'

/** For how long the instant of a schedule has waited for its tick, in seconds: of the one that is most overdue. 0 where none is. */
export function scheduleLagSeconds(
  { schedules }: Pick<Definitions, 'schedules'>,
  states: readonly AutomationState[],
  now: Date,
): number {
  const known = new Map(states.map((state) => [state.name, state]))
  const lags = schedules.map((schedule) => {
    const state = known.get(schedule.name)
    // Of one that never ticked nobody knows since when it is there.
    const since = [state?.lastTickAt, state?.turnedOnAt]
      .filter((time) => time !== undefined)
      .sort()
      .at(-1)
    if (since === undefined || !isSwitchedOn(schedule, state)) return 0
    const [due] = nextTicks(schedule.cron, schedule.timezone, new Date(since), 1)
    return due ? (now.getTime() - due.getTime()) / 1_000 : 0
  })
  return Math.max(0, ...lags)
}
