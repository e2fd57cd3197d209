import type { ConfiguredStreamView, DiscoveredDraftStream } from '../../../../src/server/contract/index.js'

type Modes = Pick<ConfiguredStreamView, 'syncMode' | 'destinationSyncMode'>

/** Every way to read and write a stream, in the words of what the table then holds. */
const modes: readonly (Modes & { readonly label: string })[] = [
  { syncMode: 'full_refresh', destinationSyncMode: 'overwrite', label: 'All of it, replacing the table' },
  { syncMode: 'full_refresh', destinationSyncMode: 'overwrite_dedup', label: 'All of it, once per key' },
  { syncMode: 'full_refresh', destinationSyncMode: 'append', label: 'All of it, added each time' },
  { syncMode: 'full_refresh', destinationSyncMode: 'append_dedup', label: 'All of it, every key ever seen' },
  { syncMode: 'incremental', destinationSyncMode: 'append', label: 'What is new, added' },
  { syncMode: 'incremental', destinationSyncMode: 'append_dedup', label: 'What is new, last version of each key' },
]

export const modeKey = ({ syncMode, destinationSyncMode }: Modes): string => `${syncMode} ${destinationSyncMode}`

export const modesOf = (stream: DiscoveredDraftStream): { value: string; label: string }[] =>
  modes
    .filter((one) => stream.supportedSyncModes.includes(one.syncMode))
    .map((one) => ({ value: modeKey(one), label: one.label }))

/** A stream read and written in another way; what no longer says anything goes. */
export function withMode(stream: ConfiguredStreamView, key: string): ConfiguredStreamView {
  const mode = modes.find((one) => modeKey(one) === key)
  if (!mode) return stream
  const { syncMode, destinationSyncMode } = mode
  const { primaryKey, cursorField, name, fields } = stream
  return {
    name,
    syncMode,
    destinationSyncMode,
    ...(primaryKey && destinationSyncMode.endsWith('dedup') ? { primaryKey } : {}),
    ...(cursorField && syncMode === 'incremental' ? { cursorField } : {}),
    ...(fields ? { fields } : {}),
  }
}

/** What a stream still lacks, in words. */
export function lackOf(stream: DiscoveredDraftStream, chosen: ConfiguredStreamView): 'key' | 'cursor' | undefined {
  if (chosen.destinationSyncMode.endsWith('dedup') && (chosen.primaryKey ?? []).length === 0) return 'key'
  const needsCursor = chosen.syncMode === 'incremental' && !stream.hasOwnCursor
  return needsCursor && (chosen.cursorField ?? []).length === 0 ? 'cursor' : undefined
}

/** Columns to choose from, those first that could be meant. */
export function columnChoices(stream: DiscoveredDraftStream, likely: readonly string[]) {
  const others = stream.fields.map((field) => field.path).filter((path) => !likely.includes(path))
  const groups = [
    { group: 'Could be', items: [...likely] },
    { group: 'Other columns', items: others },
  ]
  return groups.filter((group) => group.items.length > 0)
}
