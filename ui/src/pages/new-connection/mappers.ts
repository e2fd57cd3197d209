import type { DiscoveredDraftStream, MapperView, RowConditionView } from '../../../../src/server/contract/index.js'

type TypedField = DiscoveredDraftStream['fields'][number]

export type MapperType = MapperView['type']

/** Airbyte's words, as they stand in the file too. */
export const mapperTypes: readonly { readonly value: MapperType; readonly label: string }[] = [
  { value: 'hashing', label: 'Hashing' },
  { value: 'encryption', label: 'Encryption' },
  { value: 'field-renaming', label: 'Field renaming' },
  { value: 'field-filtering', label: 'Field filtering' },
  { value: 'row-filtering', label: 'Row filtering' },
]

export const hashMethods: readonly Extract<MapperView, { type: 'hashing' }>['method'][] = [
  'MD5',
  'SHA-1',
  'SHA-224',
  'SHA-256',
  'SHA-384',
  'SHA-512',
]

/** A mapper of another type, for the same field where it has one. */
export function mapperOf(type: MapperType, before?: MapperView): MapperView {
  const field = before === undefined || before.type === 'row-filtering' ? '' : before.field
  switch (type) {
    case 'hashing':
      return { type, field, method: 'SHA-256' }
    case 'encryption':
      return { type, field, key: '' }
    case 'field-renaming':
      return { type, field, to: '' }
    case 'field-filtering':
      return { type, field }
    case 'row-filtering':
      return { type, where: { field: '', equal: '' } }
  }
}

/** Whether a text is a key, or the variable that holds one: half of one is not sent anywhere. */
export const isKey = (text: string): boolean =>
  /^\$\{[A-Za-z_]\w*\}$/.test(text) || /^[0-9a-f]{64}$/i.test(text) || /^[A-Za-z0-9+/]{43}=$/.test(text)

/** 32 bytes that nobody can guess. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** @param fields with their types: an empty text is a value of a text only */
export function isMapperComplete(mapper: MapperView, fields: readonly TypedField[] = []): boolean {
  if (mapper.type === 'row-filtering') return isConditionComplete(mapper.where, fields)
  if (mapper.field === '') return false
  if (mapper.type === 'encryption') return isKey(mapper.key)
  return mapper.type !== 'field-renaming' || mapper.to.trim() !== ''
}

function isConditionComplete(condition: RowConditionView, fields: readonly TypedField[]): boolean {
  const areComplete = (parts: readonly RowConditionView[]) =>
    parts.length > 0 && parts.every((part) => isConditionComplete(part, fields))
  if ('and' in condition) return areComplete(condition.and)
  if ('or' in condition) return areComplete(condition.or)
  if ('not' in condition) return isConditionComplete(condition.not, fields)
  return condition.field !== '' && !lacksValue(condition, fields)
}

/** Numbers and days are never an empty text. */
export const lacksValue = (
  { field, equal }: { readonly field: string; readonly equal: unknown },
  fields: readonly TypedField[],
): boolean => equal === '' && /^(?:integer|number|string date|string time)/.test(typeOf(fields, field))

const typeOf = (fields: readonly TypedField[], field: string) => fields.find(({ path }) => path === field)?.type ?? ''

/** What mappers make of one field, for the list of fields. */
export function mappedWords(mappers: readonly MapperView[] = [], field: string): string[] {
  return mappers.flatMap((mapper) => {
    if (mapper.type === 'row-filtering' || mapper.field.toLowerCase() !== field.toLowerCase()) return []
    return [mapper.type === 'field-renaming' ? `called ${mapper.to}` : mappedWord[mapper.type]]
  })
}

const mappedWord = { hashing: 'hashed', encryption: 'encrypted', 'field-filtering': 'left out' } as const
