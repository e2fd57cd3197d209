import type { OfferedStream } from '../../platform/index.js'
import type { DiscoveredDraftStream } from '../contract/index.js'
import { jsonCell } from './table.js'

/** A stream's columns with their types in words: `string date-time`. */
export function streamFields({ jsonSchema }: Pick<OfferedStream, 'jsonSchema'>): { path: string; type: string }[] {
  const properties = (jsonSchema.properties ?? {}) as Record<string, { type?: unknown; format?: string }>
  return Object.entries(properties).map(([path, schema]) => ({
    path,
    type: [...[schema.type].flat().filter((type) => type !== 'null'), schema.format].filter((part) => part).join(' '),
  }))
}

/** A stream as somebody sees it who chooses what to load. */
export function discoveredStream(stream: OfferedStream): DiscoveredDraftStream {
  const { name, supportedSyncModes, sample, sourceDefinedPrimaryKey } = stream
  const fields = streamFields(stream)
  const [ownCursor] = stream.defaultCursorField.length === 1 ? stream.defaultCursorField : []
  // It may be something that no column holds, such as the time of a file.
  const sourceCursor = fields.find(({ path }) => path === ownCursor)?.path
  const { cursorField, primaryKey, syncMode, destinationSyncMode } = stream.proposed
  return {
    name,
    ...(stream.namespace === undefined ? {} : { namespace: stream.namespace }),
    supportedSyncModes: [...supportedSyncModes],
    hasOwnCursor: stream.hasOwnCursor,
    isFileBased: stream.isFileBased === true,
    fields,
    sourceKey: sourceDefinedPrimaryKey.every((path) => path.length === 1) ? sourceDefinedPrimaryKey.flat() : [],
    ...(sourceCursor === undefined ? {} : { sourceCursor }),
    keyCandidates: columns([...sourceDefinedPrimaryKey, ...(stream.primaryKeyCandidates ?? [])]),
    cursorCandidates: columns(stream.cursorCandidates ?? []),
    ...(sample ? { sample: { columns: [...sample.columns], rows: sample.rows.map((row) => row.map(jsonCell)) } } : {}),
    proposed: {
      name,
      syncMode,
      destinationSyncMode,
      ...(cursorField ? { cursorField: [...cursorField] } : {}),
      ...(primaryKey ? { primaryKey: primaryKey.map((path) => [...path]) } : {}),
    },
  }
}

/** What lies in nested data is no column of the table. */
const columns = (paths: readonly (readonly string[])[]) => [
  ...new Set(paths.filter((path) => path.length === 1).map((path) => path[0] ?? '')),
]
