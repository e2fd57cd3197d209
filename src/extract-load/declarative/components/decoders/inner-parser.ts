import type { Decoder } from '../../component-contract.js'
import { failure } from '../../failure.js'

/** What reads the bytes that another decoder unpacked. @throws MANIFEST_INVALID for a decoder that reads responses only */
export function innerParser(outer: string, inner: Decoder): NonNullable<Decoder['parse']> {
  if (inner.parse) return (...given) => (inner.parse as NonNullable<Decoder['parse']>)(...given)
  throw failure('MANIFEST_INVALID', {
    message: `A ${outer} has a decoder in it that cannot stand there.`,
    hint: 'Inside of it can be a JsonDecoder, JsonlDecoder, JsonItemsDecoder, CsvDecoder or GzipDecoder.',
    failureType: 'system_error',
  })
}
