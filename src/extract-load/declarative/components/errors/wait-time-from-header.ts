import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { headerNumber } from './header-number.js'
import { longestWait, maxWaitingTime } from './longest-wait.js'

export const waitTimeFromHeader = defineComponent({
  type: 'WaitTimeFromHeader',
  kind: 'backoff_strategy',
  schema: z.looseObject({
    type: z.literal('WaitTimeFromHeader'),
    header: z.string(),
    regex: z.string().nullish(),
    max_waiting_time_in_seconds: maxWaitingTime(),
  }),
  build: (definition, { interpolation }) => {
    const read = headerNumber(definition.header, definition.regex, interpolation)
    const longest = longestWait(definition.max_waiting_time_in_seconds, interpolation)
    return {
      backoff: (outcome) => {
        if (outcome instanceof Error) return undefined
        const seconds = read()(outcome)
        // A header that says 0 asks for no wait, which no limit forbids.
        return seconds ? longest.allowed(seconds) : undefined
      },
    }
  },
})
