import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { extractLoadErrors } from '../../../errors.js'
import { type PathPattern, referredSchemas, schemaPaths } from './schema-paths.js'

/** A file beside a manifest. */
export interface ManifestFile {
  /** Relative to the manifest, with slashes. */
  readonly path: string
  readonly text: string
}

/** So deep do connectors lie in their packages. */
const deepest = 5

/** The manifest itself, of a folder the `manifest.yaml` in it. @throws MANIFEST_UNREADABLE */
export async function manifestOfFolder(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return path
  let level = [path]
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = []
    for (const folder of level)
      for (const entry of await listed(folder)) {
        if (entry.isFile() && /^manifest\.ya?ml$/.test(entry.name)) return join(folder, entry.name)
        if (entry.isDirectory() && !['node_modules', '.git', '.venv'].includes(entry.name))
          next.push(join(folder, entry.name))
      }
    level = next
  }
  throw extractLoadErrors.create('MANIFEST_UNREADABLE', {
    message: `There is no manifest.yaml in ${path}.`,
    hint: 'Name the file itself.',
  })
}

/** The schemas beside a manifest that its loaders can mean, and those that they refer to. @throws MANIFEST_UNREADABLE */
export async function schemaFiles(folder: string, manifest: string): Promise<ManifestFile[]> {
  const files = new Map<string, ManifestFile>()
  const take = async (patterns: readonly PathPattern[]): Promise<void> => {
    for (const pattern of patterns)
      for (const place of await matching(folder, pattern)) {
        const path = relative(folder, place).split(sep).join('/')
        if (files.has(path)) continue
        const text = await fileText(place)
        files.set(path, { path, text })
        await take(referredSchemas(text))
      }
  }
  await take(schemaPaths(manifest))
  return [...files.values()]
}

async function matching(folder: string, [name, ...rest]: PathPattern): Promise<string[]> {
  const entries = (await listed(folder)).filter((entry) => name?.test(entry.name))
  if (rest.length === 0) return entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name))
  const folders = entries.filter((entry) => entry.isDirectory())
  return (await Promise.all(folders.map((entry) => matching(join(folder, entry.name), rest)))).flat()
}

/** What is in a folder; nothing in one that is not there. @throws MANIFEST_UNREADABLE */
export async function listed(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw unreadable(folder, cause)
  }
}

/** @throws MANIFEST_UNREADABLE */
export async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

const unreadable = (path: string, cause: unknown) =>
  extractLoadErrors.create('MANIFEST_UNREADABLE', {
    message: `${path} cannot be read: ${(cause as Error).message}`,
    hint: 'Let the user that runs Millrace read it, or move the manifest and its schemas to a folder of their own.',
    cause,
  })
