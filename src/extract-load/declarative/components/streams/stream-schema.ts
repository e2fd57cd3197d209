import type { BuildScope } from '../../component.js'
import type { SchemaLoader } from '../../component-contract.js'
import { compositeSchema, defaultSchemaLoader, remembered } from '../schemas/index.js'
import type { DeclarativeStreamDefinition } from './declarative-stream-schema.js'

/** Loaded once, when somebody asks for it. */
export function schemaOf(
  { schema_loader: loader }: DeclarativeStreamDefinition,
  scope: BuildScope,
  stream: string,
): SchemaLoader {
  if (!loader) return remembered(defaultSchemaLoader(named(scope, stream)))
  if (!isSeveral(loader)) return remembered(scope.build('schema_loader', loader))
  return remembered(compositeSchema(loader.map((each) => scope.build('schema_loader', each))))
}

/** The file that a stream without a loader has is named after it. */
function named(scope: BuildScope, stream: string): BuildScope {
  const parameters = { name: stream, ...scope.parameters }
  return { ...scope, parameters, interpolation: scope.interpolation.withParameters(parameters) }
}

const isSeveral = (loader: object): loader is readonly object[] => Array.isArray(loader)
