import { readdir, readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import {
  baseErrors,
  interpolateEnv,
  isMapping,
  MillraceError,
  neededVariables,
  readYaml,
  variableReferences,
} from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'
import { namespaceVariable } from '../schema/streams.js'

/** What `${NAME}` stands for in the files of connections. */
export interface Variables {
  /** The environment, with what is kept for it elsewhere. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of `env`, what does not come from the environment. */
  readonly stored?: ReadonlySet<string> | undefined
  /** Of `env`, what is nowhere yet: it was given just now, and is to be kept with the file that names it. */
  readonly given?: ReadonlySet<string> | undefined
  /** Names that are kept and cannot be read: why, and what to do. */
  readonly unreadable?: ReadonlyMap<string, UnreadableSecret> | undefined
  /** Who names which, by the name, once for each place: told where secrets are to be given names. As `placeOfConnection` calls them. */
  readonly users?: ReadonlyMap<string, readonly string[]> | undefined
}

export interface UnreadableSecret {
  /** `away`: nobody can tell now whether there is one. `key`: it was encrypted with another key, or the key cannot be read. */
  readonly reason: 'away' | 'key'
  readonly message: string
  readonly hint: string
}

/** What a connection is called among those who name secrets. */
export const placeOfConnection = (name: string) => `connection ${name}`

/** Where a value names variables, also those with a default. `${SOURCE_NAMESPACE}` is none. */
export const referencesIn = (value: unknown): ReturnType<typeof variableReferences> =>
  variableReferences(value).filter(({ name }) => name !== namespaceVariable)

/** The names of the variables in a value, each once; also of those with a default, which holds where nobody has one. */
export const variablesIn = (value: unknown): readonly string[] => [
  ...new Set(referencesIn(value).map(({ name }) => name)),
]

/** Where a variable that a file names has its value from. */
export const originOf = (name: string, { env, stored }: Variables): 'environment' | 'secrets' | 'default' =>
  env[name] === undefined ? 'default' : stored?.has(name) ? 'secrets' : 'environment'

/** What a file of a connection names. */
interface NamedVariables {
  readonly connection: string
  readonly file: string
  readonly references: ReturnType<typeof variableReferences>
}

/**
 * The variables that each file of a folder names. A file that is no YAML names none.
 * @param isKnown those are left out; a file that has no others is not looked into
 */
export async function namedVariables(
  folder: string,
  isKnown: (name: string) => boolean = () => false,
): Promise<readonly NamedVariables[]> {
  const unknownIn = (value: unknown) => referencesIn(value).filter(({ name }) => !isKnown(name))
  const files = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).sort()
  const found = await Promise.all(
    files.map(async (file): Promise<NamedVariables[]> => {
      const text = await readFile(join(folder, file), 'utf8').catch(() => '')
      // What stands in a comment is looked at, and counts for nothing.
      if (unknownIn(text).length === 0) return []
      try {
        const { value } = readYaml(text, file)
        const connection = isMapping(value) && typeof value.name === 'string' ? value.name : parse(file).name
        const references = unknownIn(value)
        return references.length === 0 ? [] : [{ connection, file, references }]
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
  if (unreadable?.size) refuseUnreadable(document, { env, unreadable })
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

/** A default is for where there is no secret, not for where nobody can read it. @throws CONNECTION_SECRET_UNREADABLE */
function refuseUnreadable(document: ConnectionDocument, { env, unreadable }: Variables): void {
  const written = document.value ?? {}
  const names = variablesIn(written).filter((name) => env[name] === undefined && unreadable?.has(name))
  const [first] = names
  const failure = first === undefined ? undefined : unreadable?.get(first)
  if (first === undefined || !failure) return
  const variables = names.filter((name) => unreadable?.get(name)?.reason === failure.reason)
  const { message, hint, reason } = failure
  const path = pathOf(written, first) ?? []
  const others = variables.length === 1 ? '' : ` Nor can ${variables.slice(1).join(', ')}.`
  throw extractLoadErrors.create('CONNECTION_SECRET_UNREADABLE', {
    message: message + others,
    hint,
    at: document.locate(path),
    data: { path, variables, reason, ...connectionIn(written) },
  })
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
  const variables = neededVariables(written).filter((name) => name !== namespaceVariable && env[name] === undefined)
  const [first] = variables
  if (first === undefined) return error
  const [one, it] = variables.length === 1 ? ['is', 'it'] : ['are', 'each']
  return baseErrors.create('ENV_MISSING', {
    message: `${variables.join(' and ')} ${one} not set: neither in the environment nor among the secrets.`,
    hint: `Set ${it} with \`millrace secrets set ${first}\`, or on the page, Settings → Secrets; no restart is needed. Or as a variable of the environment that Millrace was started with: of a \`millrace up\` that runs, not of this command. A default is written \${${first}:-value}.`,
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
  if (typeof value === 'string') return variablesIn(value).includes(name) ? [] : undefined
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    const below = pathOf(inner, name)
    if (below) return [Array.isArray(value) ? Number(key) : key, ...below]
  }
  return undefined
}
