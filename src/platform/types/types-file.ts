import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { refusalOf, writeParts } from '../../base/index.js'
import { platformErrors } from '../errors.js'
import type { LoadedDefinitions } from '../graph/load-definitions.js'
import { typesFileName } from '../project/fingerprint.js'
import { type KnownTypes, readColumns, renderTypes } from './render-types.js'
import { tableColumns } from './table-columns.js'

export const typesFile = (definitionsFile: string): string => join(dirname(definitionsFile), typesFileName)

export type InWarehouse = Parameters<typeof tableColumns>[1]['inWarehouse']

/**
 * Writes what the compiler has to know, where it changed.
 * @param isDryRun only says whether it would change
 */
export async function writeTypes(
  path: string,
  loaded: LoadedDefinitions & { readonly names: KnownTypes['names'] },
  { inWarehouse, isDryRun }: { readonly inWarehouse: InWarehouse; readonly isDryRun: boolean },
): Promise<'unchanged' | 'changed'> {
  const before = await readFile(path, 'utf8').catch(() => undefined)
  const { names, definitions, manifest } = loaded
  const tables = [names.models, names.seeds, names.snapshots, names.sources, ...Object.values(names.streams)]
  const keys = new Set(tables.flatMap((part) => Object.values(part).map(({ key }) => key)))
  const text = renderTypes({
    names,
    columns: tableColumns(keys, { definitions, manifest, inWarehouse, before: readColumns(before ?? '') }),
    assets: definitions.assets.map(({ key }) => key).filter((key) => !keys.has(key)),
    descriptions: new Map(definitions.assets.map(({ key, description }) => [key, firstLine(description)])),
  })
  // Another system's line ends are no difference.
  if (before?.replaceAll('\r\n', '\n') === text) return 'unchanged'
  if (!isDryRun) await replace(path, text)
  return 'changed'
}

const firstLine = (text: string) => (text.trim().split('\n')[0] ?? '').replaceAll('*/', '*\\/')

/** Who compiles meanwhile sees the old one or the new one. */
async function replace(path: string, text: string): Promise<void> {
  try {
    await writeParts(path, [Buffer.from(text)])
  } catch (cause) {
    throw platformErrors.create('TYPES_NOT_WRITABLE', {
      message: `${path} cannot be written: ${refusalOf(cause).code ?? String(cause)}.`,
      hint: 'The project runs without it; only the compiler knows less. Give Millrace the right to write there.',
      cause,
    })
  }
}
