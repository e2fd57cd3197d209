import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import type { Mapping } from '../../component-contract.js'

/** Puts another value in the place of a setting, by a table; what is not in the table stays. */
export const configRemapField = defineComponent({
  type: 'ConfigRemapField',
  kind: 'config_transformation',
  schema: z.looseObject({
    map: z.union([z.looseObject({}), z.string()]),
    field_path: z.array(z.string()).min(1, 'names no field'),
  }),
  build({ map, field_path: path }, { interpolation }) {
    const templates = interpolation.withParameters({})
    const keys = path.map((part) => templates.value(part))
    const table = typeof map === 'string' ? templates.value(map) : templates.mapping(map)
    return {
      transform(config) {
        const names = keys.map((key) => str(key()))
        const holder = names.slice(0, -1).reduce<unknown>(child, config)
        const name = names.at(-1) as string
        const values = table()
        if (!isMapping(holder) || !isMapping(values) || !Object.hasOwn(holder, name)) return
        const known = holder[name]
        // Keys of the table are texts, and 1 is none of them.
        if (typeof known === 'string' && Object.hasOwn(values, known))
          (holder as Record<string, unknown>)[name] = (values as Mapping)[known]
      },
    }
  },
})

const child = (holder: unknown, name: string): unknown =>
  isMapping(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined
