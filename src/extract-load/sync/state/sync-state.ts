import { destinationOf } from '../../connectors/registry.js'
import type { OpenOptions } from '../../destinations/destination.js'
import type { CommittedState } from '../../loading/state/state-rows.js'
import { readStates } from '../../loading/state/state-table.js'

/** The committed states of a connection, wherever they are; empty when it was never synced. */
export async function committedStates(options: OpenOptions): Promise<readonly CommittedState[]> {
  const { connection, warehouse } = options
  const { readStates: own } = destinationOf(connection.destination.connector)
  return own ? own(options) : readStates(warehouse, connection.name)
}

/** The same for people to look at. */
export async function readSyncState(
  options: OpenOptions,
): Promise<readonly Pick<CommittedState, 'stream' | 'state' | 'updatedAt'>[]> {
  const states = await committedStates(options)
  return states.map(({ stream, state, updatedAt }) => ({ stream, state, updatedAt }))
}
