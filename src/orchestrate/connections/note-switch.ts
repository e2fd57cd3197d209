import type { Definitions, OrchestrateStore } from '../contract/index.js'

interface Switch {
  readonly isOn: boolean
  readonly by: string
  readonly why?: string | undefined
}

/** Notes, where a schedule is that of a connection, that it was turned on or off. */
export async function noteSwitch(
  store: Pick<OrchestrateStore, 'noteConnectionEvents'>,
  { connections }: Pick<Definitions, 'connections'>,
  automation: string,
  { isOn, by, why }: Switch,
): Promise<void> {
  const connection = connections.find(({ schedule }) => schedule?.name === automation)
  if (!connection) return
  const { name } = connection
  const type = isOn ? 'schedule_turned_on' : 'schedule_turned_off'
  await store.noteConnectionEvents([{ connection: name, type, by, message: why ?? automation }])
}
