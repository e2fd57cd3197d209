import { isMapping } from '../../base/index.js'
import type { EncryptionMapper, Mapper, RowCondition } from '../../extract-load/index.js'

/** A mapper as Airbyte's APIs have it, in both of their ways of writing. */
export interface AirbyteMapper {
  readonly type: string
  readonly mapperConfiguration?: Readonly<Record<string, unknown>> | undefined
  readonly [setting: string]: unknown
}

/** One that has no equal here. */
export interface LackingMapper {
  readonly type: string
  /** As the end of a sentence that begins with the mapper. */
  readonly why: string
  /** The field whose values it was to change, or to leave out. */
  readonly field?: string | undefined
}

export interface ReadMappers {
  readonly mappers: readonly Mapper[]
  readonly lacking: readonly LackingMapper[]
}

type Settings = Readonly<Record<string, unknown>>
type HashingMethod = Extract<Mapper, { type: 'hashing' }>['method']

const methods: readonly string[] = [
  'MD5',
  'SHA-1',
  'SHA-224',
  'SHA-256',
  'SHA-384',
  'SHA-512',
] satisfies HashingMethod[]

/**
 * Mappers of Airbyte as ours. There each finds the fields as those before it left them, and hashing and encryption may give a field another
 * name; here all name fields as the source does, and a renaming says the other name.
 * @param takesAes whether AES is read: its key is told, and what it makes may look as ours does
 */
export function readMappers(
  given: readonly AirbyteMapper[],
  { takesAes }: { readonly takesAes: boolean },
): ReadMappers {
  const mappers: Mapper[] = []
  const lacking: LackingMapper[] = []
  /** What the source calls a field, by the name that it has so far. */
  const sourceNames = new Map<string, string>()
  const changed = new Set<string>()
  const sourceName = (name: string) => sourceNames.get(name) ?? name
  const rename = (field: string, to: string) => {
    const before = mappers.findIndex((one) => one.type === 'field-renaming' && one.field === field)
    if (before >= 0) mappers.splice(before, 1)
    sourceNames.set(to, field)
    if (to !== field) mappers.push({ type: 'field-renaming', field, to })
  }
  const change = (mapper: Extract<Mapper, { type: 'hashing' | 'encryption' }>, name: string, suffix: string) => {
    mappers.push(mapper)
    changed.add(mapper.field)
    if (suffix !== '') rename(mapper.field, `${name}${suffix}`)
  }
  for (const { type, mapperConfiguration, ...bare } of given) {
    const settings = mapperConfiguration ?? bare
    const name =
      textOf(settings, 'targetField') || textOf(settings, 'originalFieldName') || textOf(settings, 'fieldName')
    const field = sourceName(name)
    const lack = (why: string) => lacking.push({ type, why, ...(name === '' ? {} : { field }) })
    if (type === 'row-filtering') {
      const where = conditionOf(settings.conditions, sourceName)
      if (!where) lack('has a condition that is not known here')
      else if (fieldsOf(where).some((one) => changed.has(one)))
        lack('looks at what another mapper made of a field; here rows are chosen by the values of the source')
      else mappers.push({ type, where })
    } else if (name === '') lack('names no field')
    else if (type === 'hashing') {
      const method = textOf(settings, 'method') || 'SHA-256'
      if (methods.includes(method))
        change({ type, field, method: method as HashingMethod }, name, textOf(settings, 'fieldNameSuffix', '_hashed'))
      else lack(`hashes by ${method}, which is not known here`)
    } else if (type === 'encryption') {
      const read = encryptionOf(field, settings, takesAes)
      if ('why' in read) lack(read.why)
      else change(read, name, textOf(settings, 'fieldNameSuffix'))
    } else if (type === 'field-renaming') rename(field, textOf(settings, 'newFieldName') || name)
    else if (type === 'field-filtering') mappers.push({ type, field })
    else lack('is not known here')
  }
  return { mappers, lacking }
}

const textOf = (settings: Settings, name: string, otherwise = ''): string =>
  typeof settings[name] === 'string' ? settings[name] : otherwise

function encryptionOf(
  field: string,
  settings: Settings,
  takesAes: boolean,
): EncryptionMapper | { readonly why: string } {
  const { algorithm, mode, padding, key, publicKey } = settings
  if (algorithm === 'RSA')
    return { type: 'encryption', field, algorithm, publicKey: String(publicKey ?? ''), padding: 'PKCS1' }
  if (algorithm !== 'AES') return { why: `encrypts by ${String(algorithm)}, which is not known here` }
  if (!takesAes) return { why: 'encrypts by AES, and makes something else of a value than `encryption` does here' }
  if (mode !== 'GCM' || padding !== 'NoPadding')
    return { why: `encrypts by AES/${String(mode)}/${String(padding)}; here it is AES/GCM/NoPadding` }
  return { type: 'encryption', field, algorithm, key: String(key ?? '') }
}

/** Of Terraform it may be JSON. */
function conditionOf(given: unknown, sourceName: (name: string) => string): RowCondition | undefined {
  const condition = typeof given === 'string' ? parsed(given) : given
  if (!isMapping(condition)) return undefined
  const { type, fieldName, comparisonValue, conditions } = condition
  if (type === 'EQUAL' && typeof fieldName === 'string')
    return { field: sourceName(fieldName), equal: (comparisonValue ?? null) as string | null }
  const parts = (Array.isArray(conditions) ? conditions : []).map((one) => conditionOf(one, sourceName))
  const all = parts.filter((part) => part !== undefined)
  if (all.length === 0 || all.length < parts.length) return undefined
  // None of them may hold.
  if (type === 'NOT') return { not: all.length === 1 ? (all[0] as RowCondition) : { or: all } }
  if (type === 'OR') return { or: all }
  return type === 'AND' ? { and: all } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fieldsOf(condition: RowCondition): string[] {
  if ('and' in condition) return condition.and.flatMap(fieldsOf)
  if ('or' in condition) return condition.or.flatMap(fieldsOf)
  return 'not' in condition ? fieldsOf(condition.not) : [condition.field]
}

export interface ToldMappers {
  readonly told: readonly AirbyteMapper[]
  /** Some have no words in Airbyte's API. */
  readonly isPartial: boolean
}

/**
 * Ours in the words and the order of Airbyte, so that each finds the fields as it names them. Fields that take each other's names have no words
 * there: a name must be free.
 */
export function tellMappers(mappers: readonly Mapper[]): ToldMappers {
  const renamings = new Map(mappers.flatMap((one) => (one.type === 'field-renaming' ? [[one.field, one.to]] : [])))
  const named = new Set(mappers.flatMap((one) => ('field' in one ? [one.field] : [])))
  const mapper = (type: Mapper['type'], mapperConfiguration: Settings): AirbyteMapper => ({ type, mapperConfiguration })
  /** What is added to a name is told with what is made of the values. */
  const suffixOf = (field: string) => {
    const to = renamings.get(field)
    // A name that is told with a suffix is taken from then on: where another field has it, it is told once that one is out of the way.
    if (!to?.startsWith(field) || named.has(to)) return ''
    renamings.delete(field)
    return to.slice(field.length)
  }
  const rows: AirbyteMapper[] = []
  const values: AirbyteMapper[] = []
  let isPartial = false
  for (const one of mappers) {
    if (one.type === 'row-filtering') {
      const told = ('and' in one.where ? one.where.and : [one.where]).map(tellCondition)
      isPartial ||= told.includes(undefined)
      rows.push(...told.flatMap((conditions) => (conditions ? [mapper(one.type, { conditions })] : [])))
    } else if (one.type === 'field-filtering') values.push(mapper(one.type, { targetField: one.field }))
    else if (one.type === 'hashing')
      values.push(
        mapper(one.type, { targetField: one.field, method: one.method, fieldNameSuffix: suffixOf(one.field) }),
      )
    else if (one.type === 'encryption') {
      if (one.algorithm === 'RSA' && one.padding !== 'PKCS1') {
        isPartial = true
        continue
      }
      const how =
        one.algorithm === 'RSA'
          ? { algorithm: one.algorithm, publicKey: one.publicKey }
          : { algorithm: one.algorithm, mode: 'GCM', padding: 'NoPadding', key: one.key }
      values.push(mapper(one.type, { ...how, targetField: one.field, fieldNameSuffix: suffixOf(one.field) }))
    }
  }
  const ordered = inOrder(renamings)
  const names = ordered.map(([originalFieldName, newFieldName]) =>
    mapper('field-renaming', { originalFieldName, newFieldName }),
  )
  return { told: [...rows, ...values, ...names], isPartial: isPartial || ordered.length < renamings.size }
}

/** Each once its new name is free; those that wait for each other are left out. */
function inOrder(renamings: ReadonlyMap<string, string>): (readonly [field: string, to: string])[] {
  const waiting = new Map(renamings)
  const ordered: (readonly [string, string])[] = []
  for (let before = -1; before < ordered.length; ) {
    before = ordered.length
    for (const [field, to] of waiting)
      if (to === field || !waiting.has(to)) {
        ordered.push([field, to])
        waiting.delete(field)
      }
  }
  return ordered
}

/** As far as clients that are made of its description can read it: equal, and none of several that are. */
function tellCondition(condition: RowCondition): Settings | undefined {
  if ('not' in condition) {
    const conditions = ('or' in condition.not ? condition.not.or : [condition.not]).map(tellEqual)
    return conditions.includes(undefined) ? undefined : { type: 'NOT', conditions }
  }
  return tellEqual(condition)
}

const tellEqual = (condition: RowCondition): Settings | undefined =>
  'field' in condition && condition.equal !== null
    ? { type: 'EQUAL', fieldName: condition.field, comparisonValue: String(condition.equal) }
    : undefined
