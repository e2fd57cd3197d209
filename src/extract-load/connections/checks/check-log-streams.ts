import type { Connection } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'

/** What is read from the log of its database can be brought into its table change by change. @throws CONNECTION_INVALID, STREAM_MODE_UNSUPPORTED */
export function checkLogStreams({ streams }: Connection, document: ConnectionDocument): void {
  for (const { name, syncMode, destinationSyncMode, mappers = [] } of streams) {
    if (syncMode !== 'incremental') continue
    if (destinationSyncMode.startsWith('overwrite'))
      throw extractLoadErrors.create('STREAM_MODE_UNSUPPORTED', {
        message: `The stream \`${name}\` is read from the log of its database, whose changes are added: with \`${destinationSyncMode}\` they would stand beside the rows that they change.`,
        ...document.show(['streams', name, 'destination_sync_mode']),
        hint: 'Set `sync_mode: full_refresh` to replace it by each sync, or another `destination_sync_mode`.',
      })
    // A change that takes a row out of what a condition lets through would be none that the table hears of.
    const i = mappers.findIndex(({ type }) => type === 'row-filtering')
    if (i < 0) continue
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The stream \`${name}\` is read from the log of its database, where \`row-filtering\` cannot tell which rows of the table no longer fit.`,
      ...document.show(['streams', name, 'mappers', i]),
      hint: 'Leave it to the models that read the table. In PostgreSQL the publication can have a row filter, which takes rows out that no longer fit: `alter publication … set table … where (…)`.',
    })
  }
}
