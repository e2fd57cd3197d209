import type { JsonSchema } from '../../../contract.js'
import type { BuildScope } from '../../component.js'
import type { SchemaLoader } from '../../contract.js'
import type { DeclarativeStreamDefinition } from './declarative-stream-schema.js'

/** Loaded once, when somebody asks for it. */
export function schemaOf(definition: DeclarativeStreamDefinition, scope: BuildScope, stream: string): SchemaLoader {
  const load = loadOf(definition, scope, stream)
  let schema: Promise<JsonSchema> | undefined
  return {
    schema: () => {
      schema ??= load()
      return schema
    },
  }
}

function loadOf(
  { schema_loader: loader }: DeclarativeStreamDefinition,
  scope: BuildScope,
  stream: string,
): () => Promise<JsonSchema> {
  if (!loader) return schemaFile(scope, stream)
  if (!isSeveral(loader)) return scope.build('schema_loader', loader).schema
  const loaders = loader.map((each) => scope.build('schema_loader', each))
  return async () => {
    let properties = {}
    for (const each of loaders) properties = { ...((await each.schema()).properties as object | undefined), ...properties }
    return { $schema: 'http://json-schema.org/draft-07/schema#', type: ['null', 'object'], properties }
  }
}

const isSeveral = (loader: object): loader is readonly object[] => Array.isArray(loader)

/** The file that is named after the stream, where there is one. */
function schemaFile(scope: BuildScope, stream: string): () => Promise<JsonSchema> {
  const file = scope.build('schema_loader', {
    type: 'JsonFileSchemaLoader',
    $parameters: { name: stream, ...scope.parameters },
  })
  return async () => {
    try {
      return await file.schema()
    } catch {
      return {}
    }
  }
}
