import type { Connection } from '../../contract.js'
import type { DestinationConnector } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'

/** What a connection asks of its destination is what that one has. @throws CONNECTION_INVALID, STREAM_MODE_UNSUPPORTED */
export function checkDestination(
  connection: Connection,
  target: DestinationConnector,
  document: ConnectionDocument,
): void {
  checkSchemas(connection, target, document)
  checkModes(connection, target, document)
}

/** Tables have a schema, and nothing else has one. */
function checkSchemas(
  { destination, streams }: Connection,
  { name, isWarehouse, hasNamespaces = false }: DestinationConnector,
  document: ConnectionDocument,
): void {
  if (isWarehouse && destination.schema === undefined)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: '`schema` is missing in `destination`.',
      ...document.show(['destination']),
      hint: 'Name the schema of the warehouse into which the streams are loaded. Settings of `destination`: connector, config, schema, prefix, cdc_deletes.',
    })
  if (isWarehouse || hasNamespaces) return
  const refused = (path: readonly string[], hint: string) =>
    extractLoadErrors.create('CONNECTION_INVALID', {
      message: `\`schema\` is no setting of the destination \`${name}\`: it has no tables.`,
      ...document.show(path),
      hint: `${hint} docs/connections.md describes each setting.`,
    })
  if (destination.schema !== undefined) throw refused(['destination', 'schema'], 'Take it out.')
  for (const stream of streams)
    if (stream.schema !== undefined)
      throw refused(['streams', stream.name, 'schema'], 'Take it out; `table` says what the stream is called there.')
}

function checkModes(
  { streams }: Connection,
  { name, modes, whyNoOthers = '' }: DestinationConnector,
  document: ConnectionDocument,
): void {
  const stream = streams.find(({ destinationSyncMode }) => !modes.includes(destinationSyncMode))
  if (!stream) return
  throw extractLoadErrors.create('STREAM_MODE_UNSUPPORTED', {
    message:
      `The destination \`${name}\` cannot take the stream \`${stream.name}\` with \`${stream.destinationSyncMode}\`. ${whyNoOthers}`.trimEnd(),
    ...document.show(['streams', stream.name]),
    hint: `Set \`destination_sync_mode\` to ${modes.join(' or ')}.`,
  })
}
