import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { headerNumber } from './header-number.js'
import { longestWait, maxWaitingTime } from './longest-wait.js'
import { seconds } from './seconds.js'

export const waitUntilTimeFromHeader = defineComponent({
  type: 'WaitUntilTimeFromHeader',
  kind: 'backoff_strategy',
  schema: z.looseObject({
    type: z.literal('WaitUntilTimeFromHeader'),
    header: z.string(),
    min_wait: z.union([z.number(), z.string()]).nullish(),
    regex: z.string().nullish(),
    max_waiting_time_in_seconds: maxWaitingTime(),
  }),
  build: (definition, { interpolation, services }) => {
    const read = headerNumber(definition.header, definition.regex, interpolation)
    const least = definition.min_wait ? seconds('min_wait', definition.min_wait, interpolation) : () => 0
    const longest = longestWait(definition.max_waiting_time_in_seconds, interpolation)
    return {
      backoff: (outcome) => {
        const until = outcome instanceof Error ? undefined : read()(outcome)
        const minWait = least()
        if (!until) return minWait ? longest.allowed(minWait) : undefined
        const wait = until - services.clock.now().getTime() / 1000
        if (minWait) return longest.allowed(Math.max(wait, minWait))
        return wait < 0 ? undefined : longest.allowed(wait)
      },
    }
  },
})
