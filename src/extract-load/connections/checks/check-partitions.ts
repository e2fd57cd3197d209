import type { SourceConnector } from '../../connectors/connector.js'
import type { ConfiguredStream, Connection } from '../../contract.js'
import type { DestinationConnector } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import { valueMapper } from '../../fields/mappers.js'
import { isSameName } from '../../fields/same-name.js'
import { isSelected } from '../../fields/selection.js'
import type { ConnectionDocument } from '../document/connection-document.js'

interface Ends {
  readonly source: SourceConnector
  readonly target: DestinationConnector
}

/** Why something stands in the way of partitions, the setting that says so, and what to do. */
type Refusal = readonly [why: string, path: readonly string[], hint: string]

/**
 * A stream is cut into partitions only where the rows of some can be read, and can take the place of those that are there, beside its
 * ordinary syncs. @throws CONNECTION_INVALID
 */
export function checkPartitions(connection: Connection, ends: Ends, document: ConnectionDocument): void {
  for (const stream of connection.streams) {
    if (!stream.partitions) continue
    const refusal = ofEnds(connection, stream, ends) ?? ofField(stream, stream.partitions.field) ?? ofMode(stream)
    if (!refusal) continue
    const [why, path, hint] = refusal
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The stream \`${stream.name}\` cannot have partitions: ${why}`,
      ...document.show(['streams', stream.name, ...path]),
      hint,
    })
  }
}

const cannot = ['partitions']

function ofEnds(
  { source: { config } }: Connection,
  { syncMode }: ConfiguredStream,
  { source, target }: Ends,
): Refusal | undefined {
  if (source.whyNoPartitions !== undefined)
    return [
      `the source \`${source.name}\` has none. ${source.whyNoPartitions}`,
      cannot,
      'Leave them out; models that read the table may have partitions of their own.',
    ]
  if (target.whyNoPartitions !== undefined)
    return [
      `the destination \`${target.name}\` has none. ${target.whyNoPartitions}`,
      cannot,
      'Leave them out, or load the stream into the warehouse.',
    ]
  if (source.reads === 'streams' && source.cdc?.isUsed(config) && syncMode === 'incremental')
    return [
      'it is read from the log of its database, which tells of changes one after the other: rows that were read past it would be changed back by what the log has yet to tell.',
      cannot,
      'Leave them out: the table follows each change by itself. Or read the stream by a cursor, in a connection of its own.',
    ]
  return undefined
}

function ofField(stream: ConfiguredStream, field: string): Refusal | undefined {
  const path = ['partitions', 'field']
  if (!isSelected(stream, field))
    return [`\`${field}\`, which says where a row belongs, is not loaded.`, path, 'Load it, or name another field.']
  const mapper = valueMapper(stream, field)
  if (mapper)
    return [
      `\`${field}\`, which says where a row belongs, must keep its values, and a mapper (${mapper.type}) makes others of them.`,
      path,
      'Take the mapper out, or name another field.',
    ]
  return undefined
}

/** What is only added cannot tell a row that was loaded as part of a partition when it comes again. */
function ofMode({ syncMode, destinationSyncMode, cursorField, partitions }: ConfiguredStream): Refusal | undefined {
  if (destinationSyncMode !== 'append') return undefined
  const isCut = cursorField?.length === 1 && isSameName(cursorField[0] as string, partitions?.field ?? '')
  if (syncMode === 'incremental' && isCut) return undefined
  return [
    'its syncs add rows without looking for those that are there, so that rows of a partition would be there twice.',
    ['partitions'],
    `Give it a \`primary_key\` (append_dedup)${syncMode === 'incremental' ? ', or cut it by its `cursor_field`' : ', or replace it by each sync (overwrite)'}.`,
  ]
}
