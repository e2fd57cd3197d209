import type { Connection, ConnectionStream, DestinationSyncMode } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { protocolMode } from '../../protocol/catalog.js'

/** What a connector can do that does not say it. */
const leastModes = ['append', 'overwrite']

/**
 * The mode that a connector is asked for. One that knows generations drops the former ones in every mode; the others empty a table only
 * where they overwrite it, and nobody but Airbyte's registry tells which is which.
 * @param replaces the rows that are there
 */
export function askedMode(mode: DestinationSyncMode, replaces: boolean, supported: readonly string[] | undefined) {
  return replaces && (supported ?? leastModes).includes('overwrite') ? 'overwrite' : protocolMode(mode)
}

/** @throws STREAM_MODE_UNSUPPORTED */
export function checkMode(
  { name, destinationSyncMode }: Pick<ConnectionStream, 'name' | 'destinationSyncMode'>,
  { locate, file }: Pick<Connection, 'locate' | 'file'>,
  supported: readonly string[] = leastModes,
): void {
  if (supported.includes(protocolMode(destinationSyncMode))) return
  throw extractLoadErrors.create('STREAM_MODE_UNSUPPORTED', {
    message: `The destination cannot take the stream \`${name}\` with \`${destinationSyncMode}\`.`,
    at: locate?.(['streams', name]) ?? { file },
    hint: `By its own word it can: ${supported.join(', ') || 'nothing'}. Set \`destination_sync_mode\` of the stream.`,
  })
}
