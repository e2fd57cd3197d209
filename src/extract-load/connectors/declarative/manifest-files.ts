import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { extractLoadErrors } from '../../errors.js'

/** A file beside a manifest. */
export interface ManifestFile {
  /** Relative to the manifest, with slashes. */
  readonly path: string
  readonly text: string
}

/** The manifest itself, of a folder the `manifest.yaml` in it. @throws MANIFEST_UNREADABLE */
export async function manifestOfFolder(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return path
  const found = (await filesBelow(path, /^manifest\.ya?ml$/)).sort((a, b) => depth(a) - depth(b))
  if (found[0] !== undefined) return found[0]
  throw extractLoadErrors.create('MANIFEST_UNREADABLE', {
    message: `There is no manifest.yaml in ${path}.`,
    hint: 'Name the file itself.',
  })
}

/** The schemas that lie beside a manifest: those that a JsonFileSchemaLoader names. */
export async function schemaFiles(folder: string): Promise<ManifestFile[]> {
  const paths = (await filesBelow(folder, /\.json$/)).filter((path) =>
    relative(folder, path).split(sep).includes('schemas'),
  )
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path).split(sep).join('/'),
      text: await readFile(path, 'utf8'),
    })),
  )
}

export const isCustomFile = (name: string): boolean => /^components\.(?:ts|mjs|js)$/.test(name)

/** What stands for components of Python, beside a manifest of one's own: nobody else's code comes into a project with a manifest. */
export async function customFiles(folder: string): Promise<ManifestFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter(isCustomFile)
  return Promise.all(names.map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })))
}

const depth = (path: string) => path.split(sep).length
/** So deep do connectors lie in their packages. */
const deepest = 5

async function filesBelow(folder: string, name: RegExp, left = deepest): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isFile()) return name.test(entry.name) ? [path] : []
      const isSought = entry.isDirectory() && left > 0 && !['node_modules', '.git', '.venv'].includes(entry.name)
      return isSought ? filesBelow(path, name, left - 1) : []
    }),
  )
  return found.flat()
}
