import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { RecordData, SchemaLoader, SchemaNormalization } from '../../component-contract.js'
import { compileSchemaTypes } from './schema-types.js'

/**
 * What `schema_normalization` asks for; undefined where records stay as they are. The schema is asked for once, with the first records: some
 * are made of what an API answers.
 */
export function schemaNormalizer(
  definition: 'Default' | 'None' | ComponentDefinition | undefined,
  loader: SchemaLoader | undefined,
  scope: BuildScope,
): (() => Promise<(record: RecordData) => void>) | undefined {
  if (definition === undefined || definition === 'None' || !loader) return undefined
  const compile =
    definition === 'Default' ? compileSchemaTypes : byComponent(scope.build('schema_normalization', definition))
  let compiled: Promise<(record: RecordData) => void> | undefined
  return () => {
    compiled ??= loader.schema().then(compile)
    return compiled
  }
}

const byComponent =
  (component: SchemaNormalization) =>
  (schema: Record<string, unknown>) =>
  (record: RecordData): void =>
    component.normalize(record, schema)
