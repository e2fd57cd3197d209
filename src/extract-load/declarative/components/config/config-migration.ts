import { z } from 'zod'
import { defineComponent, part } from '../../component.js'

/** Several changes that bring the config of an older version of a manifest to what it is now. */
export const configMigration = defineComponent({
  type: 'ConfigMigration',
  kind: 'config_migration',
  schema: z.looseObject({
    description: z.string().optional(),
    transformations: z.array(part('config_transformation')),
  }),
  build({ transformations }, scope) {
    const steps = transformations.map((each) => scope.build('config_transformation', each))
    return {
      transform(config) {
        for (const step of steps) step.transform(config)
      },
    }
  },
})
