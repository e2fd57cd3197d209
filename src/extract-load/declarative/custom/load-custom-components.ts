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
    if (await stat(file).catch(() => undefined)) return exportedBy(await loaded(file))
  }
  return noCustomComponents
}

async function loaded(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    if (!file.endsWith('.ts')) return (await import(pathToFileURL(file).href)) as Record<string, unknown>
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
