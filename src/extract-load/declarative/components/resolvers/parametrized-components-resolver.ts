import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { compileMapping, componentMappingDefinitionSchema } from './component-mapping-definition.js'
import { refuseConditions } from './refuse-conditions.js'
import { streamParametersDefinitionSchema } from './stream-parameters-definition.js'

/** A stream for each set of parameters that stands in the manifest. */
export const parametrizedComponentsResolver = defineComponent({
  type: 'ParametrizedComponentsResolver',
  kind: 'components_resolver',
  schema: z.looseObject({
    type: z.literal('ParametrizedComponentsResolver'),
    stream_parameters: streamParametersDefinitionSchema,
    components_mapping: z.array(componentMappingDefinitionSchema),
  }),
  build: (definition, scope) => {
    refuseConditions(definition.components_mapping)
    const fill = compileMapping(definition.components_mapping, scope, { readsYaml: 'always', makesPlaces: true })
    return {
      isMadeOfConfig: false,
      async *resolve(template) {
        for (const values of definition.stream_parameters.list_of_parameters_for_stream)
          yield fill(template, { components_values: values })
      },
    }
  },
})
