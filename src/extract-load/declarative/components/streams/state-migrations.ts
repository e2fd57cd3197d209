import { isMapping } from '../../../../base/index.js'
import type { BuildScope } from '../../component.js'
import type { Mapping } from '../../contract.js'
import type { DeclarativeStreamDefinition } from './declarative-stream-schema.js'
import { legacyToPerPartition, legacyToPerPartitionSchema } from './legacy-to-per-partition-state-migration.js'

export const stateMigrationSchema = legacyToPerPartitionSchema

/** The kept state of a stream in the shape that its cursor has now. */
export function migratedState(
  definition: DeclarativeStreamDefinition,
  scope: BuildScope,
  state: Mapping | undefined,
): Mapping | undefined {
  let migrated = state ?? {}
  for (const _ of definition.state_migrations ?? []) migrated = legacyToPerPartition(definition, scope)(migrated)
  return Object.keys(migrated).length > 0 && isMapping(migrated) ? migrated : undefined
}
