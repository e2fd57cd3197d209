import { baseErrors, type SourceLocation } from '../errors.js'

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every string of a parsed YAML value.
 * @param env the variables, or those of each place
 * @throws ENV_MISSING when a variable without a default is not set.
 */
export function interpolateEnv<T>(
  value: T,
  env: Variables | ((path: readonly (string | number)[]) => Variables),
  at?: SourceLocation | LocatePath,
  path: readonly (string | number)[] = [],
): T {
  if (typeof value === 'string')
    return interpolateString(value, typeof env === 'function' ? env(path) : env, {
      at: typeof at === 'function' ? at(path) : at,
      path,
    }) as T
  if (Array.isArray(value)) return value.map((item, i) => interpolateEnv(item, env, at, [...path, i])) as T
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, interpolateEnv(item, env, at, [...path, key])]),
    ) as T
  return value
}

type Variables = Readonly<Record<string, string | undefined>>

/** Where the value under this path stands, such as `YamlDocument.locate`. */
type LocatePath = (path: readonly (string | number)[]) => SourceLocation

function interpolateString(
  text: string,
  env: Variables,
  { at, path }: { readonly at: SourceLocation | undefined; readonly path: readonly (string | number)[] },
): string {
  return text.replace(reference, (_, name: string, fallback: string | undefined) => {
    const found = env[name] ?? fallback
    if (found === undefined)
      throw baseErrors.create('ENV_MISSING', {
        message: `The environment variable ${name} is not set.`,
        hint: `Set it before you start Millrace, or give a default: \${${name}:-value}.`,
        at,
        data: { path, variables: [name] },
      })
    return found
  })
}

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/** The variables that the strings of a value name and that have to be set: those without a default, each once. */
export const neededVariables = (value: unknown): readonly string[] => [
  ...new Set(variableReferences(value).flatMap(({ name, hasDefault }) => (hasDefault ? [] : [name]))),
]

/** Every place in the strings of a value that names a variable, in their order. */
export function variableReferences(value: unknown): readonly { readonly name: string; readonly hasDefault: boolean }[] {
  if (typeof value === 'string')
    return [...value.matchAll(reference)].map(([, name = '', fallback]) => ({
      name,
      hasDefault: fallback !== undefined,
    }))
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(variableReferences) : []
}

/** What a text says besides the names of variables: what stands around them, line by line, and their defaults. */
export const literalsIn = (
  text: string,
): { readonly around: readonly string[]; readonly defaults: readonly string[] } => ({
  around: text.replace(reference, '\n').split('\n').filter(Boolean),
  defaults: [...text.matchAll(reference)].flatMap(([, , fallback]) => fallback || []),
})
