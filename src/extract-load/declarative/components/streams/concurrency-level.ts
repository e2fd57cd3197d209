import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'

/** How many requests are under way at most. */
export const concurrencyLevel = defineComponent({
  type: 'ConcurrencyLevel',
  kind: 'concurrency_level',
  schema: z.looseObject({
    type: z.literal('ConcurrencyLevel').optional(),
    default_concurrency: z.union([z.int(), z.string()]),
    max_concurrency: z.int().optional(),
  }),
  build: ({ default_concurrency: level, max_concurrency: max }, { interpolation }) => {
    if (typeof level === 'number') return level
    if (level.includes('config') && !max)
      throw failure('MANIFEST_INVALID', {
        message: '`default_concurrency` is made of a setting, and there is no `max_concurrency`.',
        hint: 'Add `max_concurrency`: an API has a limit whatever the setting says.',
        failureType: 'system_error',
      })
    const value = interpolation.value(level)()
    if (typeof value !== 'number' || !Number.isInteger(value))
      throw failure('MANIFEST_CONFIG_INVALID', {
        message: `\`default_concurrency\` is ${JSON.stringify(value)}, which is no whole number.`,
        hint: 'Correct it in the manifest, or the setting that it is made of.',
        failureType: 'system_error',
      })
    return max ? Math.min(value, max) : value
  },
})
