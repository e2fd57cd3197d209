import { createHash, type Hash } from 'node:crypto'
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Project } from '../contract.js'
import { foundStreamsFolder } from './found-streams.js'

/** Nothing that a person writes lies in a folder of this name, wherever it is. */
const ignoredAnywhere = new Set(['node_modules', '.git', '.millrace'])
/** Made from what the project says, beside definitions.ts: the names of tables and columns for the compiler. */
export const typesFileName = 'millrace-types.d.ts'
/** What is made or loaded lies directly in a project's folder; further down these are names like any other. */
const ignoredAtTop = new Set(['target', 'logs', 'dbt_packages', 'reports', 'data'])

/**
 * Names, sizes and modification times of the files that define a project, as one hash: when it changed, the project has
 * to be read again. It is taken every second or two, of ten thousand files as well: one folder at a time is looked at
 * without promises (a tenth of the work), and between folders everybody else has a turn.
 */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha1')
  const seen = new Set<string>()
  for (const path of paths) await visit(path, ignoredAtTop, hash, seen)
  return hash.digest('hex')
}

async function visit(path: string, ignored: ReadonlySet<string>, hash: Hash, seen: Set<string>): Promise<void> {
  const entries = entriesOf(path)
  if (!entries) return addFile(path, hash)
  const folders: string[] = []
  for (const entry of entries) {
    if (ignoredAnywhere.has(entry.name) || ignored.has(entry.name) || entry.name.startsWith(typesFileName)) continue
    const inner = join(path, entry.name)
    if (entry.isDirectory() || (entry.isSymbolicLink() && isNewFolder(inner, seen))) folders.push(inner)
    else addFile(inner, hash)
  }
  await setImmediate()
  for (const folder of folders) await visit(folder, new Set(), hash, seen)
}

/** Sorted, so that the order in which a file system tells them says nothing. Undefined for a file, or what is not there. */
function entriesOf(path: string): Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return undefined
  }
}

/** A link to a folder that was not visited through a link before: links may lead in a circle. */
function isNewFolder(path: string, seen: Set<string>): boolean {
  try {
    if (!statSync(path).isDirectory()) return false
    const real = realpathSync(path)
    if (seen.has(real)) return false
    seen.add(real)
    return true
  } catch {
    return false
  }
}

function addFile(path: string, hash: Hash): void {
  const info = statSync(path, { throwIfNoEntry: false })
  if (info?.isFile()) hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`)
}

/** The same of all that a project is read from. */
export function projectFingerprint(project: Project): Promise<string> {
  const { dir, dbtDir, extractLoadDir, definitionsFile } = project
  const folders = [dbtDir, extractLoadDir, foundStreamsFolder(project), definitionsFile && dirname(definitionsFile)]
  return fingerprint([resolve(dir, 'millrace.yaml'), ...folders.filter((path) => path !== undefined)])
}
