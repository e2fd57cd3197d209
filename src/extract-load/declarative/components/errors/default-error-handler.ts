import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { defaultVerdict } from './default-verdict.js'
import { httpResponseFilterSchema, responseFilter } from './http-response-filter.js'

/** As the CDK has it, and no manifest can change. */
const maxTimeMs = 600_000

export const defaultErrorHandler = defineComponent({
  type: 'DefaultErrorHandler',
  kind: 'error_handler',
  schema: z.looseObject({
    type: z.literal('DefaultErrorHandler'),
    backoff_strategies: z.array(part('backoff_strategy')).nullish(),
    max_retries: z.union([z.int(), z.string()]).nullish(),
    response_filters: z.array(httpResponseFilterSchema).nullish(),
  }),
  build: (definition, { interpolation, build }) => {
    const filters = (definition.response_filters ?? []).map((one) => responseFilter(one, interpolation))
    const strategies = (definition.backoff_strategies ?? []).map((one) => build('backoff_strategy', one))
    return {
      maxRetries: maxRetries(definition.max_retries, interpolation),
      maxTimeMs,
      judge: (outcome) => {
        if (!(outcome instanceof Error))
          for (const filter of filters) {
            const verdict = filter(outcome)
            if (verdict) return verdict
          }
        return defaultVerdict(outcome)
      },
      backoff: async (outcome, attempt) => {
        for (const strategy of strategies) {
          const seconds = await strategy.backoff(outcome, attempt)
          if (seconds) return seconds
        }
        return undefined
      },
    }
  },
})

function maxRetries(given: number | string | null | undefined, interpolation: Interpolation): number {
  if (typeof given !== 'string') return given ?? 5
  const value = interpolation.value(given, { default: '5' })()
  const number = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number === 'number' || typeof number === 'bigint') return Math.trunc(Number(number))
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`max_retries\` of an error handler says \`${given}\`, which is no whole number with these settings.`,
    hint: 'Look at the setting that it is made of.',
    failureType: 'system_error',
  })
}
