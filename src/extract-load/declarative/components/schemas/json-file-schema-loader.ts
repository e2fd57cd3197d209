import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { z } from 'zod'
import { type BuildScope, defineComponent } from '../../component.js'
import type { SchemaLoader } from '../../component-contract.js'
import { isPlainMapping } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { resolvedReferences } from './schema-references.js'

/** The schema is a file beside the manifest. */
export const jsonFileSchemaLoader = defineComponent({
  type: 'JsonFileSchemaLoader',
  kind: 'schema_loader',
  schema: z.looseObject({ file_path: z.string().optional() }),
  build: ({ file_path }, scope) => schemaFile(file_path, scope),
})

/** Where the schema of a stream is when the manifest does not say: in the package of a connector, or beside its manifest. */
const usualPaths = ["./schemas/{{ parameters['name'] }}.json", "./{{ parameters['name'] }}.json"]

export function schemaFile(path: string | undefined, { interpolation, services }: BuildScope): SchemaLoader {
  const files = (path ? [path] : usualPaths).map((each) => interpolation.text(each))
  return {
    async schema() {
      const names = files.map((file) => file())
      const { folder, signal } = services
      if (folder === undefined) throw unusable(names[0] ?? '', 'the manifest was not read from a folder')
      const read = (names: readonly string[]) => readFirst(folder, names, signal)
      return resolvedReferences(await read([...names, ...names.map(withoutFirst)]), (other) =>
        read([`schemas/shared/${other}`]),
      )
    },
  }
}

/** Paths begin with the name of the Python package, and the manifest lies within that. */
const withoutFirst = (name: string): string => name.replace(/^\.?\//, '').replace(/^[^/]+\//, '')

async function readFirst(folder: string, names: readonly string[], signal: AbortSignal | undefined) {
  let failure: unknown
  for (const name of new Set(names)) {
    const place = within(folder, name)
    try {
      return parsed(await readFile(place, { encoding: 'utf8', signal }), name)
    } catch (error) {
      signal?.throwIfAborted()
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      failure ??= error
    }
  }
  throw unusable(names[0] ?? '', 'there is no such file beside the manifest', failure)
}

/** Nothing that a manifest names may lie elsewhere on the machine. */
function within(folder: string, name: string): string {
  const place = resolve(folder, name.replace(/^\/+/, ''))
  const way = relative(folder, place)
  if (way.startsWith('..') || isAbsolute(way)) throw unusable(name, 'it lies outside of the folder of the manifest')
  return place
}

function parsed(text: string, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw unusable(name, 'it is no JSON', cause)
  }
  if (isPlainMapping(value)) return value
  throw unusable(name, 'it is no object')
}

const unusable = (name: string, why: string, cause?: unknown) =>
  failure('MANIFEST_INVALID', {
    message: `The schema file ${JSON.stringify(name)} of a stream cannot be used: ${why}.`,
    hint: 'Put the file beside the manifest, or write the schema into it (InlineSchemaLoader).',
    failureType: 'system_error',
    cause,
  })
