import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import { failure } from '../../failure.js'
import { refuseRequestOptions } from './refuse-request-options.js'
import { valueKey } from './value-key.js'

/** The partitions of several routers, each value once. */
export const unionPartitionRouter = defineComponent({
  type: 'UnionPartitionRouter',
  kind: 'partition_router',
  schema: z.looseObject({
    type: z.literal('UnionPartitionRouter'),
    partition_field: z.string(),
    partition_routers: z.array(part('partition_router')).min(2),
  }),
  build: (definition, scope, given) => {
    const routers = definition.partition_routers.map((each) => scope.build('partition_router', each, given))
    const field = scope.interpolation.text(definition.partition_field)()
    const other = routers.flatMap((router) => router.fields ?? []).find((each) => each !== field)
    if (other !== undefined) throw otherField(field, other)
    refuseRequestOptions('UnionPartitionRouter', routers)
    return {
      parents: routers.flatMap((router) => router.parents),
      fields: [field],
      parentState: () => Object.assign({}, ...routers.map((router) => router.parentState())),
      requestOptions: () => ({}),
      async *slices() {
        const seen = new Set<string>()
        for (const router of routers)
          for await (const slice of router.slices()) {
            if (!(field in slice.partition)) throw otherField(field, Object.keys(slice.partition).join(', '))
            const { [field]: value, ...others } = slice.partition
            const key = valueKey(value)
            if (seen.has(key)) continue
            seen.add(key)
            yield { partition: { [field]: value }, cursorSlice: {}, extraFields: { ...slice.extraFields, ...others } }
          }
      },
    }
  },
})

const otherField = (field: string, found: string): Error =>
  failure('MANIFEST_INVALID', {
    message: `A UnionPartitionRouter for the partition field \`${field}\` has a router with \`${found}\`.`,
    hint: 'Give all its routers the same partition field.',
    failureType: 'system_error',
  })
