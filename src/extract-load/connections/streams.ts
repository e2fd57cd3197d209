import { connectorOf, destinationOf } from '../connectors/registry.js'
import type { Connection, ConnectionStream, DiscoveredStream } from '../contract.js'

/**
 * The streams of a connection with the tables they are loaded into. Without configured streams these are all that the
 * connector knows by name, or the discovered ones; the source itself is not asked.
 */
export function connectionStreams(
  connection: Connection,
  discovered?: readonly DiscoveredStream[],
): ConnectionStream[] {
  const names =
    discovered?.map((stream) => stream.name) ??
    connectorOf(connection.source.connector).streamNames(connection.source.config) ??
    []
  const configured =
    connection.streams.length > 0
      ? connection.streams
      : names.map((name) => ({ name, syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }) as const)
  const { connector, config, schema, prefix, cdcDeletes } = connection.destination
  const { isWarehouse, locationOf } = destinationOf(connector)
  return configured.map((stream) => {
    const table = `${prefix}${stream.name}`
    return {
      ...stream,
      schema: schema ?? connection.name,
      table,
      dropsDeleted: cdcDeletes === 'hard' && stream.destinationSyncMode.endsWith('dedup'),
      isInWarehouse: isWarehouse,
      location: locationOf?.(config, table),
    }
  })
}
