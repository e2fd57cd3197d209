import { z } from 'zod'
import { defineComponent, part } from '../../component.js'

/** Holds a value of the manifest against a rule. The CDK fails at it, whatever the value: here it does what its documents say. */
export const predicateValidator = defineComponent({
  type: 'PredicateValidator',
  kind: 'config_validator',
  schema: z.looseObject({
    value: z.unknown(),
    validation_strategy: part('validation_strategy'),
  }),
  build({ value, validation_strategy: strategy }, scope) {
    const rule = scope.build('validation_strategy', strategy)
    const evaluated = scope.interpolation.nested(value)
    return { validate: () => rule.validate(evaluated()) }
  },
})
