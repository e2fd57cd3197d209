import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { RecordData, SchemaLoader, SchemaNormalization } from '../../contract.js'
import { compileSchemaTypes } from './schema-types.js'

/**
 * What `schema_normalization` asks for; undefined where records stay as they are. The schema is asked for once, with the first records: some
 * are made of what an API answers.
 */
export function schemaNormalizer(
  definition: 'Default' | 'None' | ComponentDefinition | undefined,
  loader: SchemaLoader | undefined,
  scope: BuildScope,
): ((records: readonly RecordData[]) => Promise<readonly RecordData[]>) | undefined {
  if (definition === undefined || definition === 'None' || !loader) return undefined
  const compile =
    definition === 'Default' ? compileSchemaTypes : byComponent(scope.build('schema_normalization', definition))
  let compiled: Promise<(record: RecordData) => void> | undefined
  return async (records) => {
    compiled ??= loader.schema().then(compile)
    const normalize = await compiled
    for (const record of records) normalize(record)
    return records
  }
}

const byComponent =
  (component: SchemaNormalization) =>
  (schema: Record<string, unknown>) =>
  (record: RecordData): void =>
    component.normalize(record, schema)
