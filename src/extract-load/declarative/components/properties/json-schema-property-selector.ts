import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import type { RecordData } from '../../component-contract.js'
import { isPlainMapping } from '../../dpath/index.js'
import { deepCopy } from '../../values/deep-copy.js'
import { configuredSchemas } from './configured-schemas.js'

/** Only properties that the catalog selects are asked for; all of them where there is no catalog. */
export const jsonSchemaPropertySelector = defineComponent({
  type: 'JsonSchemaPropertySelector',
  kind: 'property_selector',
  schema: z.looseObject({ transformations: z.array(part('transformation')).optional() }),
  build(definition, scope, { stream }) {
    const transformations = (definition.transformations ?? []).map((each) => scope.build('transformation', each))
    return {
      select() {
        const schema = configuredSchemas(scope.shared).get(stream)
        if (!schema) return undefined
        const properties = isPlainMapping(schema.properties) ? (deepCopy(schema.properties) as RecordData) : {}
        for (const each of transformations) each.transform(properties, {})
        return new Set(Object.keys(properties))
      },
    }
  },
})
