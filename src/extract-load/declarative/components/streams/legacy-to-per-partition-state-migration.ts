import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import type { BuildScope } from '../../component.js'
import type { Mapping } from '../../contract.js'
import { failure } from '../../failure.js'
import type { DeclarativeStreamDefinition } from './declarative-stream-schema.js'

/** `{<partition>: {<cursor field>: <value>}}` becomes a state for each partition. */
export const legacyToPerPartitionSchema = z.looseObject({ type: z.literal('LegacyToPerPartitionStateMigration') })

/** @returns what leaves a state alone that has another shape */
export function legacyToPerPartition(
  definition: DeclarativeStreamDefinition,
  scope: BuildScope,
): (state: Mapping) => Mapping {
  const router = definition.retriever.partition_router
  const sync = definition.incremental_sync
  if (!isMapping(router) || !sync) throw misplaced(definition.name)
  const text = (template: unknown): string => String(scope.interpolation.value(template)())
  const isUnion = router.type === 'UnionPartitionRouter'
  const parents = Array.isArray(router.parent_stream_configs) ? router.parent_stream_configs : []
  if (!isUnion && parents.length === 0) throw misplaced(definition.name)
  const partitionField = text(isUnion ? router.partition_field : parents[0]?.partition_field)
  const cursorField = text(sync.cursor_field)
  const isLegacy = (value: unknown): boolean =>
    isMapping(value) && Object.keys(value).length === 1 && Object.keys(value)[0] === cursorField
  return (state) => {
    const isOurs = !('states' in state) && (isUnion || parents.length === 1) && Object.keys(state).length > 0
    if (!isOurs || !Object.values(state).every(isLegacy)) return state
    return { states: Object.entries(state).map(([key, cursor]) => ({ partition: { [partitionField]: key }, cursor })) }
  }
}

const misplaced = (stream: string | undefined): Error =>
  failure('MANIFEST_INVALID', {
    message: `The stream \`${stream ?? ''}\` has a LegacyToPerPartitionStateMigration, and no cursor with partitions of parent streams.`,
    hint: 'Take the migration away, or give the stream a SubstreamPartitionRouter or UnionPartitionRouter, and `incremental_sync`.',
    failureType: 'system_error',
  })
