import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { checkAvailable } from './check-available.js'
import { configOverridesSchema } from './config-overrides.js'

/** Reads a record of the first streams, or finds out only that there are some. */
export const checkDynamicStream = defineComponent({
  type: 'CheckDynamicStream',
  kind: 'check',
  schema: z.looseObject({
    type: z.literal('CheckDynamicStream'),
    stream_count: z.int(),
    use_check_availability: z.boolean().optional(),
    config_overrides: configOverridesSchema.optional(),
  }),
  build: (definition) => ({
    configOverrides: definition.config_overrides,
    run: async (streams) => {
      const isReading = definition.use_check_availability ?? true
      const count = Math.max(definition.stream_count, 0)
      const first = await streams.first(isReading && count > 0 ? count : Number.POSITIVE_INFINITY)
      if (first.length === 0)
        throw failure('MANIFEST_CONFIG_INVALID', {
          message: 'There is no stream.',
          hint: 'Look at the settings that the dynamic streams are made of.',
          failureType: 'config_error',
        })
      if (isReading) for (const stream of first.slice(0, count)) await checkAvailable(stream)
    },
  }),
})
