import { z } from 'zod'
import { defineComponent } from '../../component.js'
import type { FieldUse } from '../../component-contract.js'
import { compileDelete, deleteLeaves } from '../../dpath/index.js'

/**
 * Removes what its pointers lead to. With a condition, the CDK removes every value of the record that the condition holds for, whatever the
 * pointers say, and manifests are written for that.
 */
export const removeFields = defineComponent({
  type: 'RemoveFields',
  kind: 'transformation',
  schema: z.looseObject({
    field_pointers: z.array(z.array(z.union([z.string(), z.int()]))),
    condition: z.string().optional(),
  }),
  build({ field_pointers, condition }, scope) {
    if (condition) {
      const holds = scope.interpolation.withParameters({}).boolean(condition)
      return {
        transform(record) {
          for (const _ of field_pointers) deleteLeaves(record, (property) => holds({ property }))
        },
      }
    }
    const removals = field_pointers.map(compileDelete)
    return {
      uses: fieldUse(field_pointers),
      transform(record) {
        for (const remove of removals) remove(record)
      },
    }
  },
})

/** Undefined where a pointer is a pattern, which any field may match. */
function fieldUse(pointers: readonly (readonly (string | number)[])[]): FieldUse | undefined {
  const removes: string[] = []
  const writes: string[] = []
  for (const [first, ...inside] of pointers) {
    if (typeof first !== 'string' || /[*?[]/.test(first)) return undefined
    // What something is taken out of is written anew.
    if (inside.length === 0) removes.push(first)
    else writes.push(first)
  }
  return { writes, removes }
}
