import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import { propertyChunking, propertyChunkingSchema } from './property-chunking.js'

export const queryProperties = defineComponent({
  type: 'QueryProperties',
  kind: 'query_properties',
  schema: z.looseObject({
    property_list: z.union([z.array(z.string()), part('property_list')]),
    always_include_properties: z.array(z.string()).optional(),
    property_chunking: propertyChunkingSchema.optional(),
    property_selector: part('property_selector').optional(),
  }),
  build(definition, scope, given) {
    const { property_list: list, always_include_properties: always = [] } = definition
    const names = Array.isArray(list) ? async () => list : scope.build('property_list', list).names
    const selector =
      definition.property_selector && scope.build('property_selector', definition.property_selector, given)
    const chunking = definition.property_chunking && propertyChunking(definition.property_chunking)
    return {
      mergeKey: chunking?.mergeKey,
      async chunks() {
        const wanted = selector?.select()
        const properties = await names()
        if (chunking) return chunking.chunks(properties, always, wanted)
        return [[...always, ...properties.filter((name) => !wanted || wanted.has(name))]]
      },
    }
  },
})
