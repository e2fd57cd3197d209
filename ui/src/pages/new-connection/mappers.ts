import type { MapperView, RowConditionView } from '../../../../src/server/contract/index.js'

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

export function isMapperComplete(mapper: MapperView): boolean {
  if (mapper.type === 'row-filtering') return isConditionComplete(mapper.where)
  if (mapper.field === '') return false
  if (mapper.type === 'encryption') return isKey(mapper.key)
  return mapper.type !== 'field-renaming' || mapper.to.trim() !== ''
}

function isConditionComplete(condition: RowConditionView): boolean {
  if ('and' in condition) return condition.and.length > 0 && condition.and.every(isConditionComplete)
  if ('or' in condition) return condition.or.length > 0 && condition.or.every(isConditionComplete)
  return 'not' in condition ? isConditionComplete(condition.not) : condition.field !== ''
}

/** What mappers make of one field, for the list of fields. */
export function mappedWords(mappers: readonly MapperView[] = [], field: string): string[] {
  return mappers.flatMap((mapper) => {
    if (mapper.type === 'row-filtering' || mapper.field.toLowerCase() !== field.toLowerCase()) return []
    return [mapper.type === 'field-renaming' ? `called ${mapper.to}` : mappedWord[mapper.type]]
  })
}

const mappedWord = { hashing: 'hashed', encryption: 'encrypted', 'field-filtering': 'left out' } as const
