import { readdir, readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { baseErrors, interpolateEnv, isMapping, MillraceError, neededVariables, readYaml } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import type { ConnectionDocument } from './connection-document.js'
import { namespaceVariable } from './streams.js'

/** What `${NAME}` stands for in the files of connections. */
export interface Variables {
  /** The environment, with what is kept for it elsewhere. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of `env`, what does not come from the environment. */
  readonly stored?: ReadonlySet<string> | undefined
  /** Names that are kept and cannot be read: why, and what to do. */
  readonly unreadable?: ReadonlyMap<string, { readonly message: string; readonly hint: string }> | undefined
}

/** The names of variables without a default in a value. `${SOURCE_NAMESPACE}` is none. */
export const variablesIn = (value: unknown): readonly string[] =>
  neededVariables(value).filter((name) => name !== namespaceVariable)

/** What a file of a connection names. */
interface NamedVariables {
  readonly connection: string
  readonly file: string
  readonly names: readonly string[]
}

/**
 * The variables without a default that each file of a folder names. A file that is no YAML names none.
 * @param isKnown those are left out; a file that has no others is not looked into
 */
export async function namedVariables(
  folder: string,
  isKnown: (name: string) => boolean = () => false,
): Promise<readonly NamedVariables[]> {
  const unknownIn = (value: unknown) => variablesIn(value).filter((name) => !isKnown(name))
  const files = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).sort()
  const found = await Promise.all(
    files.map(async (file): Promise<NamedVariables[]> => {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '')
      // What stands in a comment is looked at, and counts for nothing.
      if (unknownIn(text).length === 0) return []
      try {
        const { value } = readYaml(text, file)
        const connection = isMapping(value) && typeof value.name === 'string' ? value.name : parse(file).name
        const names = unknownIn(value)
        return names.length === 0 ? [] : [{ connection, file, names }]
      } catch {
        return []
      }
    }),
  )
  return found.flat()
}

/**
 * What a document says, with the values of its variables.
 * @throws ENV_MISSING, which names all of them that are missing; what is said of those that cannot be read
 */
export function filledDocument(document: ConnectionDocument, { env, unreadable }: Variables): unknown {
  const placed = { ...env, [namespaceVariable]: `\${${namespaceVariable}}` }
  const written = document.value ?? {}
  for (const name of unreadable?.size ? neededVariables(written) : []) {
    const failure = env[name] === undefined && unreadable?.get(name)
    if (!failure) continue
    const path = pathOf(written, name) ?? []
    throw extractLoadErrors.create('CONNECTION_SECRET_UNREADABLE', {
      ...failure,
      at: document.locate(path),
      data: { path, variables: [name], ...connectionIn(written) },
    })
  }
  try {
    return interpolateEnv(
      written,
      (path) => (isSchema(path) ? placed : env),
      (path) => document.locate(path),
    )
  } catch (error) {
    throw missingVariables(error, written, env)
  }
}

/** Settings with the values of their variables. @throws ENV_MISSING, which names all of them that are missing */
export function filledSettings<T>(settings: T, env: Variables['env']): T {
  try {
    return interpolateEnv(settings, env)
  } catch (error) {
    throw missingVariables(error, settings, env)
  }
}

function missingVariables(error: unknown, written: unknown, env: Variables['env']): unknown {
  if (!(error instanceof MillraceError) || error.code !== 'ENV_MISSING') return error
  const variables = variablesIn(written).filter((name) => env[name] === undefined)
  const [first] = variables
  if (first === undefined) return error
  const [one, it] = variables.length === 1 ? ['is', 'it'] : ['are', 'each']
  return baseErrors.create('ENV_MISSING', {
    message: `${variables.join(' and ')} ${one} not set: neither in the environment nor among the secrets.`,
    hint: `Set ${it} with \`millrace secrets set ${first}\`, or on the page, Settings → Secrets; no restart is needed. Or as a variable of the environment, before Millrace starts. A default is written \${${first}:-value}.`,
    at: error.at,
    data: {
      ...error.data,
      variables,
      ...connectionIn(written),
    },
  })
}

/** So that the page can tell of which connection it speaks. */
const connectionIn = (written: unknown) =>
  isMapping(written) && typeof written.name === 'string' ? { connection: written.name } : {}

/** Where tables go, the namespace of the source is Airbyte's word and no variable. */
const isSchema = ([part, ...below]: readonly (string | number)[]) =>
  below.at(-1) === 'schema' && below.length === (part === 'destination' ? 1 : part === 'streams' ? 2 : 0)

/** Where a variable stands first. */
function pathOf(value: unknown, name: string): (string | number)[] | undefined {
  if (typeof value === 'string') return neededVariables(value).includes(name) ? [] : undefined
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    const below = pathOf(inner, name)
    if (below) return [Array.isArray(value) ? Number(key) : key, ...below]
  }
  return undefined
}
