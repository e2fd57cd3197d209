import { z } from 'zod'
import { defineComponent, part } from '../../component.js'

const normalizationRulesSchema = z.strictObject({
  type: z.literal('ConfigNormalizationRules'),
  config_migrations: z.array(part('config_migration')).optional(),
  transformations: z.array(part('config_transformation')).optional(),
  validations: z.array(part('config_validator')).optional(),
  $parameters: z.unknown().optional(),
})

/** How a connector is configured: the form for it, and what is done with the settings before they are used. */
export const spec = defineComponent({
  type: 'Spec',
  kind: 'spec',
  schema: z.looseObject({
    connection_specification: z.looseObject({}),
    documentation_url: z.string().optional(),
    advanced_auth: z.looseObject({ auth_flow_type: z.enum(['oauth2.0', 'oauth1.0']).optional() }).optional(),
    config_normalization_rules: normalizationRulesSchema.optional(),
  }),
  build({ config_normalization_rules: rules }, scope) {
    return {
      migrations: (rules?.config_migrations ?? []).map((each) => scope.build('config_migration', each)),
      transformations: (rules?.transformations ?? []).map((each) => scope.build('config_transformation', each)),
      validations: (rules?.validations ?? []).map((each) => scope.build('config_validator', each)),
    }
  },
})
