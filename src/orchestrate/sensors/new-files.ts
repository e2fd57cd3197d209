import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { plural } from '../../base/index.js'
import type { FilePlaces, ListedFile, SensorOptions } from '../authoring/sensor.js'
import type { Target } from '../authoring/target.js'
import { shownPath } from './shown-path.js'

type Versions = Readonly<Record<string, string>>

/** What was there at the last look. */
interface Seen {
  readonly files: Versions
  /** How often something was new. */
  readonly changes: number
}

/** A cursor of nothing but versions is one of before changes were counted. */
function seenOf(cursor: unknown): Seen | undefined {
  if (cursor === undefined || cursor === null) return undefined
  return typeof (cursor as Seen).changes === 'number' ? (cursor as Seen) : { files: cursor as Versions, changes: 0 }
}

/**
 * A sensor that requests one run when files that match appear or change. Its cursor holds the files it has seen, so a
 * file counts once, and what was there before the sensor's first look starts no run.
 */
export function newFiles(options: {
  /** A pattern relative to the project, or an address: `s3://`, `gs://`, `sftp://`, `https://`. */
  readonly path: string
  /** How files elsewhere are reached. */
  readonly places?: FilePlaces
  readonly every?: string
  readonly target: Target
  readonly description?: string
  readonly on?: boolean
}): SensorOptions {
  return {
    every: options.every ?? '30s',
    target: options.target,
    description: options.description ?? `Looks for new files: ${shownPath(options.path)}`,
    on: options.on ?? true,
    async evaluate({ cursor, projectDir, files }) {
      const { path, places = {} } = options
      const found = isElsewhere(path) ? versionsOf(await files(path, places)) : await filesAt(resolve(projectDir, path))
      const seen = seenOf(cursor)
      // A disk that is not mounted looks like this: what lies on it is not new when it is back.
      if (!found && Object.keys(seen?.files ?? {}).length > 0) return { skip: 'there is nothing in its folder' }
      const now = found ?? {}
      if (!seen) return { cursor: { files: now, changes: 0 }, skip: alreadyThere(Object.keys(now).length) }
      const fresh = Object.keys(now).filter((name) => seen.files[name] !== now[name])
      if (fresh.length === 0) return { cursor: { ...seen, files: now }, skip: 'nothing new' }
      const changes = seen.changes + 1
      return {
        cursor: { files: now, changes },
        runs: [
          {
            // A file may go back to a version that it had, which is another change then.
            key: `${shownPath(path)} ${fresh.map((name) => `${name}@${now[name]}`).join(',')}, change ${changes}`,
            tags: { files: namesOf(fresh) },
          },
        ],
      }
    },
  }
}

/** A tag is read by people: of very many files it names the first ones. */
const mostNameCharacters = 1_000

function namesOf(files: readonly string[]): string {
  let length = 0
  const named = files.filter((name, i) => {
    length += name.length + 2
    return i === 0 || length <= mostNameCharacters
  })
  const more = files.length - named.length
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`
}

const isElsewhere = (path: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(path)

const versionsOf = (files: readonly ListedFile[]): Record<string, string> =>
  Object.fromEntries(files.map(({ url, version }) => [url, version]))

const alreadyThere = (count: number) => `${plural(count, 'file')} ${count === 1 ? 'is' : 'are'} there already`

/**
 * Modification time and size by name; the pattern may have `*` in its last part. Undefined where the folder is missing or empty.
 * @throws what the file system says where it cannot be read
 */
async function filesAt(pattern: string): Promise<Record<string, string> | undefined> {
  const folder = dirname(pattern)
  const expression = new RegExp(
    `^${basename(pattern)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  const all = await readdir(folder).catch(whereMissing([]))
  if (all.length === 0) return undefined
  const names = all.filter((name) => expression.test(name)).sort()
  const marks = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(folder, name)).catch(whereMissing(undefined))
      return info ? [[name, `${info.mtimeMs}/${info.size}`] as const] : []
    }),
  )
  return Object.fromEntries(marks.flat())
}

const whereMissing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code !== 'ENOENT') throw error
    return instead
  }
