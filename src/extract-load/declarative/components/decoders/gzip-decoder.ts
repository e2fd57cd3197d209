import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import type { HttpResponse } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { unpacked } from '../../http/content-encoding.js'
import { TransportError } from '../../http/transport-error.js'
import { innerParser } from './inner-parser.js'

/** What is packed is unpacked, by its first bytes: APIs that say that they pack do not always. */
export const gzipDecoder = defineComponent({
  type: 'GzipDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('GzipDecoder'), decoder: part('decoder') }),
  build: (definition, scope) => {
    const decoder = scope.build('decoder', definition.decoder)
    const inner = innerParser('GzipDecoder', decoder)
    const parse = (body: AsyncIterable<Uint8Array>, response: HttpResponse) => inner(gunzipped(body), response)
    const { parsePacked } = decoder
    return {
      isStreamed: true,
      parse,
      parsePacked: parsePacked && ((body, response, fields) => parsePacked(gunzipped(body), response, fields)),
      decode: (response) => parse(response.stream(), response),
    }
  },
})

async function* gunzipped(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* unpacked(body, 'gzip')
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    throw failure('API_ANSWER_INVALID', {
      message: 'A packed response is damaged or cut off.',
      hint: 'Try it again; if it goes on, look at the response with `connectors preview`.',
      failureType: 'system_error',
      cause: error,
    })
  }
}
