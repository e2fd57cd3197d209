import { z } from 'zod'
import { type BuildScope, type ComponentDefinition, defineComponent, part } from '../../component.js'
import type { RecordData, Retriever } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { emptySlice } from '../../state/interval-cursor.js'
import { routerOf } from '../partitions/router-of.js'
import { auxiliaryRetriever } from '../retrievers/auxiliary-retriever.js'
import { schemaTypeIdentifier, schemaTypeIdentifierSchema } from './schema-type-identifier.js'

/** Makes a schema of what an API says of its fields, in the first record that a retriever finds. */
export const dynamicSchemaLoader = defineComponent({
  type: 'DynamicSchemaLoader',
  kind: 'schema_loader',
  schema: z.looseObject({
    retriever: part('retriever'),
    schema_type_identifier: schemaTypeIdentifierSchema,
    schema_filter: part('record_filter').optional(),
    schema_transformations: z.array(part('transformation')).optional(),
  }),
  build(definition, scope) {
    const retriever = schemaRetriever(definition.retriever, scope)
    const propertiesOf = schemaTypeIdentifier(definition.schema_type_identifier, scope.interpolation)
    const filter = definition.schema_filter && scope.build('record_filter', definition.schema_filter)
    const transformations = (definition.schema_transformations ?? []).map((each) => scope.build('transformation', each))

    return {
      async schema() {
        const record = await firstRecord(retriever)
        let properties: RecordData = record ? propertiesOf(record) : {}
        if (filter) {
          const each = Object.entries(properties).map(([name, type]) => ({ [name]: type }))
          properties = Object.assign({}, ...filter.filter(each, {}))
        }
        for (const each of transformations) each.transform(properties, {})
        return {
          $schema: 'https://json-schema.org/draft-07/schema#',
          type: 'object',
          additionalProperties: true,
          properties,
        }
      },
    }
  },
})

function schemaRetriever(definition: ComponentDefinition, scope: BuildScope): Retriever {
  if (definition.type === 'AsyncRetriever' && definition.partition_router !== undefined)
    throw failure('MANIFEST_INVALID', {
      message:
        'A DynamicSchemaLoader has an AsyncRetriever with a `partition_router`: only the first record of one job is read.',
      hint: 'Remove the `partition_router`.',
      failureType: 'system_error',
    })
  const name = 'dynamic_properties'
  return auxiliaryRetriever(definition, scope, {
    name,
    useCache: true,
    router: routerOf(definition.partition_router, scope, { stream: name, state: undefined }),
  })
}

async function firstRecord(retriever: Retriever): Promise<RecordData | undefined> {
  const slices = retriever.slices?.() ?? [emptySlice]
  for await (const slice of slices)
    for await (const [record] of retriever.readSlice(slice)) if (record && Object.keys(record).length > 0) return record
  return undefined
}
