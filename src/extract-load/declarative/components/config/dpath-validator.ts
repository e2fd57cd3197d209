import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import { compileGet, compileValues } from '../../dpath/index.js'

/** Holds what lies at a place of the config against a rule; what is not there is not held against it. */
export const dpathValidator = defineComponent({
  type: 'DpathValidator',
  kind: 'config_validator',
  schema: z.looseObject({
    field_path: z.array(z.string()).min(1, 'names no field'),
    validation_strategy: part('validation_strategy'),
  }),
  build({ field_path: path, validation_strategy: strategy }, scope) {
    const rule = scope.build('validation_strategy', strategy)
    const templates = scope.interpolation.withParameters({})
    const keys = path.map((part) => templates.value(part))
    return {
      validate(config) {
        const names = keys.map((key) => str(key()))
        if (names.includes('*')) for (const value of compileValues(names)(config)) rule.validate(value)
        else {
          const value = compileGet(names)(config)
          if (value !== undefined) rule.validate(value)
        }
      },
    }
  },
})
