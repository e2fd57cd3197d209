import { createCipheriv, createHash, createHmac, randomUUID } from 'node:crypto'
import { quoteLiteral } from '../../sql/index.js'
import type { WarehouseConnection } from '../../warehouse/index.js'
import type { ConfiguredStream, RowCondition } from '../contract.js'
import { valueMapper } from '../fields/mappers.js'

type Mapped = Pick<ConfiguredStream, 'mappers'>

/** DuckDB's own are ten times as fast. */
const ownDigests: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256' }

const digestFunction = '_millrace_digest'
const encryptFunction = '_millrace_encrypt'

/** What SQL calls each key: the key itself stands in no statement. */
const handles = new Map<string, string>()

function handleOf(key: string): string {
  const known = handles.get(key)
  if (known !== undefined) return known
  const handle = randomUUID()
  handles.set(key, handle)
  return handle
}

const keyOf = (handle: string) => [...handles].find(([, one]) => one === handle)?.[0]

/** Lets the statements of a connection hash and encrypt as the mappers of a stream want it. */
export async function prepareMappers(connection: WarehouseConnection, { mappers = [] }: Mapped): Promise<void> {
  if (mappers.some((mapper) => mapper.type === 'hashing' && ownDigests[mapper.method] === undefined))
    await connection.addTextFunction?.(digestFunction, (method, text) =>
      createHash(method.replace('-', '').toLowerCase()).update(text).digest('hex'),
    )
  if (mappers.some(({ type }) => type === 'encryption'))
    await connection.addTextFunction?.(encryptFunction, (handle, text) => encrypted(keyOf(handle) ?? '', text))
}

/** SQL: what is loaded in the place of a field's value, as text; undefined where that is the value itself. */
export function mappedValue(stream: Mapped, name: string, value: string): string | undefined {
  const mapper = valueMapper(stream, name)
  if (!mapper) return undefined
  const text = `(${value})::varchar`
  if (mapper.type === 'encryption') return `${encryptFunction}(${quoteLiteral(handleOf(mapper.key))}, ${text})`
  const own = ownDigests[mapper.method]
  return own === undefined ? `${digestFunction}(${quoteLiteral(mapper.method)}, ${text})` : `${own}(${text})`
}

/**
 * AES-256-GCM: base64 of 12 bytes of nonce, the encrypted bytes and 16 bytes of tag. The nonce is made of the text, so that equal texts
 * stay equal: a row that is read again is known by that.
 */
function encrypted(key: string, text: string): string {
  const bytes = Buffer.from(key, key.length === 64 ? 'hex' : 'base64')
  const nonce = createHmac('sha256', bytes).update(text).digest().subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce)
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

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
