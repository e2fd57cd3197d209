import type { ConfiguredStream, DestinationSyncMode, DiscoveredStream, FieldPath, SyncMode } from '../../contract.js'

/** What somebody asks for a stream, where they do. */
export interface StreamWishes {
  readonly syncMode?: SyncMode | undefined
  readonly destinationSyncMode?: DestinationSyncMode | undefined
  readonly cursorField?: FieldPath | undefined
  readonly primaryKey?: readonly FieldPath[] | undefined
}

/**
 * How a stream is best synced, as far as the source itself says so: only what is new, the last version of each key,
 * where it names key and cursor; all of it otherwise. A guess of ours would lose rows where it is wrong. Who knows more
 * wishes for something else.
 * @param modes those of the destination: rows that it cannot replace by their key are added
 */
export function proposeStream(
  stream: DiscoveredStream,
  wishes: StreamWishes = {},
  modes?: readonly DestinationSyncMode[],
): ConfiguredStream {
  const { name, supportedSyncModes } = stream
  const primaryKey = wishes.primaryKey ?? ownKey(stream)
  const cursorField = wishes.cursorField ?? ownCursor(stream)
  const [hasKey, hasCursor] = [primaryKey.length > 0, cursorField.length > 0 || hasOwnCursor(stream)]
  const isIncremental =
    wishes.syncMode === undefined
      ? !supportedSyncModes.includes('full_refresh') ||
        (supportedSyncModes.includes('incremental') && (wishes.cursorField !== undefined || (hasKey && hasCursor)))
      : wishes.syncMode === 'incremental'
  const isDedup = wishes.destinationSyncMode?.endsWith('dedup')
  // The key of a table that is replaced as a whole is only asked for to remove what comes twice.
  const isKeyUsed = hasKey && (isDedup ?? (isIncremental || wishes.primaryKey !== undefined))
  const added = isKeyUsed && modes?.includes('append_dedup') !== false ? 'append_dedup' : 'append'
  const replaced = isKeyUsed ? 'overwrite_dedup' : 'overwrite'
  return {
    name,
    syncMode: isIncremental ? 'incremental' : 'full_refresh',
    destinationSyncMode: wishes.destinationSyncMode ?? (isIncremental ? added : replaced),
    ...(isKeyUsed ? { primaryKey } : {}),
    ...(isIncremental && cursorField.length > 0 ? { cursorField } : {}),
  }
}

/** Whether the source knows what is new without being told a column. */
export const hasOwnCursor = ({ sourceDefinedCursor, defaultCursorField }: DiscoveredStream): boolean =>
  sourceDefinedCursor || defaultCursorField.length > 0

/** A key in nested data is left to who writes the file: where streams are chosen there are columns only. */
const ownKey = ({ sourceDefinedPrimaryKey: key }: DiscoveredStream) =>
  key.every((path) => path.length === 1) ? key : []

const ownCursor = (stream: DiscoveredStream): FieldPath =>
  !stream.sourceDefinedCursor && isColumn(stream, stream.defaultCursorField) ? stream.defaultCursorField : []

/** The connector's own cursor may be something that no column holds, such as the time of a file. */
const isColumn = ({ jsonSchema }: DiscoveredStream, path: readonly string[]) =>
  path.length === 1 && Object.hasOwn((jsonSchema.properties ?? {}) as object, path[0] ?? '')
