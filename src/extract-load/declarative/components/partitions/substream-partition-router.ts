import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { buildParentStream, parentStreamConfigSchema } from './parent-stream-config.js'
import { partitionOptions } from './partition-options.js'

/** A partition for each record of one or more parent streams. */
export const substreamPartitionRouter = defineComponent({
  type: 'SubstreamPartitionRouter',
  kind: 'partition_router',
  schema: z.looseObject({
    type: z.literal('SubstreamPartitionRouter'),
    parent_stream_configs: z.array(parentStreamConfigSchema).min(1),
  }),
  build: (definition, scope, given) => {
    const parents = definition.parent_stream_configs.map((each) => buildParentStream(each, scope, given))
    return {
      parents: parents.flatMap(({ stream }) => [stream.name, ...stream.parents]),
      fields: parents.map((parent) => parent.partitionField),
      hasRequestOptions: parents.some((parent) => parent.requestOption),
      parentState: () =>
        Object.fromEntries(
          parents.filter((parent) => parent.isIncremental).map(({ stream }) => [stream.name, stream.cursor.state()]),
        ),
      requestOptions: partitionOptions(
        parents.map((parent) => ({ option: parent.requestOption, field: parent.partitionField })),
        scope.interpolation,
      ),
      async *slices() {
        for (const parent of parents) yield* parent.slices()
      },
    }
  },
})
