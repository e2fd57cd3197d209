import type { SourceConnector } from '../../connectors/connector.js'
import type { Connection } from '../../contract.js'
import type { DestinationConnector } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'

/** The files of a stream are sent by its source and kept by its destination. @throws CONNECTION_INVALID */
export function checkFiles(
  { streams }: Connection,
  { source, target }: { readonly source: SourceConnector; readonly target: DestinationConnector },
  document: ConnectionDocument,
): void {
  const stream = streams.find(({ includesFiles }) => includesFiles)
  if (!stream) return
  const refused = (message: string, hint: string) =>
    extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The files of the stream \`${stream.name}\` cannot be loaded: ${message}`,
      ...document.show(['streams', stream.name, 'include_files']),
      hint,
    })
  if (source.reads !== 'messages' || !source.sendsFiles)
    throw refused(
      `the source \`${source.name}\` sends records alone.`,
      'Take `include_files` out. Manifests with a `file_uploader` send files.',
    )
  if (!target.keepsFiles)
    throw refused(
      `the destination \`${target.name}\` keeps none.`,
      'Take `include_files` out, and the records are loaded as those of any stream; or load them by a connection whose destination is `file`.',
    )
}
