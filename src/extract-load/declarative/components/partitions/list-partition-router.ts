import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { requestOptionSchema } from '../requests/request-option.js'
import { partitionOptions } from './partition-options.js'

/** A partition for each value of a list. Values that are written out in the manifest are not taken for templates, as the CDK has it. */
export const listPartitionRouter = defineComponent({
  type: 'ListPartitionRouter',
  kind: 'partition_router',
  schema: z.looseObject({
    type: z.literal('ListPartitionRouter'),
    cursor_field: z.string(),
    values: z.union([z.string(), z.array(z.unknown())]),
    request_option: requestOptionSchema.optional(),
  }),
  build: (definition, { interpolation }) => {
    const values = listed(
      typeof definition.values === 'string' ? interpolation.value(definition.values)() : definition.values,
    )
    const field = interpolation.text(definition.cursor_field)()
    return {
      parents: [],
      parentState: () => undefined,
      fields: [field],
      hasRequestOptions: definition.request_option !== undefined,
      requestOptions: partitionOptions([{ option: definition.request_option, field }], interpolation),
      async *slices() {
        for (const value of values) yield { partition: { [field]: value }, cursorSlice: {}, extraFields: {} }
      },
    }
  },
})

/** Python walks over a text by its characters, and over a mapping by its keys. */
function listed(values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values
  if (typeof values === 'string') return [...values]
  if (typeof values === 'object' && values !== null) return Object.keys(values)
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`values\` of a ListPartitionRouter is ${JSON.stringify(values)}, which is no list.`,
    hint: 'Correct the template in the manifest, or the setting that it is made of.',
    failureType: 'system_error',
  })
}
