import { isMapping } from '../../../base/index.js'
import { type ToldMappers, tellMappers } from '../../../platform/index.js'

/** The mappers of a stream as Airbyte tells them. @param written the stream, as the file of its connection has it */
export function shownMappers(written: unknown): ToldMappers {
  const mappers = isMapping(written) && Array.isArray(written.mappers) ? written.mappers.filter(isMapping) : []
  return tellMappers(mappers.map(mapperOf))
}

type Mapper = Parameters<typeof tellMappers>[0][number]

/** What a file need not say is what it means without. */
function mapperOf({ type, public_key: publicKey, ...settings }: Readonly<Record<string, unknown>>): Mapper {
  const usual =
    type === 'hashing'
      ? { method: 'SHA-256' }
      : type === 'encryption'
        ? settings.algorithm === 'RSA'
          ? { padding: 'PKCS1', publicKey }
          : { algorithm: 'AES' }
        : {}
  return { type, ...usual, ...settings } as Mapper
}
