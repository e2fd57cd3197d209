import { redactDeep } from '../../../base/index.js'
import {
  type CheckResult,
  type Connection,
  connectionStreams,
  type DiscoveredStream,
  extractLoadErrors,
  hasOwnCursor,
  proposeStream,
  sourceTraits,
} from '../../../extract-load/index.js'
import type { Definitions } from '../../../orchestrate/index.js'
import type { OfferedStreams } from '../../contract.js'
import { streamKey } from '../../graph/stream-assets.js'

/** What a source has, for somebody who chooses what of it is loaded. */
export const offeredStreams = (connection: Connection, streams: readonly DiscoveredStream[]): OfferedStreams => ({
  ...sourceTraits(connection),
  streams: streams.map((stream) => ({
    ...stream,
    hasOwnCursor: hasOwnCursor(stream),
    proposed: proposeStream(stream),
  })),
})

/** What was tried before it is a file: an error would name a line that is not there. */
export function withoutPlace({ error, ...result }: CheckResult): CheckResult {
  if (!error) return redactDeep(result)
  const { at: _, frame: __, ...said } = error
  return redactDeep({ ...result, error: said })
}

/** @throws CONNECTION_EXISTS where a table of a connection that is to be written is made by something else */
export function refuseMadeTables(connection: Connection, { assets }: Pick<Definitions, 'assets'>): void {
  for (const stream of connectionStreams(connection)) {
    const key = streamKey(connection, stream)
    const other = assets.find(
      (asset) => asset.key === key && asset.isExecutable && asset.source?.file !== connection.file,
    )
    if (other)
      throw extractLoadErrors.create('CONNECTION_EXISTS', {
        message: `The table ${stream.schema}.${stream.table} is made by ${other.source?.file ?? other.key} already.`,
        hint: `Nothing was written. Choose another schema, or a prefix such as \`${connection.name}_\`.`,
        data: { path: ['streams', stream.name, 'table'] },
      })
  }
}
