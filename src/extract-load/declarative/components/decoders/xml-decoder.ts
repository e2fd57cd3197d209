import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { passOver } from './unreadable-body.js'
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
      } catch {
        await passOver(response, 'XML', services)
        yield [{}]
      }
    },
  }),
})
