import type { SourceConnector } from '../../connectors/connector.js'
import type { Connection } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'
import { isRandom } from '../schema/mapper-schema.js'

/**
 * Rows that have the last value of a cursor again are told from new ones by their values, unless they have a key. A value that is
 * another one each time tells nothing.
 * @throws CONNECTION_INVALID
 */
export function checkTies(
  { source, streams }: Connection,
  connector: SourceConnector,
  document: ConnectionDocument,
): void {
  if (connector.reads !== 'streams' || connector.cdc?.isUsed(source.config)) return
  for (const { name, syncMode, destinationSyncMode, cursorField, mappers = [] } of streams) {
    const i = mappers.findIndex(isRandom)
    if (i < 0 || syncMode !== 'incremental' || destinationSyncMode !== 'append' || !cursorField) continue
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The stream \`${name}\` is added to by the cursor \`${cursorField.join('.')}\`: rows that have its last value are read again, and known by their values, of which RSA makes others each time.`,
      ...document.show(['streams', name, 'mappers', i]),
      hint: 'Give the stream a `primary_key` (append_dedup), which tells its rows apart, or encrypt with `algorithm: AES`.',
    })
  }
}
