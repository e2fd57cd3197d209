import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { isWithin } from '../../../../base/index.js'
import { fileText, listed, type ManifestFile } from './manifest-files.js'

export const isCustomFile = (name: string): boolean => /^components\.(?:ts|mjs|js)$/.test(name)

/**
 * What stands for components of Python, beside a manifest of one's own, with the files below the same folder that it imports: nobody else's code
 * comes into a project with a manifest.
 * @throws MANIFEST_UNREADABLE
 */
export async function customFiles(folder: string): Promise<ManifestFile[]> {
  const files = new Map<string, ManifestFile>()
  const take = async (place: string): Promise<void> => {
    const path = relative(folder, place).split(sep).join('/')
    if (files.has(path)) return
    const text = await fileText(place)
    files.set(path, { path, text })
    for (const [, name = ''] of text.matchAll(imports)) {
      const found = await imported(resolve(dirname(place), name))
      if (found !== undefined && isWithin(folder, found)) await take(found)
    }
  }
  for (const { name } of await listed(folder)) if (isCustomFile(name)) await take(join(folder, name))
  return [...files.values()]
}

const imports = /\b(?:from|import)\s*\(?\s*["'](\.\.?\/[^"'\n]+)["']/g

/** TypeScript is imported by the name that it has once it is JavaScript. */
async function imported(place: string): Promise<string | undefined> {
  for (const path of [place, place.replace(/js$/, 'ts'), `${place}.ts`, `${place}.js`, join(place, 'index.ts')])
    if ((await stat(path).catch(() => undefined))?.isFile()) return path
  return undefined
}
