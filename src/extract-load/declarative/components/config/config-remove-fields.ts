import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { compileDelete } from '../../dpath/index.js'

/** Removes settings from the config; other than with records, a condition is asked once, and all or none are removed. */
export const configRemoveFields = defineComponent({
  type: 'ConfigRemoveFields',
  kind: 'config_transformation',
  schema: z.looseObject({
    field_pointers: z.array(z.array(z.string())),
    condition: z.string().optional(),
  }),
  build({ field_pointers: pointers, condition }, { interpolation }) {
    const removals = pointers.map(compileDelete)
    const holds = condition ? interpolation.withParameters({}).boolean(condition) : () => true
    return {
      transform(config) {
        if (holds()) for (const remove of removals) remove(config)
      },
    }
  },
})
