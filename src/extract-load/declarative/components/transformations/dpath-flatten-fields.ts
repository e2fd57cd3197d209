import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { compileDelete, compileGet, compileValues, isPlainMapping, setKey } from '../../dpath/index.js'
import { keyTransformation, keyTransformationSchema } from './key-transformation.js'
import { replaceContents } from './renamed.js'

/** Brings the fields of one mapping of a record up into the record itself, unless one of them is there already. */
export const dpathFlattenFields = defineComponent({
  type: 'DpathFlattenFields',
  kind: 'transformation',
  schema: z.looseObject({
    field_path: z.array(z.string()),
    delete_origin_value: z.boolean().optional(),
    replace_record: z.boolean().optional(),
    key_transformation: keyTransformationSchema.optional(),
  }),
  build(definition, { interpolation }) {
    const path = definition.field_path.map((segment) => interpolation.value(segment)())
    const all = compileValues(path)
    const find = path.includes('*') ? (record: unknown) => all(record)[0] : compileGet(path)
    const remove = compileDelete(path)
    const rename = definition.key_transformation && keyTransformation(definition.key_transformation, interpolation)
    return {
      transform(record) {
        const found = find(record)
        if (!isPlainMapping(found)) return
        const fields = rename ? rename(found) : found
        const keys = Object.keys(fields)
        if (definition.replace_record && keys.length > 0) {
          replaceContents(record, new Map(Object.entries(fields)))
          return
        }
        if (keys.some((key) => Object.hasOwn(record, key))) return
        if (definition.delete_origin_value) remove(record)
        for (const key of keys) setKey(record, key, fields[key])
      },
    }
  },
})
