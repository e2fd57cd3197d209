import type { SourceLocation } from '../../base/index.js'
import type { ConfiguredStream, Mapper, RowCondition } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { fieldNotFound } from './field-not-found.js'
import { isSameName } from './same-name.js'

type Mapped = Pick<ConfiguredStream, 'mappers'>

/** The fields that a condition looks at. */
export function conditionFields(condition: RowCondition): string[] {
  if ('and' in condition) return condition.and.flatMap(conditionFields)
  if ('or' in condition) return condition.or.flatMap(conditionFields)
  return 'not' in condition ? conditionFields(condition.not) : [condition.field]
}

/** The fields that a mapper names. */
export const mapperFields = (mapper: Mapper): string[] =>
  mapper.type === 'row-filtering' ? conditionFields(mapper.where) : [mapper.field]

/** Whether a mapper leaves a field out. */
export const isFiltered = ({ mappers = [] }: Mapped, name: string): boolean =>
  mappers.some((mapper) => mapper.type === 'field-filtering' && isSameName(mapper.field, name))

/** What a mapper calls a field; undefined where none does. */
export const renamed = ({ mappers = [] }: Mapped, name: string): string | undefined =>
  mappers.filter((mapper) => mapper.type === 'field-renaming').find(({ field }) => isSameName(field, name))?.to

/** The mapper that makes something else of the values of a field. */
export const valueMapper = ({ mappers = [] }: Mapped, name: string) =>
  mappers
    .filter((mapper) => mapper.type === 'hashing' || mapper.type === 'encryption')
    .find(({ field }) => isSameName(field, name))

/** The same mappers where fields go by other names. */
export function withFields(mappers: readonly Mapper[], nameOf: (field: string) => string): Mapper[] {
  const inCondition = (condition: RowCondition): RowCondition => {
    if ('and' in condition) return { and: condition.and.map(inCondition) }
    if ('or' in condition) return { or: condition.or.map(inCondition) }
    return 'not' in condition ? { not: inCondition(condition.not) } : { ...condition, field: nameOf(condition.field) }
  }
  return mappers.map((mapper): Mapper => {
    if (mapper.type === 'row-filtering') return { ...mapper, where: inCondition(mapper.where) }
    // What was renamed is told by what it was.
    return mapper.type === 'field-renaming' ? mapper : { ...mapper, field: nameOf(mapper.field) }
  })
}

/** What a table was loaded with, in words: rows of before and after something else must not stand in one table. Without secrets. */
export const mappersInWords = ({ mappers = [] }: Mapped): string => mappers.flatMap(inWords).sort().join(', ')

function inWords(mapper: Mapper): string[] {
  switch (mapper.type) {
    case 'hashing':
      return [`\`${mapper.field}\` hashed by ${mapper.method}`]
    case 'encryption':
      return [`\`${mapper.field}\` encrypted${mapper.algorithm === 'RSA' ? ' by RSA' : ''}`]
    case 'field-renaming':
      return [`\`${mapper.field}\` called \`${mapper.to}\``]
    case 'field-filtering':
      return [`\`${mapper.field}\` left out`]
    // Other rows may stand beside those of before.
    case 'row-filtering':
      return []
  }
}

/**
 * Refuses mappers of fields that are not there: what somebody wanted hashed might come under another name.
 * @param offered the fields that the source has
 * @throws FIELD_NOT_FOUND
 */
export function checkMapperFields(
  stream: Pick<ConfiguredStream, 'name' | 'mappers'>,
  offered: readonly string[],
  at: (index: number) => SourceLocation,
): void {
  for (const [i, mapper] of (stream.mappers ?? []).entries()) {
    const missing = mapperFields(mapper).find((field) => !offered.some((name) => isSameName(name, field)))
    if (missing === undefined) continue
    throw fieldNotFound(stream.name, missing, offered, { why: `a mapper (${mapper.type}) names`, at: at(i) })
  }
}

/** Two fields must not be called the same in the table. @param names as they are in the table @throws MAPPER_INVALID */
export function checkRenamed(
  stream: Pick<ConfiguredStream, 'name' | 'mappers'>,
  names: readonly string[],
  at?: (index: number) => SourceLocation,
): void {
  for (const [i, mapper] of (stream.mappers ?? []).entries()) {
    if (mapper.type !== 'field-renaming' || names.filter((name) => isSameName(name, mapper.to)).length < 2) continue
    throw extractLoadErrors.create('MAPPER_INVALID', {
      message: `A mapper of the stream \`${stream.name}\` calls \`${mapper.field}\` \`${mapper.to}\`, which is another field of it.`,
      at: at?.(i),
      hint: 'Choose another name, or rename or leave out the other field as well.',
    })
  }
}
