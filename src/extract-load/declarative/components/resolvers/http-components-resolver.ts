import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import { templateSlice } from '../../template-slice.js'
import { noCursor } from '../cursors/no-cursor.js'
import { routerOf } from '../partitions/router-of.js'
import { compileMapping, componentMappingDefinitionSchema } from './component-mapping-definition.js'
import { refuseConditions } from './refuse-conditions.js'

/** A stream for each record that an API answers. */
export const httpComponentsResolver = defineComponent({
  type: 'HttpComponentsResolver',
  kind: 'components_resolver',
  schema: z.looseObject({
    type: z.literal('HttpComponentsResolver'),
    retriever: part('retriever'),
    components_mapping: z.array(componentMappingDefinitionSchema),
  }),
  build: (definition, scope, { stream }) => {
    refuseConditions(definition.components_mapping)
    const name = stream || '__http_components_resolver'
    const router = routerOf(definition.retriever.partition_router, scope, { stream: name, state: undefined })
    const cursor = noCursor(router, () => scope.services.clock.now())
    const retriever = scope.build('retriever', definition.retriever, {
      name,
      primaryKey: [],
      cursor,
      transformations: [],
      isDataFeed: false,
      isAuxiliary: true,
      isReadWhole: true,
      useCache: true,
    })
    const fill = compileMapping(definition.components_mapping, scope, { readsYaml: 'never', makesPlaces: false })
    return {
      isMadeOfConfig: false,
      async *resolve(template) {
        for await (const slice of retriever.slices?.() ?? cursor.slices())
          for await (const records of retriever.readSlice(slice))
            for (const record of records)
              yield fill(template, { stream_slice: templateSlice(slice).stream_slice, components_values: record })
      },
    }
  },
})
