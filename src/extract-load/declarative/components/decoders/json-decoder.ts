import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { parsedJson } from '../../http/json.js'

export const jsonDecoder = defineComponent({
  type: 'JsonDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('JsonDecoder') }),
  build: (_definition, { services }) => ({
    isStreamed: false,
    async *decode(response) {
      const value = jsonIn(await response.bytes())
      if (value === undefined)
        // The CDK is silent about it, and people look for their records.
        await services.say({
          type: 'log',
          level: 'warn',
          message: `A response is no JSON and has no records therefore: ${response.request.method} ${response.url} (${response.headers.get('content-type') ?? 'no content type'}).`,
        })
      if (Array.isArray(value) && value.length > 0) yield value
      else yield [value === undefined || value === null || Array.isArray(value) ? {} : value]
    },
  }),
})

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined where it is none. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return parsedJson(utf8.decode(body))
  } catch {
    return undefined
  }
}
