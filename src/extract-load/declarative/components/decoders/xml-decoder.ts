import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { requestLine } from '../../http/shown-request.js'
import { xmlValues } from './xml-values.js'

export const xmlDecoder = defineComponent({
  type: 'XmlDecoder',
  kind: 'decoder',
  schema: z.looseObject({ type: z.literal('XmlDecoder') }),
  build: (_definition, { services }) => ({
    isStreamed: false,
    async *decode(response) {
      try {
        yield [xmlValues(response.text())]
      } catch (error) {
        await services.say({
          type: 'log',
          level: 'warn',
          message: `A response is no XML and has no records therefore: ${requestLine(response.request)} (${error instanceof Error ? error.message : String(error)}).`,
        })
        yield [{}]
      }
    },
  }),
})
