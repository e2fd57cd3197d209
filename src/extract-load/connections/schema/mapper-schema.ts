import { z } from 'zod'
import { isImpossibleName } from '../../../sql/index.js'
import type { ConfiguredStream, EncryptionMapper, FieldPath, Mapper, RowCondition } from '../../contract.js'
import { readPublicKey, rsaBits } from '../../fields/encryption.js'
import { mapperFields } from '../../fields/mappers.js'
import { nameOfPath, nestedPaths } from '../../fields/nested-paths.js'
import { isTooLong } from './streams.js'

const field = z.string().min(1)

const rowCondition: z.ZodType<RowCondition> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ field, equal: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
      z.strictObject({ and: z.array(rowCondition).min(1) }),
      z.strictObject({ or: z.array(rowCondition).min(1) }),
      z.strictObject({ not: rowCondition }),
    ],
    'is no condition: write {field, equal}, {and: […]}, {or: […]} or {not: …}',
  ),
)

/** 32 bytes, as hexadecimal digits or base64. The value is never shown. */
const encryptionKey = z
  .string()
  .refine(
    (key) => /^[0-9a-f]{64}$/i.test(key) || /^[A-Za-z0-9+/]{43}=$/.test(key),
    'is no key of 32 bytes: 64 hexadecimal digits, or base64',
  )

const shortestKeyBits = 2048

const publicKey = z.string().superRefine((text, { addIssue }) => {
  const key = readPublicKey(text)
  const bits = key && rsaBits(key)
  if (bits === undefined)
    addIssue('is no public key of RSA: PEM (BEGIN PUBLIC KEY), or its bytes as hexadecimal digits or base64')
  else if (bits < shortestKeyBits) addIssue(`has ${bits} bits: one of less than ${shortestKeyBits} protects nothing`)
})

const encryptionSchema = z
  .strictObject({
    type: z.literal('encryption'),
    field,
    algorithm: z.enum(['AES', 'RSA']).default('AES'),
    key: encryptionKey.optional(),
    public_key: publicKey.optional(),
    padding: z.enum(['PKCS1', 'OAEP']).optional(),
  })
  .transform((mapper, { addIssue }): EncryptionMapper => {
    const { type, algorithm, key, public_key, padding } = mapper
    const refuse = (setting: string, message: string) => {
      addIssue({ code: 'custom', path: [setting], message })
      return z.NEVER
    }
    if (algorithm === 'AES') {
      const other = public_key !== undefined ? 'public_key' : padding !== undefined ? 'padding' : undefined
      if (other !== undefined) return refuse(other, 'belongs to `algorithm: RSA`')
      if (key === undefined) return refuse('key', 'needs a key: `${NAME}` of a variable that holds one')
      return { type, field: mapper.field, algorithm, key }
    }
    if (key !== undefined) return refuse('key', 'belongs to `algorithm: AES`; RSA encrypts with a `public_key`')
    if (public_key === undefined) return refuse('public_key', 'is needed: the public key of RSA')
    return { type, field: mapper.field, algorithm, publicKey: public_key, padding: padding ?? 'PKCS1' }
  })

/** Airbyte's names. Unknown settings are refused. */
export const mapperSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hashing'),
    field,
    method: z.enum(['MD5', 'SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512']).default('SHA-256'),
  }),
  encryptionSchema,
  z.strictObject({
    type: z.literal('field-renaming'),
    field,
    to: z
      .string()
      .min(1)
      .refine((name) => !isTooLong(name), 'has more than 63 bytes, which PostgreSQL cuts off')
      .refine((name) => !isImpossibleName(name), 'is a name that DuckDB or PostgreSQL keeps for itself')
      .refine((name) => !/^_(?:airbyte|ab)_/i.test(name), 'is a name that every loaded table uses itself'),
  }),
  z.strictObject({ type: z.literal('field-filtering'), field }),
  z.strictObject({ type: z.literal('row-filtering'), where: rowCondition }),
])

export type MappedSettings = Pick<ConfiguredStream, 'mappers' | 'primaryKey' | 'cursorField'>

/** What is wrong with the mappers of a stream taken together: where, and why. */
export function mapperProblem({
  mappers = [],
  primaryKey = [],
  cursorField,
}: MappedSettings): { readonly path: readonly (string | number)[]; readonly message: string } | undefined {
  const seen = new Map<string, Mapper['type']>()
  const targets = new Set<string>()
  for (const [i, mapper] of mappers.entries()) {
    if (mapper.type === 'row-filtering') continue
    const name = mapper.field.toLowerCase()
    const at = (message: string) => ({ path: ['mappers', i, 'field'], message })
    // A field may get another value and another name; everything else takes the place of the other.
    const kind = mapper.type === 'field-renaming' ? 'name' : 'value'
    const other =
      seen.get(`${kind} ${name}`) ?? (mapper.type === 'field-filtering' ? seen.get(`name ${name}`) : undefined)
    if (other !== undefined) return at(`\`${mapper.field}\` has a mapper already (${other})`)
    seen.set(`${kind} ${name}`, mapper.type)
    const isIn = ([field]: FieldPath) => field?.toLowerCase() === name
    const path = nestedPaths({ primaryKey, cursorField }).find(isIn)
    if (path && kind === 'value' && mapper.type !== 'field-filtering')
      return at(
        `holds \`${nameOfPath(path)}\`, which is loaded beside it as it is, because rows are told apart or put in order by it`,
      )
    if (cursorField && isIn(cursorField) && kind === 'value')
      return at('is the cursor, whose values must stay as they are')
    if (primaryKey.some(isIn) && mapper.type === 'field-filtering')
      return at('is part of the primary key, which must be loaded')
    if (primaryKey.some(isIn) && isRandom(mapper))
      return at('is part of the primary key, whose equal values must stay equal: RSA makes something else of each')
    if (mapper.type !== 'field-renaming') continue
    if (targets.has(mapper.to.toLowerCase()))
      return { path: ['mappers', i, 'to'], message: 'is the new name of another field already' }
    targets.add(mapper.to.toLowerCase())
  }
  return undefined
}

/** Whether equal values become different ones. */
export const isRandom = (mapper: Mapper): boolean => mapper.type === 'encryption' && mapper.algorithm === 'RSA'

/** The fields that mappers need to be loaded. */
export const fieldsOfMappers = (mappers: readonly Mapper[] = []): string[] =>
  mappers.filter(({ type }) => type !== 'field-filtering').flatMap(mapperFields)
