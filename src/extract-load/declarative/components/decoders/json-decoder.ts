import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { HttpResponse } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { wholeBody } from '../../http/whole-body.js'
import { readJson } from '../../values/index.js'
import { passOver } from './unreadable-body.js'

export const jsonDecoder = defineComponent({
  type: 'JsonDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('JsonDecoder') }),
  build: (_definition, { services }) => ({
    isStreamed: false,
    isJson: true,
    // An empty body is an empty object, so that a page without a body is a page without records.
    async *decode(response) {
      const value = jsonOf(await response.bytes(), response)
      if (value === undefined) await passOver(response, 'JSON', services)
      // The CDK makes two of what it cannot read: one for the error, and one as there was none.
      if (value === undefined || value === null) yield [{}, {}]
      else if (Array.isArray(value)) yield value.length > 0 ? value : [{}]
      else yield [value]
    },
    async *parse(body) {
      const value = jsonIn(await wholeBody(body))
      if (value === undefined || value === null)
        throw failure('API_ANSWER_INVALID', {
          message: 'What a response has packed is no JSON.',
          hint: 'Does the decoder fit what the API sends? `connectors preview` shows it.',
          failureType: 'system_error',
        })
      yield Array.isArray(value) ? value : [value]
    },
  }),
})

/** Also behind a byte order mark, and in the charset that the answer names. */
function jsonOf(body: Uint8Array, response: HttpResponse): unknown {
  const value = jsonIn(body)
  if (value !== undefined) return value
  const isMarked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
  if (isMarked) return jsonIn(body.subarray(3))
  return /charset=/i.test(response.headers.get('content-type') ?? '') ? response.json() : undefined
}

/** Undefined where it is none. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return readJson(body)
  } catch {
    return undefined
  }
}
