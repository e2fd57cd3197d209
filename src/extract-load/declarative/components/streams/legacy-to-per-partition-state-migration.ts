import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import { defineComponent } from '../../component.js'
import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'

/** `{<partition>: {<cursor field>: <value>}}` becomes a state for each partition; a state of another shape stays as it is. */
export const legacyToPerPartitionStateMigration = defineComponent({
  type: 'LegacyToPerPartitionStateMigration',
  kind: 'state_migration',
  schema: z.looseObject({ type: z.literal('LegacyToPerPartitionStateMigration') }),
  build: (_, scope, { stream }) => {
    const router = isMapping(stream.retriever) ? stream.retriever.partition_router : undefined
    const sync = stream.incremental_sync
    if (!isMapping(router) || !isMapping(sync)) throw misplaced(stream.name)
    const isUnion = router.type === 'UnionPartitionRouter'
    const parents = Array.isArray(router.parent_stream_configs) ? router.parent_stream_configs : []
    if (!isUnion && parents.length === 0) throw misplaced(stream.name)
    const text = (template: unknown): string => String(scope.interpolation.value(template)())
    const partitionField = text(isUnion ? router.partition_field : parents[0]?.partition_field)
    const cursorField = text(sync.cursor_field)
    const isLegacy = (value: unknown): boolean =>
      isMapping(value) && Object.keys(value).length === 1 && Object.keys(value)[0] === cursorField
    const migrate = (state: Mapping): Mapping => {
      const isOurs = !('states' in state) && (isUnion || parents.length === 1) && Object.keys(state).length > 0
      if (!isOurs || !Object.values(state).every(isLegacy)) return state
      return {
        states: Object.entries(state).map(([key, cursor]) => ({ partition: { [partitionField]: key }, cursor })),
      }
    }
    return { migrate }
  },
})

const misplaced = (stream: unknown): Error =>
  failure('MANIFEST_INVALID', {
    message: `The stream \`${stream}\` has a LegacyToPerPartitionStateMigration, and no cursor with partitions of parent streams.`,
    hint: 'Take the migration away, or give the stream a SubstreamPartitionRouter or UnionPartitionRouter, and `incremental_sync`.',
    failureType: 'system_error',
  })
