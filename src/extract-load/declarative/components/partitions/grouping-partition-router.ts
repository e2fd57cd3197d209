import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import type { StreamSlice } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { refuseRequestOptions } from './refuse-request-options.js'
import { valueKey } from './value-key.js'

/** Partitions of another router, several in one. */
export const groupingPartitionRouter = defineComponent({
  type: 'GroupingPartitionRouter',
  kind: 'partition_router',
  schema: z.looseObject({
    type: z.literal('GroupingPartitionRouter'),
    group_size: z.int(),
    underlying_partition_router: part('partition_router'),
    deduplicate: z.boolean().optional(),
  }),
  build: (definition, scope, given) => {
    if (definition.group_size < 1)
      throw failure('MANIFEST_INVALID', {
        message: `\`group_size\` of a GroupingPartitionRouter is ${definition.group_size}.`,
        hint: 'It is 1 at least.',
        failureType: 'system_error',
      })
    const inner = scope.build('partition_router', definition.underlying_partition_router, given)
    refuseRequestOptions('GroupingPartitionRouter', [inner])
    const isDeduplicating = definition.deduplicate ?? true
    let parentState: ReturnType<typeof inner.parentState> = {}
    return {
      parents: inner.parents,
      hasGlobalStateOnly: true,
      parentState: () => parentState,
      requestOptions: () => ({}),
      async *slices() {
        const seen = new Set<string>()
        let group: StreamSlice[] = []
        for await (const slice of inner.slices()) {
          const key = valueKey(slice.partition[onlyField(slice)])
          if (isDeduplicating && seen.has(key)) continue
          if (isDeduplicating) seen.add(key)
          group.push(slice)
          if (group.length < definition.group_size) continue
          parentState = inner.parentState()
          yield grouped(group)
          group = []
        }
        parentState = inner.parentState()
        if (group.length > 0) yield grouped(group)
      },
    }
  },
})

function onlyField(slice: StreamSlice): string {
  const fields = Object.keys(slice.partition).filter((field) => field !== 'parent_slice')
  if (fields.length === 1) return fields[0] as string
  throw failure('MANIFEST_INVALID', {
    message: `A GroupingPartitionRouter was given partitions with ${fields.length} fields: ${fields.join(', ')}.`,
    hint: 'It groups partitions of one field.',
    failureType: 'system_error',
  })
}

function grouped(group: readonly StreamSlice[]): StreamSlice {
  const fields = Object.keys(group[0]?.partition ?? {})
  const extra = [...new Set(group.flatMap((slice) => Object.keys(slice.extraFields)))]
  return {
    partition: Object.fromEntries(fields.map((field) => [field, group.map((slice) => slice.partition[field] ?? null)])),
    cursorSlice: {},
    extraFields: Object.fromEntries(
      extra.map((field) => [field, group.map((slice) => slice.extraFields[field] ?? null)]),
    ),
  }
}
