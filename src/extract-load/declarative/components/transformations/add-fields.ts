import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { FieldPath, FieldUse } from '../../component-contract.js'
import { templateSlice } from '../../template-slice.js'
import { type AddedField, addedField, addedFieldSchema } from './added-field-definition.js'

/** Puts fields into each record, one after the other: each sees what those before it have put. */
export const addFields = defineComponent({
  type: 'AddFields',
  kind: 'transformation',
  schema: z.looseObject({ fields: z.array(addedFieldSchema), condition: z.string().optional() }),
  build({ fields, condition }, { interpolation }) {
    const added = fields.map((field) => addedField(field, interpolation))
    const holds = condition ? interpolation.boolean(condition) : undefined
    return {
      uses: condition ? undefined : fieldUse(added),
      transform(record, { slice }) {
        const { stream_slice, stream_partition, stream_interval } = templateSlice(slice)
        const values = { record, stream_slice, stream_partition, stream_interval }
        for (const field of added) {
          const value = field.value(values)
          if (!holds || holds({ ...values, value, path: field.path })) field.put(record, value)
        }
      },
    }
  },
})

/** Undefined where the template of a field may look at any other. */
function fieldUse(added: readonly AddedField[]): FieldUse | undefined {
  const reads: FieldPath[] = []
  const writes: string[] = []
  for (const { path, reads: paths } of added) {
    const [first] = path
    if (!paths || typeof first !== 'string') return undefined
    reads.push(...paths)
    writes.push(first)
  }
  return { reads, writes }
}
