import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { jitter, jitterRange, seconds } from './seconds.js'

export const constantBackoffStrategy = defineComponent({
  type: 'ConstantBackoffStrategy',
  kind: 'backoff_strategy',
  schema: z.looseObject({
    type: z.literal('ConstantBackoffStrategy'),
    backoff_time_in_seconds: z.union([z.number(), z.string()]),
    jitter_range_in_seconds: jitterRange(),
  }),
  build: (definition, { interpolation, services }) => {
    const wait = seconds('backoff_time_in_seconds', definition.backoff_time_in_seconds, interpolation)
    return { backoff: () => wait() + jitter(definition.jitter_range_in_seconds, services.random) }
  },
})
