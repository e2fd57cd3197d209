import type { SettingSchema, Settings } from '../../../../src/server/contract/index.js'

export type { SettingSchema, Settings }

export const typesOf = ({ type }: SettingSchema): string[] => [type ?? []].flat().filter((one) => one !== 'null')
export const branchesOf = ({ oneOf, anyOf }: SettingSchema): readonly SettingSchema[] => oneOf ?? anyOf ?? []
export const settingsIn = (value: unknown) =>
  (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}) as Settings

export const isObject = (schema: SettingSchema): boolean =>
  schema.properties !== undefined ||
  branchesOf(schema).some((one) => one.properties) ||
  typesOf(schema).includes('object')

/** A value that this setting always has in a branch: what tells the branch. */
export const fixedValue = (schema: SettingSchema): unknown =>
  schema.const ?? (schema.enum?.length === 1 ? schema.enum[0] : undefined)

export const fixedSettings = (branch: SettingSchema): Settings =>
  Object.fromEntries(
    Object.entries(branch.properties ?? {}).flatMap(([name, one]) => {
      const only = fixedValue(one)
      return only === undefined ? [] : [[name, only]]
    }),
  )

/** Settings of which one is enough: a branch that only names what it requires. */
const isAlternative = (branch: SettingSchema) => branch.properties === undefined && branch.required !== undefined

/** The branch of a choice that the settings are of; the first where nothing tells. */
export const chosenBranch = (schema: SettingSchema, settings: Settings): number =>
  Math.max(0, toldBranch(schema, settings))

/** The same; -1 where nothing tells. */
const toldBranch = (schema: SettingSchema, settings: Settings): number =>
  branchesOf(schema).findIndex((branch) =>
    isAlternative(branch)
      ? branch.required?.some((name) => name in settings)
      : Object.entries(fixedSettings(branch)).some(([name, only]) => settings[name] === only),
  )

export interface Field {
  readonly name: string
  readonly schema: SettingSchema
  readonly isRequired: boolean
  /** What it always is: nobody is asked for it. */
  readonly fixed: unknown
  /** One of several, of which one is enough. */
  readonly isAlternative: boolean
}

/** The settings of the schema and of the chosen branch, in their order. */
function allFields(schema: SettingSchema, settings: Settings): Field[] {
  const branches = branchesOf(schema)
  const chosen = branches[chosenBranch(schema, settings)]
  const alternatives = chosen && isAlternative(chosen) ? (chosen.required ?? []) : []
  // Of alternatives only the chosen one is shown.
  const left = branches.filter((one) => one !== chosen && isAlternative(one)).flatMap((one) => one.required ?? [])
  const required = new Set([...(schema.required ?? []), ...(chosen?.required ?? [])])
  return Object.entries({ ...schema.properties, ...chosen?.properties })
    .filter(([name]) => !left.includes(name))
    .map(([name, one]) => ({
      name,
      schema: one,
      // What tells the branch is part of it, whether the schema says so or not.
      isRequired: required.has(name) || (fixedValue(one) !== undefined && chosen?.properties?.[name] !== undefined),
      fixed: fixedValue(one),
      isAlternative: alternatives.includes(name),
    }))
    .sort((a, b) => (a.schema.order ?? 1e6) - (b.schema.order ?? 1e6))
}

/** What is asked for. */
export const fieldsOf = (schema: SettingSchema, settings: Settings): Field[] =>
  allFields(schema, settings).filter((field) => field.fixed === undefined)

/** The settings with one changed, or taken out. */
export function withSetting(settings: Settings, name: string, value: unknown): Settings {
  const { [name]: _, ...others } = settings
  return value === undefined ? others : { ...settings, [name]: value }
}

/** Settings of another branch: what only the last one had goes. */
export function withBranch(schema: SettingSchema, settings: Settings, index: number): Settings {
  const branches = branchesOf(schema)
  const next = branches[index]
  const last = branches[chosenBranch(schema, settings)]
  if (!next || !last) return settings
  const gone = [...Object.keys(last.properties ?? {}), ...(isAlternative(last) ? (last.required ?? []) : [])]
  const kept = Object.fromEntries(Object.entries(settings).filter(([name]) => !gone.includes(name)))
  const first = isAlternative(next) ? Object.fromEntries((next.required ?? []).map((name) => [name, ''])) : {}
  return { ...kept, ...first, ...fixedSettings(next) }
}

/**
 * What is sent: what was left empty is left out, and what has only one value has it.
 * @param former what the settings were: whatever of them is as it was stays so, also what the schema does not tell of
 */
export function completed(schema: SettingSchema, value: unknown, former?: unknown): unknown {
  if (former !== undefined && isSame(value, former)) return value
  if (Array.isArray(value)) {
    const counterpart = counterpartIn(former, value)
    return value
      .map((item, i) => completed(schema.items ?? {}, item, counterpart(item, i)))
      .filter((item) => item !== '')
  }
  if (!isObject(schema) || (schema.properties === undefined && branchesOf(schema).length === 0)) return value
  const settings = settingsIn(value)
  const held = settingsIn(former)
  const hasFormer = Object.keys(held).length > 0
  const fields = allFields(schema, settings)
  const known = fields.flatMap((field) => {
    const { name, schema: inner, isRequired, fixed } = field
    const given = settings[name]
    if (hasFormer && isSame(given, held[name])) return given === undefined ? [] : [[name, given]]
    if (fixed !== undefined) return isRequired ? [[name, fixed]] : []
    if (given === undefined && !(isRequired && isObject(inner))) return []
    const one = completed(inner, given, former === undefined ? undefined : (held[name] ?? {}))
    const isEmpty = one === '' || one === undefined || (Array.isArray(one) && one.length === 0)
    return isEmpty || (!isRequired && isEmptyMapping(one)) ? [] : [[name, one]]
  })
  if (former === undefined) return Object.fromEntries(known)
  const others = Object.entries(settings).filter(
    ([name]) => !fields.some((field) => field.name === name) && isKept(schema, name, settings, held),
  )
  return Object.fromEntries([...others, ...known])
}

/** What no field is for stays, as who wrote it knows why; of another branch's settings only while the branch stays. */
function isKept(schema: SettingSchema, name: string, settings: Settings, held: Settings): boolean {
  const isTold = [schema, ...branchesOf(schema)].some(({ properties }) => properties?.[name] !== undefined)
  return !isTold || (toldBranch(schema, settings) === toldBranch(schema, held) && name in held && settings[name] !== '')
}

/** What an entry of a list was: the same one wherever it stands now, else the one at its place while none came or went. */
function counterpartIn(former: unknown, value: readonly unknown[]) {
  if (former === undefined) return () => undefined
  const held = Array.isArray(former) ? former : []
  return (item: unknown, i: number): unknown =>
    held.find((one) => isSame(one, item)) ?? (held.length === value.length ? held[i] : undefined) ?? {}
}

/** In whatever order their entries stand. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

const isEmptyMapping = (value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0

/** Where something is needed and not there, as `streams.0.name`. */
export function missingSettings(schema: SettingSchema, value: unknown, path = ''): string[] {
  const below = (name: string | number) => (path === '' ? String(name) : `${path}.${name}`)
  if (schema.items && isObject(schema.items)) {
    const items = Array.isArray(value) && value.length > 0 ? value : [{}]
    return items.flatMap((item, i) => missingSettings(schema.items ?? {}, item, below(i)))
  }
  if (isObject(schema)) {
    const settings = settingsIn(value)
    return fieldsOf(schema, settings)
      .filter((field) => field.isRequired || (isObject(field.schema) && field.name in settings))
      .flatMap((field) => missingSettings(field.schema, settings[field.name], below(field.name)))
  }
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? [path] : []
}

/** Descriptions of Airbyte's connectors may hold HTML. */
export const plainText = (text: string): string =>
  text.replace(/<\/?(?:a|b|i|p|br|ul|ol|li|em|strong|code|pre)\b[^>]*>/gi, '')
