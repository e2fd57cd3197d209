import { isMapping } from '../../base/index.js'
import type { SettingSchema, Settings } from '../../server/index.js'

export type { SettingSchema, Settings }

export const typesOf = ({ type }: SettingSchema): string[] => [type ?? []].flat().filter((one) => one !== 'null')

export const branchesOf = ({ oneOf, anyOf }: SettingSchema): readonly SettingSchema[] => oneOf ?? anyOf ?? []

export const isObject = (schema: SettingSchema): boolean =>
  schema.properties !== undefined || typesOf(schema).includes('object')

/** Properties in the order in which people are asked for them. */
export const orderedProperties = ({ properties = {} }: SettingSchema): (readonly [string, SettingSchema])[] =>
  Object.entries(properties).sort(([, a], [, b]) => (a.order ?? 1e6) - (b.order ?? 1e6))

/** A value that this setting always has in a branch: what tells the branch. */
export function fixedValue(schema: SettingSchema): unknown {
  return schema.const ?? (schema.enum?.length === 1 ? schema.enum[0] : undefined)
}

/** The branch of a choice that a value already belongs to. */
export function branchOf(schema: SettingSchema, value: Settings): SettingSchema | undefined {
  return branchesOf(schema).find((branch) => {
    const fixed = Object.entries(branch.properties ?? {}).flatMap(([name, one]) => {
      const only = fixedValue(one)
      return only === undefined ? [] : [[name, only] as const]
    })
    return fixed.length > 0 && fixed.every(([name, only]) => value[name] === only)
  })
}

/** What is said of the setting at a place, whatever the branch. */
export function schemaAt(schema: SettingSchema, path: readonly string[]): SettingSchema | undefined {
  const [first, ...rest] = path
  if (first === undefined) return schema
  const below = schema.properties?.[first] ?? (/^\d+$/.test(first) ? schema.items : undefined)
  if (below) return schemaAt(below, rest)
  for (const branch of branchesOf(schema)) {
    const found = schemaAt(branch, path)
    if (found) return found
  }
  return undefined
}

const alternativesOf = (schema: SettingSchema): readonly SettingSchema[] => [
  schema,
  ...branchesOf(schema).flatMap(alternativesOf),
]

/** The first part of a path that no schema tells of, whatever the branch, and what could stand there. */
export function undeclaredAt(
  schema: SettingSchema,
  path: readonly string[],
  depth = 0,
): { readonly path: readonly string[]; readonly known: readonly string[] } | undefined {
  const name = path[depth]
  if (name === undefined) return undefined
  const alternatives = alternativesOf(schema)
  // Names of the user's own choice.
  if (alternatives.some(({ additionalProperties }) => isMapping(additionalProperties))) return undefined
  const known = alternatives.flatMap(({ properties = {} }) => Object.keys(properties))
  const inner = alternatives.flatMap(
    ({ properties, items }) => properties?.[name] ?? (/^\d+$/.test(name) ? items : undefined) ?? [],
  )
  if (inner.length === 0) return known.length === 0 ? undefined : { path: path.slice(0, depth + 1), known }
  const found = inner.map((one) => undeclaredAt(one, path, depth + 1))
  return found.includes(undefined) ? undefined : found[0]
}

/**
 * Where a config lacks something that it needs, in the form of `--set`. A list of mappings that is not there lacks the
 * settings of its first one: `streams.0.name`.
 */
export function missingSettings(schema: SettingSchema, value: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, i) => missingSettings(schema.items ?? {}, item, [...path, String(i)]))
  const isGiven = value !== undefined && value !== null
  if (!isGiven && !isObject(schema)) {
    const { items } = schema
    return items && isObject(items) ? missingSettings(items, undefined, [...path, '0']) : [path.join('.')]
  }
  if (typeof (value ?? {}) !== 'object') return []
  const settings = (value ?? {}) as Settings
  const branches = branchesOf(schema)
  const branch = branchOf(schema, settings)
  const alternatives = branches.filter((one) => !one.properties && one.required)
  const own = [...(schema.required ?? []), ...(branch?.required ?? [])].flatMap((name) => {
    const inner = schema.properties?.[name] ?? branch?.properties?.[name] ?? {}
    return fixedValue(inner) !== undefined && settings[name] !== undefined
      ? []
      : missingSettings(inner, settings[name], [...path, name])
  })
  const isChosen = alternatives.some((one) => one.required?.every((name) => settings[name] !== undefined))
  if (alternatives.length === 0 || isChosen) return own
  return [...own, [...path, alternatives[0]?.required?.[0] ?? ''].join('.')]
}
