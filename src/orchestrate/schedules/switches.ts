import type { AutomationState } from '../contract/index.js'

/** A schedule, a sensor or an automation. */
interface Switched {
  readonly name: string
  readonly isOnByDefault: boolean
}

/** Whether it fires: as it was switched last, or where it never was, as the project says now. */
export const isSwitchedOn = (one: Switched, state: AutomationState | undefined): boolean =>
  state?.isOn ?? one.isOnByDefault

/** The same for all whose states these are. */
export function switches(states: Iterable<AutomationState>): (one: Switched) => boolean {
  const byName = new Map([...states].map((state) => [state.name, state]))
  return (one) => isSwitchedOn(one, byName.get(one.name))
}
