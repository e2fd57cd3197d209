import type { Definitions, NewConnectionEvent } from '../contract/index.js'

interface Switch {
  readonly isOn: boolean
  readonly by: string
  readonly why?: string | undefined
}

/** What is noted, where a schedule is that of a connection, when it is turned on or off. */
export function switchEvents(
  { connections }: Pick<Definitions, 'connections'>,
  automation: string,
  { isOn, by, why = automation }: Switch,
): readonly NewConnectionEvent[] {
  const type = isOn ? 'schedule_turned_on' : 'schedule_turned_off'
  return connections
    .filter(({ schedule }) => schedule?.name === automation)
    .map(({ name }) => ({ connection: name, type, by, message: why }))
}
