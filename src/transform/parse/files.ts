import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { DbtPackage, PathKind } from '../project/dbt-project.js'

export interface PackageFile {
  readonly path: string
  readonly name: string
  /** From the package's root: `models/marts/x.sql`. */
  readonly original: string
  /** From the resource path: `marts/x.sql`. */
  readonly relative: string
  /** The folders in `relative`. */
  readonly folders: readonly string[]
}

/** Files of one kind in a package, sorted by name so that every run reads them in one order. */
export function packageFiles(dbtPackage: DbtPackage, kinds: readonly PathKind[], endings: RegExp): PackageFile[] {
  const roots = [...new Set(kinds.flatMap((kind) => dbtPackage.paths[kind]))]
  const seen = new Set<string>()
  return roots.flatMap((root) => {
    const folder = join(dbtPackage.dir, root)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && endings.test(entry.name))
      .map((entry) => ({ path: join(entry.parentPath, entry.name), name: entry.name }))
      .filter(({ path }) => !seen.has(path) && seen.add(path))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, name }) => {
        const below = posix(relative(folder, path))
        return {
          path,
          name,
          original: posix(relative(dbtPackage.dir, path)),
          relative: below,
          folders: below.split('/').slice(0, -1),
        }
      })
  })
}

const posix = (path: string) => (sep === '/' ? path : path.split(sep).join('/'))
