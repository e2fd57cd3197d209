import type {
  ConfiguredStreamView,
  DestinationConnectorView,
  DiscoveredDraftStream,
} from '../../../../src/server/contract/index.js'
import { withNeeded } from './fields.js'
import { isMapperComplete } from './mappers.js'

type Modes = Pick<ConfiguredStreamView, 'syncMode' | 'destinationSyncMode'>

/** What a destination can do with rows. */
export type WriteModes = DestinationConnectorView['modes']

/** Every pair of sync modes, with what the table then holds. */
const modes: readonly (Modes & { readonly label: string; readonly note: string })[] = [
  {
    syncMode: 'full_refresh',
    destinationSyncMode: 'overwrite',
    label: 'Full refresh, overwrite',
    note: 'all rows each time, in place of the old ones',
  },
  {
    syncMode: 'full_refresh',
    destinationSyncMode: 'overwrite_dedup',
    label: 'Full refresh, overwrite + dedup',
    note: 'the same, each key once',
  },
  {
    syncMode: 'full_refresh',
    destinationSyncMode: 'append',
    label: 'Full refresh, append',
    note: 'all rows each time, below the old ones',
  },
  {
    syncMode: 'full_refresh',
    destinationSyncMode: 'append_dedup',
    label: 'Full refresh, append + dedup',
    note: 'the last version of every key ever seen',
  },
  {
    syncMode: 'incremental',
    destinationSyncMode: 'append',
    label: 'Incremental, append',
    note: 'new rows only, below the old ones',
  },
  {
    syncMode: 'incremental',
    destinationSyncMode: 'append_dedup',
    label: 'Incremental, append + dedup',
    note: 'new rows only, the last version of each key',
  },
]

export const modeKey = ({ syncMode, destinationSyncMode }: Modes): string => `${syncMode} ${destinationSyncMode}`
export const modeNote = (key: string): string | undefined => modes.find((one) => modeKey(one) === key)?.note

/** The pairs that a source and a destination both know. */
export const modesOf = (
  { supportedSyncModes }: Pick<DiscoveredDraftStream, 'supportedSyncModes'>,
  written: WriteModes,
): { value: string; label: string }[] =>
  modes
    .filter((one) => supportedSyncModes.includes(one.syncMode) && written.includes(one.destinationSyncMode))
    .map((one) => ({ value: modeKey(one), label: one.label }))

/** A stream read and written in another way: with the key and the cursor that the source names, without what no longer says anything. */
export function withMode(
  { sourceKey, sourceCursor }: Pick<DiscoveredDraftStream, 'sourceKey' | 'sourceCursor'>,
  stream: ConfiguredStreamView,
  key: string,
): ConfiguredStreamView {
  const mode = modes.find((one) => modeKey(one) === key)
  if (!mode) return stream
  const { syncMode, destinationSyncMode } = mode
  const { primaryKey = sourceKey.map((column) => [column]), cursorField: cursor, ...others } = stream
  const cursorField = cursor ?? (sourceCursor === undefined ? undefined : [sourceCursor])
  return withNeeded({
    ...others,
    syncMode,
    destinationSyncMode,
    ...(primaryKey.length > 0 && destinationSyncMode.endsWith('dedup') ? { primaryKey } : {}),
    ...(cursorField && syncMode === 'incremental' ? { cursorField } : {}),
  })
}

/** A stream as a destination can take it: rows that it cannot replace by their key are added. */
export const asWritable = (stream: ConfiguredStreamView, written: WriteModes): ConfiguredStreamView =>
  stream.destinationSyncMode === 'append_dedup' && !written.includes('append_dedup')
    ? { ...stream, destinationSyncMode: 'append' }
    : stream

/** What a stream still lacks, in words. */
export function lackOf(stream: DiscoveredDraftStream, chosen: ConfiguredStreamView): string | undefined {
  if (chosen.destinationSyncMode.endsWith('dedup') && (chosen.primaryKey ?? []).length === 0) return 'primary key'
  const needsCursor = chosen.syncMode === 'incremental' && !stream.hasOwnCursor
  if (needsCursor && (chosen.cursorField ?? []).length === 0) return 'cursor'
  return chosen.mappers?.every((mapper) => isMapperComplete(mapper, stream.fields)) === false
    ? 'whole mapper'
    : undefined
}

/** Columns to choose from, those first that could be meant. */
export function columnChoices(
  stream: Pick<DiscoveredDraftStream, 'fields'>,
  likely: readonly string[],
  chosen: readonly string[] = [],
) {
  // What is chosen may lie in nested data, or be gone: it is shown as long as nobody takes another.
  const all = [...new Set([...stream.fields.map((field) => field.path), ...chosen])]
  const others = all.filter((path) => !likely.includes(path))
  const groups = [
    { group: 'Could be', items: [...likely] },
    { group: 'Other columns', items: others },
  ]
  return groups.filter((group) => group.items.length > 0)
}
