import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { jitter, jitterRange, seconds } from './seconds.js'

export const exponentialBackoffStrategy = defineComponent({
  type: 'ExponentialBackoffStrategy',
  kind: 'backoff_strategy',
  schema: z.looseObject({
    type: z.literal('ExponentialBackoffStrategy'),
    factor: z.union([z.number(), z.string()]).nullish(),
    jitter_range_in_seconds: jitterRange(),
  }),
  build: (definition, { interpolation, services }) => {
    const factor = seconds('factor', definition.factor || 5, interpolation)
    return {
      backoff: (_outcome, attempt) =>
        factor() * 2 ** attempt + jitter(definition.jitter_range_in_seconds, services.random),
    }
  },
})
