import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { extractLoadErrors } from '../../errors.js'
import { type CustomComponent, type CustomComponents, noCustomComponents } from './custom-components.js'

const fileNames = ['components.ts', 'components.mjs', 'components.js']

/**
 * What stands for the Python classes of the manifest in a folder: the functions and classes that the module `components.ts`, `.mjs` or
 * `.js` beside it exports. Its code runs in this process: load it only for manifests whose folder is trusted.
 * @throws MANIFEST_COMPONENT_UNSUPPORTED for a module that cannot be loaded
 */
export async function loadCustomComponents(folder: string): Promise<CustomComponents> {
  for (const name of fileNames) {
    const file = join(folder, name)
    const found = await stat(file).catch(() => undefined)
    if (found) return ofVersion(file, found.mtimeMs)
  }
  return noCustomComponents
}

const known = new Map<string, { readonly mtimeMs: number; readonly components: Promise<CustomComponents> }>()

/** A file is loaded when it was changed: the engine keeps a module for as long as it runs, under its address. */
function ofVersion(file: string, mtimeMs: number): Promise<CustomComponents> {
  const before = known.get(file)
  if (before?.mtimeMs === mtimeMs) return before.components
  const components = loaded(file, mtimeMs).then(exportedBy)
  known.set(file, { mtimeMs, components })
  components.catch(() => known.delete(file))
  return components
}

async function loaded(file: string, version: number): Promise<Readonly<Record<string, unknown>>> {
  try {
    if (!file.endsWith('.ts'))
      return (await import(`${pathToFileURL(file).href}?version=${version}`)) as Record<string, unknown>
    // Loaded for those who have such a file: it takes a tenth of a second.
    const { tsImport } = await import('tsx/esm/api')
    return (await tsImport(pathToFileURL(file).href, import.meta.url)) as Record<string, unknown>
  } catch (error) {
    throw extractLoadErrors.create('MANIFEST_COMPONENT_UNSUPPORTED', {
      message: `${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'It exports a function for each `class_name` of the manifest.',
      at: { file },
      cause: error,
    })
  }
}

/** Also of a module in the older form, whose exports are those of its default. */
function exportedBy(module: Readonly<Record<string, unknown>>): CustomComponents {
  const inner = module.default
  const all = { ...(typeof inner === 'object' && inner !== null ? inner : {}), ...module }
  return new Map(
    Object.entries(all).flatMap(([name, value]) =>
      typeof value === 'function' ? [[name, value as CustomComponent] as const] : [],
    ),
  )
}
