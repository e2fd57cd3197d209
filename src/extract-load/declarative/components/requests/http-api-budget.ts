import { z } from 'zod'
import { Semaphore } from '../../../../base/index.js'
import { defineComponent, part } from '../../component.js'
import { waitForApi } from '../../http/wait-for-api.js'

export const httpApiBudget = defineComponent({
  type: 'HTTPAPIBudget',
  kind: 'api_budget',
  schema: z.looseObject({
    type: z.literal('HTTPAPIBudget'),
    policies: z.array(part('call_rate_policy')),
    ratelimit_reset_header: z.string().nullish(),
    ratelimit_remaining_header: z.string().nullish(),
    status_codes_for_ratelimit_hit: z.array(z.int()).nullish(),
  }),
  build: (definition, { build, services }) => {
    // Whoever came first goes first, also where others would need fewer calls.
    const policies = definition.policies.map((one) => ({
      policy: build('call_rate_policy', one),
      line: new Semaphore(1),
    }))
    const resetHeader = (definition.ratelimit_reset_header || 'ratelimit-reset').toLowerCase()
    const leftHeader = (definition.ratelimit_remaining_header || 'ratelimit-remaining').toLowerCase()
    const limitStatuses = new Set(
      definition.status_codes_for_ratelimit_hit?.length ? definition.status_codes_for_ratelimit_hit : [429],
    )
    return {
      acquire: async (request, signal) => {
        const found = policies.find(({ policy }) => policy.matches(request))
        if (!found) return
        await found.line.run(async () => {
          for (;;) {
            const waitMs = found.policy.acquire(request)
            if (waitMs === undefined) return
            // At the very edge of a window it is not over yet.
            await waitForApi(services.clock, Math.max(1, waitMs), signal)
          }
        }, signal)
      },
      observe: (request, { status, headers }) => {
        const found = policies.find(({ policy }) => policy.matches(request))
        const resetSeconds = wholeNumber(headers.get(resetHeader))
        found?.policy.update(
          wholeNumber(headers.get(leftHeader)) ?? (limitStatuses.has(status) ? 0 : undefined),
          resetSeconds === undefined ? undefined : resetSeconds * 1000,
        )
      },
    }
  },
})

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : undefined
