import { isMapping } from '../../../base/index.js'
import type { Mapper, RowCondition } from '../../../extract-load/index.js'

/** As the API has it, in both of its ways of writing. */
export interface GivenMapper {
  readonly type: string
  readonly mapperConfiguration?: Readonly<Record<string, unknown>> | undefined
  readonly [setting: string]: unknown
}

export interface TranslatedMappers {
  readonly mappers: readonly Mapper[]
  /** What has no equal, as sentences. */
  readonly notes: readonly string[]
  /** Rows would be loaded that are not to be: the stream is better left out. */
  readonly lacksFilter: boolean
}

/** Mappers of Airbyte. Its hashing and encryption give the field another name (`email_hashed`), which a renaming says here. */
export function translateMappers(given: readonly GivenMapper[]): TranslatedMappers {
  const mappers: Mapper[] = []
  const notes: string[] = []
  let lacksFilter = false
  for (const { type, mapperConfiguration, ...bare } of given) {
    const settings = mapperConfiguration ?? bare
    const text = (name: string) => (typeof settings[name] === 'string' ? String(settings[name]) : '')
    const field = text('targetField') || text('fieldName')
    switch (type) {
      case 'hashing':
        mappers.push(
          { type, field, method: (text('method') || 'SHA-256') as 'SHA-256' },
          ...renamed(field, text('fieldNameSuffix') || '_hashed'),
        )
        break
      case 'field-renaming':
        mappers.push({ type, field: text('originalFieldName'), to: text('newFieldName') })
        break
      case 'field-filtering':
        mappers.push({ type, field })
        break
      case 'encryption': {
        const suffix = renamed(field, text('fieldNameSuffix') || '_encrypted')
        if (text('algorithm') === 'RSA')
          mappers.push({ type, field, algorithm: 'RSA', publicKey: text('publicKey'), padding: 'PKCS1' }, ...suffix)
        else {
          mappers.push({ type: 'field-filtering', field })
          notes.push(
            `\`${field}\` is not loaded: what Airbyte's AES makes of it is not what a mapper \`encryption\` makes here. Write one with a key, and load the stream from the start`,
          )
        }
        break
      }
      case 'row-filtering': {
        const where = condition(settings.conditions)
        if (where) mappers.push({ type, where })
        else lacksFilter = true
        break
      }
      default:
        // What a mapper was to hide is not loaded in clear.
        if (field !== '') mappers.push({ type: 'field-filtering', field })
        else lacksFilter = true
        notes.push(`the mapper \`${type}\` has no equal here${field === '' ? '' : `, so \`${field}\` is not loaded`}`)
    }
  }
  return { mappers, notes, lacksFilter }
}

const renamed = (field: string, suffix: string): Mapper[] => [
  { type: 'field-renaming', field, to: `${field}${suffix}` },
]

function condition(given: unknown): RowCondition | undefined {
  if (!isMapping(given)) return undefined
  const { type, fieldName, comparisonValue, conditions } = given
  const parts = (Array.isArray(conditions) ? conditions : []).map(condition)
  if (type === 'EQUAL' && typeof fieldName === 'string')
    return { field: fieldName, equal: (comparisonValue ?? null) as string | null }
  if (parts.length === 0 || parts.some((part) => part === undefined)) return undefined
  const all = parts as RowCondition[]
  if (type === 'NOT') return all.length === 1 ? { not: all[0] as RowCondition } : { not: { and: all } }
  if (type === 'OR') return { or: all }
  return type === 'AND' ? { and: all } : undefined
}
