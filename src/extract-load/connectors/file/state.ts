import { z } from 'zod'
import type { VersionedFile } from './located-file.js'

/** The cursor that every file stream has: when its file was last modified. */
export const fileTimeCursor = '_ab_source_file_last_modified'

const schema = z.looseObject({
  cursor_field: z.string().optional(),
  /** The highest value seen, as text. */
  cursor: z.string().optional(),
  /** By file: its version when it was loaded. */
  history: z.record(z.string(), z.string()).optional(),
  /** By file: when what was loaded of it was last modified. States that are older than this setting do not say it. */
  modified_at: z.record(z.string(), z.string()).optional(),
  /** The last of the files that fell out of the history, by time and then by name: `2024-01-31T00:00:00.000Z in/a.csv`. */
  history_begins_after: z.string().optional(),
})
export type FileState = z.output<typeof schema>

/** A state of another shape (another connector's, damaged by hand) reads as none: everything is loaded again. */
export function readFileState(state: unknown): FileState {
  const parsed = schema.safeParse(state ?? {})
  return parsed.success ? parsed.data : {}
}

/** As in Airbyte's file-based connectors: so many files are known by name, and those that come late are expected for so long. */
const historySize = 10_000
const lateMs = 3 * 24 * 60 * 60 * 1000

type KnownFile = Pick<VersionedFile, 'url' | 'modifiedAt' | 'version'>

/** Whether a file was loaded as it is now. One that the history does not name was, where it is older than what fell out, and not just late. */
export function wasRead({ history = {}, history_begins_after: end }: FileState, file: KnownFile, now: Date): boolean {
  const version = history[file.url]
  if (version !== undefined) return version === file.version
  return end !== undefined && placeOf(file) <= end && file.modifiedAt.toISOString() < lateSince(now)
}

/**
 * The state once files were read. A history that is full loses its oldest files, and none that would be taken for one that comes late.
 * @param found all that there were, as they were found
 */
export function stateOf(
  previous: FileState,
  { found, read }: { readonly found: readonly KnownFile[]; readonly read: readonly KnownFile[] },
  now: Date,
): FileState {
  const history = new Map(Object.entries(previous.history ?? {}))
  const times = new Map(Object.entries(previous.modified_at ?? {}))
  for (const { url, version, modifiedAt } of found)
    if (history.get(url) === version) times.set(url, modifiedAt.toISOString())
  for (const { url, version, modifiedAt } of read) {
    history.set(url, version)
    times.set(url, modifiedAt.toISOString())
  }
  let end = previous.history_begins_after
  for (const url of oldestOf(history, times, now)) {
    const time = times.get(url)
    if (time !== undefined && (end === undefined || end < `${time} ${url}`)) end = `${time} ${url}`
    history.delete(url)
    times.delete(url)
  }
  return {
    cursor_field: fileTimeCursor,
    cursor: [previous.cursor ?? '', ...read.map(({ modifiedAt }) => modifiedAt.toISOString())].sort().at(-1),
    history: Object.fromEntries(history),
    modified_at: Object.fromEntries(times),
    ...(end === undefined ? {} : { history_begins_after: end }),
  }
}

/** Those that are too many. Of which it is not known how old they are, because they were gone before that was noted, are the first. */
function oldestOf(history: ReadonlyMap<string, string>, times: ReadonlyMap<string, string>, now: Date): string[] {
  const tooMany = history.size - historySize
  if (tooMany <= 0) return []
  const late = lateSince(now)
  const place = (url: string) => `${times.get(url) ?? ''} ${url}`
  return [...history.keys()]
    .filter((url) => (times.get(url) ?? '') < late)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .slice(0, tooMany)
}

const placeOf = ({ modifiedAt, url }: KnownFile) => `${modifiedAt.toISOString()} ${url}`

const lateSince = (now: Date) => new Date(now.getTime() - lateMs).toISOString()
