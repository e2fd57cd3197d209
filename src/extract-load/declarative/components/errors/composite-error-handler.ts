import { z } from 'zod'
import { defineComponent, part } from '../../component.js'
import type { ErrorVerdict } from '../../component-contract.js'

/** Of these the first handler that says one has the last word; of the others the last handler that is asked. */
const decisive: readonly ErrorVerdict['action'][] = [
  'SUCCESS',
  'RETRY',
  'IGNORE',
  'RESET_PAGINATION',
  'REDUCE_PAGE_SIZE',
  'SPLIT_REQUEST_WINDOW',
]

export const compositeErrorHandler = defineComponent({
  type: 'CompositeErrorHandler',
  kind: 'error_handler',
  schema: z.looseObject({
    type: z.literal('CompositeErrorHandler'),
    error_handlers: z.array(part('error_handler')).min(1),
  }),
  build: (definition, { build }) => {
    const handlers = definition.error_handlers.map((one) => build('error_handler', one))
    return {
      maxRetries: handlers[0]?.maxRetries ?? 5,
      maxTimeMs: Math.max(...handlers.map(({ maxTimeMs }) => maxTimeMs)),
      judge: (outcome) => {
        let verdict: ErrorVerdict = { action: 'SUCCESS' }
        for (const handler of handlers) {
          verdict = handler.judge(outcome)
          if (decisive.includes(verdict.action)) break
        }
        return verdict
      },
      // Which handler judged makes no difference: the CDK puts the strategies of all into one list.
      backoff: async (outcome, attempt) => {
        for (const handler of handlers) {
          const seconds = await handler.backoff(outcome, attempt)
          if (seconds) return seconds
        }
        return undefined
      },
    }
  },
})
