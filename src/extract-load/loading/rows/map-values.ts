import { createHash, randomUUID } from 'node:crypto'
import { quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { ConfiguredStream, EncryptionMapper, RowCondition } from '../../contract.js'
import { type Encrypt, encryption, longestText } from '../../fields/encryption.js'
import { valueMapper } from '../../fields/mappers.js'
import type { Misfit } from './change-notes.js'

type Mapped = Pick<ConfiguredStream, 'mappers'>

/** DuckDB's own are ten times as fast. */
const ownDigests: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256' }

const digestFunction = '_millrace_digest'
const aesFunction = '_millrace_encrypt'
const rsaFunction = '_millrace_encrypt_by_rsa'

/** What SQL calls each key, and what is done with it: the key itself stands in no statement. */
const handles = new Map<string, { readonly handle: string; readonly encrypt: Encrypt }>()
const encryptions = new Map<string, Encrypt>()

function handleOf(mapper: EncryptionMapper): string {
  const { field: _, ...way } = mapper
  const name = JSON.stringify(way)
  const known = handles.get(name)
  if (known !== undefined) return known.handle
  const made = { handle: randomUUID(), encrypt: encryption(mapper) }
  handles.set(name, made)
  encryptions.set(made.handle, made.encrypt)
  return made.handle
}

function encrypted(handle: string, text: string): string {
  const encrypt = encryptions.get(handle)
  if (!encrypt) throw new Error('There is no such key.')
  return encrypt(text)
}

/** Lets the statements of a connection hash and encrypt as the mappers of a stream want it. */
export async function prepareMappers(connection: WarehouseConnection, { mappers = [] }: Mapped): Promise<void> {
  if (mappers.some((mapper) => mapper.type === 'hashing' && ownDigests[mapper.method] === undefined))
    await connection.addTextFunction?.(digestFunction, (method, text) =>
      createHash(method.replace('-', '').toLowerCase()).update(text).digest('hex'),
    )
  if (!mappers.some(({ type }) => type === 'encryption')) return
  await connection.addTextFunction?.(aesFunction, encrypted)
  await connection.addTextFunction?.(rsaFunction, encrypted, { isVolatile: true })
}

/** SQL: what is loaded in the place of a field's value, as text; undefined where that is the value itself. */
export function mappedValue(stream: Mapped, name: string, value: string): string | undefined {
  const mapper = valueMapper(stream, name)
  if (!mapper) return undefined
  const text = `(${value})::varchar`
  if (mapper.type === 'encryption') {
    const call = `${mapper.algorithm === 'RSA' ? rsaFunction : aesFunction}(${quoteLiteral(handleOf(mapper))}, ${text})`
    return mapper.algorithm === 'RSA' ? `case when not ${isTooLong(text, mapper)} then ${call} end` : call
  }
  const own = ownDigests[mapper.method]
  return own === undefined ? `${digestFunction}(${quoteLiteral(mapper.method)}, ${text})` : `${own}(${text})`
}

/** A value of which nothing is left because its mapper cannot take it; undefined where it takes every one. */
export function mapperMisfit(stream: Mapped, name: string, value: string): Misfit | undefined {
  const mapper = valueMapper(stream, name)
  if (mapper?.type !== 'encryption' || mapper.algorithm !== 'RSA') return undefined
  // Airbyte's word for it.
  return { field: name, isMisfit: isTooLong(`(${value})::varchar`, mapper), reason: 'PLATFORM_SERIALIZATION_ERROR' }
}

const isTooLong = (text: string, mapper: Extract<EncryptionMapper, { algorithm: 'RSA' }>) =>
  `coalesce(strlen(${text}) > ${longestText(mapper)}, false)`

/** SQL: whether a row is loaded, by the values that its source gave it; undefined where every row is. */
export function keepsRow({ mappers = [] }: Mapped, sqlOf: (field: string) => string): string | undefined {
  const conditions = mappers.flatMap((mapper) =>
    mapper.type === 'row-filtering' ? [conditionSql(mapper.where, sqlOf)] : [],
  )
  return conditions.length === 0 ? undefined : conditions.join(' and ')
}

function conditionSql(condition: RowCondition, sqlOf: (field: string) => string): string {
  if ('not' in condition) return `(not ${conditionSql(condition.not, sqlOf)})`
  if ('and' in condition) return `(${condition.and.map((one) => conditionSql(one, sqlOf)).join(' and ')})`
  if ('or' in condition) return `(${condition.or.map((one) => conditionSql(one, sqlOf)).join(' or ')})`
  const value = sqlOf(condition.field)
  const { equal } = condition
  if (equal === null) return `(${value} is null)`
  const isEqual =
    typeof equal === 'string'
      ? `(${value})::varchar = ${quoteLiteral(equal)}`
      : `try_cast((${value})::varchar as ${typeof equal === 'number' ? 'DOUBLE' : 'BOOLEAN'}) = ${equal}`
  return `coalesce(${isEqual}, false)`
}
