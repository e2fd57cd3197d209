import { existsSync, readdirSync } from 'node:fs'
import { extname, relative, resolve, sep } from 'node:path'
import type { DbtPackage, PathKind } from '../../project/dbt-project.js'
import { ignoredFiles } from './ignored-files.js'

export interface PackageFile {
  readonly path: string
  /** Without what may follow its ending: `orders.sql` of `orders.sql.j2`. */
  readonly name: string
  /** Its name without an ending: `orders`. */
  readonly stem: string
  /** In small letters, however it is written: `sql`. */
  readonly ending: string
  /** From the package's root: `models/marts/x.sql`. */
  readonly original: string
  /** From the resource path: `marts/x.sql`. */
  readonly relative: string
  /** The folders in `relative`. */
  readonly folders: readonly string[]
}

interface Listed {
  readonly path: string
  readonly name: string
}

/** What lies below a folder of a package, but for what editors leave; listed once, several kinds of files may stand in one folder. */
const listings = new WeakMap<DbtPackage, Map<string, readonly Listed[]>>()

function listing(dbtPackage: DbtPackage, root: string): readonly Listed[] {
  const ofPackage = listings.get(dbtPackage) ?? new Map<string, readonly Listed[]>()
  listings.set(dbtPackage, ofPackage)
  const known = ofPackage.get(root)
  if (known) return known
  const folder = resolve(dbtPackage.dir, root)
  const isIgnored = ignoredFiles(dbtPackage.dir)
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !/^[.#~]/.test(entry.name))
        .map((entry) => ({ path: `${entry.parentPath}${sep}${entry.name}`, name: entry.name }))
        .filter(({ path }) => !isIgnored(posix(relative(dbtPackage.dir, path))))
        .sort((a, b) => (a.path < b.path ? -1 : 1))
    : []
  ofPackage.set(root, found)
  return found
}

/** Files of one kind in a package, sorted by name so that every run reads them in one order. */
export function packageFiles(dbtPackage: DbtPackage, kinds: readonly PathKind[], endings: RegExp): PackageFile[] {
  const roots = [...new Set(kinds.flatMap((kind) => dbtPackage.paths[kind]))]
  const seen = new Set<string>()
  const nameOf = (name: string) => (dbtPackage.takesJinjaExtensions ? name.replace(jinjaExtension, '') : name)
  return roots.flatMap((root) => {
    const folder = resolve(dbtPackage.dir, root)
    const prefix = posix(relative(dbtPackage.dir, folder))
    return listing(dbtPackage, root)
      .filter(({ path, name }) => endings.test(nameOf(name)) && !seen.has(path) && seen.add(path))
      .map(({ path, name }) => {
        const below = posix(path.slice(folder.length + 1))
        return {
          path,
          name: nameOf(name),
          stem: nameOf(name).replace(/\.[^.]+$/, ''),
          ending: extname(nameOf(name)).slice(1).toLowerCase(),
          original: prefix === '' ? below : `${prefix}/${below}`,
          relative: below,
          folders: below.split('/').slice(0, -1),
        }
      })
  })
}

const jinjaExtension = /(?<=\.(?:sql|md))\.(?:j2|jinja2|jinja)$/i

// Which files make something: reading them and remembering what they made go by the same list.

export const modelFiles = (own: DbtPackage) => packageFiles(own, ['model'], /\.(sql|py)$/i)
export const analysisFiles = (own: DbtPackage) => packageFiles(own, ['analysis'], /\.sql$/i)
/** tests/generic holds macros, tests/fixtures rows of unit tests. */
export const singularTestFiles = (own: DbtPackage) =>
  packageFiles(own, ['test'], /\.sql$/i).filter(({ folders }) => folders[0] !== 'generic' && folders[0] !== 'fixtures')
/** They make nothing themselves: unit tests read them. */
export const fixtureFiles = (own: DbtPackage) =>
  packageFiles(own, ['test'], /\.(csv|sql)$/i).filter(({ folders }) => folders[0] === 'fixtures')
export const seedFiles = (own: DbtPackage) => packageFiles(own, ['seed'], /\.csv$/i)
/** What lies below a model path is a model. */
export const snapshotFiles = (own: DbtPackage) =>
  packageFiles(own, ['snapshot', 'model'], /\.sql$/i).filter(
    ({ original }) => !own.paths.model.some((path) => original.startsWith(`${path}/`)),
  )
export const functionFiles = (own: DbtPackage) => packageFiles(own, ['function'], /\.(sql|py|js)$/i)
/** Documents of the Open Semantic Interchange. */
export const osiFiles = (own: DbtPackage) => packageFiles(own, ['osi'], /\.json$/i)

const posix = (path: string) => (sep === '/' ? path : path.split(sep).join('/'))

/** From the package's root to below the first folder. */
export const below = (file: string) => file.split('/').slice(1).join('/')
