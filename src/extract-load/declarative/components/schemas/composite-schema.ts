import type { JsonSchema } from '../../../contract.js'
import type { SchemaLoader } from '../../component-contract.js'
import { isPlainMapping } from '../../dpath/index.js'

/** Properties of several schemas as one; those of the first ones win. */
export function compositeSchema(loaders: readonly SchemaLoader[]): SchemaLoader {
  return {
    async schema(): Promise<JsonSchema> {
      let properties: Record<string, unknown> = {}
      for (const loader of loaders) {
        const schema = await loader.schema()
        properties = { ...(isPlainMapping(schema.properties) ? schema.properties : {}), ...properties }
      }
      return { $schema: 'http://json-schema.org/draft-07/schema#', type: ['null', 'object'], properties }
    },
  }
}

/** Asks once: what a schema is made of may cost requests. */
export function remembered(loader: SchemaLoader): SchemaLoader {
  let known: Promise<JsonSchema> | undefined
  return {
    schema() {
      known ??= loader.schema().catch((error: unknown) => {
        known = undefined
        throw error
      })
      return known
    },
  }
}
