import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { addedField, addedFieldSchema } from '../transformations/added-field-definition.js'

/** Puts settings into the config, one after the other: each sees what those before it have put. */
export const configAddFields = defineComponent({
  type: 'ConfigAddFields',
  kind: 'config_transformation',
  schema: z.looseObject({ fields: z.array(addedFieldSchema), condition: z.string().optional() }),
  build({ fields, condition }, { interpolation }) {
    const added = fields.map((field) => addedField(field, interpolation))
    const holds = condition ? interpolation.withParameters({}).boolean(condition) : undefined
    return {
      transform(config) {
        for (const field of added) {
          const value = field.value()
          if (!holds || holds({ value, path: field.path })) field.put(config, value)
        }
      },
    }
  },
})
