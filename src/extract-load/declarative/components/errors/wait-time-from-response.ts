import { z } from 'zod'
import { MillraceError } from '../../../../base/index.js'
import { defineComponent } from '../../component.js'
import type { Evaluated } from '../../interpolation/index.js'
import { longestWait, maxWaitingTime } from './longest-wait.js'
import { responseValues, withoutResponse } from './response-values.js'
import { numberIn } from './seconds.js'

export const waitTimeFromResponse = defineComponent({
  type: 'WaitTimeFromResponse',
  kind: 'backoff_strategy',
  schema: z.looseObject({
    type: z.literal('WaitTimeFromResponse'),
    wait_time_in_seconds: z.string(),
    max_waiting_time_in_seconds: maxWaitingTime(),
  }),
  build: (definition, { interpolation, services }) => {
    const wait = interpolation.value(definition.wait_time_in_seconds)
    assertDeclared(wait)
    const longest = longestWait(definition.max_waiting_time_in_seconds, interpolation)
    return {
      backoff: async (outcome) => {
        let seconds: number | undefined
        try {
          seconds = numberIn(wait(outcome instanceof Error ? withoutResponse : responseValues(outcome)))
        } catch (error) {
          // The template was written for one answer of the API and sees all that are to be tried again.
          await services.say({
            type: 'log',
            level: 'warn',
            message: `\`wait_time_in_seconds\` says nothing of this response: ${error instanceof Error ? error.message : String(error)}`,
          })
        }
        if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0) return undefined
        return longest.allowed(seconds)
      },
    }
  },
})

/** A name that is misspelt would say nothing of any response, and nobody would hear of it. @throws MANIFEST_TEMPLATE_FAILED */
function assertDeclared(wait: Evaluated<unknown>): void {
  try {
    wait(withoutResponse)
  } catch (error) {
    if (error instanceof MillraceError && error.data?.undeclared !== undefined) throw error
  }
}
