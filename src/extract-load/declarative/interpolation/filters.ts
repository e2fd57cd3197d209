import { createHash, createHmac, getHashes } from 'node:crypto'
import {
  type FilterDefinition,
  filter,
  Markup,
  runtimeError,
  str,
  toJson,
  typeError,
  typeName,
  Undefined,
} from '../../../jinja/index.js'
import { replaceMatches, searchGroups } from '../../../python/index.js'
import { decodeBase64 } from './base64.js'
import { withinTime } from './within-time.js'

/** By the names of Python's hashlib. */
const algorithms: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha1: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  sha3_224: 'sha3-224',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
  sha3_512: 'sha3-512',
}

function hash(value: unknown, type: unknown = 'md5', salt: unknown = null): string {
  const algorithm = Object.hasOwn(algorithms, str(type)) ? algorithms[str(type)] : undefined
  if (algorithm === undefined || !getHashes().includes(algorithm))
    throw runtimeError(`AttributeError: No hashing function named ${str(type)}`)
  const digest = createHash(algorithm).update(str(value))
  if (salt !== null && str(salt) !== '') digest.update(str(salt))
  return digest.digest('hex')
}

function hmac(value: unknown, key: unknown, type: unknown = 'sha256'): string {
  if (type !== 'sha256')
    throw runtimeError(`ValueError: Hash type '${str(type)}' is not allowed. Allowed types: sha256`)
  return createHmac('sha256', str(key)).update(str(value)).digest('hex')
}

/** What has a method `encode` in Python. */
function encodable(value: unknown): string {
  if (value instanceof Undefined) value.fail()
  if (value instanceof Markup) return value.text
  if (typeof value !== 'string')
    throw runtimeError(`AttributeError: '${typeName(value)}' object has no attribute 'encode'`)
  return value
}

function asciiBase64(value: unknown): string {
  const text = encodable(value)
  if (/\P{ASCII}/u.test(text)) throw runtimeError("UnicodeEncodeError: 'ascii' codec can't encode characters")
  return Buffer.from(text).toString('base64')
}

/** Wrapped in quotes, so that the text of it is a text when it is read again. */
function string(value: unknown): unknown {
  if (typeof value === 'string' || value instanceof Markup) return value
  if (value instanceof Undefined) throw typeError('Object of type Undefined is not JSON serializable')
  return `"""${toJson(value, undefined, false)}"""`
}

function search(value: unknown, pattern: unknown): unknown {
  const groups = withinTime(pattern, value, () => searchGroups(pattern, value))
  return groups && groups.length > 0 ? groups[0] : ''
}

/** The filters that the CDK adds to Jinja's. */
export const filters: Readonly<Record<string, FilterDefinition>> = {
  hash: filter(['hash_type?', 'salt?'], hash),
  hmac: filter(['key', 'hash_type?'], hmac),
  base64encode: filter([], (value: unknown) => Buffer.from(encodable(value)).toString('base64')),
  base64decode: filter([], (value: unknown) => decodeBase64(encodable(value))),
  // Its name says the contrary of what it does.
  base64binascii_decode: filter([], asciiBase64),
  string: filter([], string),
  regex_search: filter(['regex'], search),
  regex_replace: filter(['regex', 'replacement'], (value: unknown, pattern: unknown, replacement: unknown) =>
    withinTime(pattern, value, () => replaceMatches(pattern, replacement, value)),
  ),
}
