import { destinationOf } from '../connectors/registry.js'
import type { CommittedState, OpenOptions } from '../destinations/destination.js'
import { readStates } from './state-table.js'

/** The committed states of a connection, for people to look at; empty when it was never synced. */
export async function readSyncState(options: OpenOptions): Promise<readonly CommittedState[]> {
  const { connection, warehouse } = options
  const { readStates: own } = destinationOf(connection.destination.connector)
  return own ? own(options) : readStates(warehouse, connection.name)
}
