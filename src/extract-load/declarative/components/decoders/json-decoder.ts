import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { requestLine } from '../../http/shown-request.js'
import { wholeBody } from '../../http/whole-body.js'
import { readJson } from '../../values/index.js'

export const jsonDecoder = defineComponent({
  type: 'JsonDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('JsonDecoder') }),
  build: (_definition, { services }) => ({
    isStreamed: false,
    isJson: true,
    // A body that is none is an empty object, so that a page without a body is a page without records.
    async *decode(response) {
      const value = jsonIn(await response.bytes())
      if (value === undefined || value === null)
        // The CDK is silent about it, and people look for their records.
        await services.say({
          type: 'log',
          level: 'warn',
          message: `A response is no JSON and has no records therefore: ${requestLine(response.request)} (${response.headers.get('content-type') ?? 'no content type'}).`,
        })
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

/** Undefined where it is none. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return readJson(body)
  } catch {
    return undefined
  }
}
