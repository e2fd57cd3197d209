import type { DiscoveredStream, StreamSample } from '../contract.js'
import { likelyCursors } from '../fields/likely-cursors.js'
import { jsonType } from '../file-formats/json-schema.js'
import type { ReadColumn } from './read-column.js'

/** How many first rows are shown. */
export const shownRows = 5

interface Table {
  /** Of the stream. */
  readonly name: string
  readonly namespace: string
  readonly columns: readonly ReadColumn[]
  readonly primaryKey: readonly string[]
  readonly sample: StreamSample | undefined
}

/** A table or view as a stream. */
export function discoveredTable({ name, namespace, columns, primaryKey, sample }: Table): DiscoveredStream {
  return {
    name,
    namespace,
    jsonSchema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: Object.fromEntries(
        columns.map((column) => [column.name, jsonType(column.isUnboundedNumber ? { kind: 'decimal' } : column)]),
      ),
    },
    supportedSyncModes: ['full_refresh', 'incremental'],
    sourceDefinedCursor: false,
    defaultCursorField: [],
    sourceDefinedPrimaryKey: primaryKey.map((column) => [column]),
    cursorCandidates: likelyCursors(columns).map((column) => [column.name]),
    sample,
  }
}

/**
 * A stream whose changes the database tells, by its log or otherwise: nobody chooses a cursor, and what it does not tell of is read as a whole.
 * @param cursor what the rows have that grows with the changes, where they have something
 */
export const followedStream = (
  stream: DiscoveredStream,
  isFollowed: boolean,
  cursor: string | undefined,
): DiscoveredStream => ({
  ...stream,
  supportedSyncModes: isFollowed ? ['full_refresh', 'incremental'] : ['full_refresh'],
  sourceDefinedCursor: isFollowed,
  defaultCursorField: isFollowed && cursor !== undefined ? [cursor] : [],
  cursorCandidates: [],
})
