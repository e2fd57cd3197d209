import { z } from 'zod'
import type { JsonSchema } from '../../../contract.js'
import { defineComponent } from '../../component.js'

/** The schema stands in the manifest. */
export const inlineSchemaLoader = defineComponent({
  type: 'InlineSchemaLoader',
  kind: 'schema_loader',
  schema: z.looseObject({ schema: z.custom<JsonSchema>().optional() }),
  build({ schema = {} }) {
    return { schema: async () => schema }
  },
})
