import { z } from 'zod'
import { utcTime } from '../../../../python/index.js'
import { defineComponent } from '../../component.js'
import { addDuration, parseIsoDuration } from '../../datetime/index.js'
import { compileMatcher, httpRequestRegexMatcherSchema } from './http-request-regex-matcher.js'
import { matchedRequests } from './matched-requests.js'

/** Until the API says when its window ends, the first one is this long. */
const firstWindowMs = 10 * 86_400_000

/** So many calls in each period; what the API says of its limits goes before. */
export const fixedWindowCallRatePolicy = defineComponent({
  type: 'FixedWindowCallRatePolicy',
  kind: 'call_rate_policy',
  schema: z.looseObject({
    type: z.literal('FixedWindowCallRatePolicy'),
    period: z.string(),
    call_limit: z.int(),
    matchers: z.array(httpRequestRegexMatcherSchema),
  }),
  build: (definition, { interpolation, services }) => {
    const limit = definition.call_limit
    const period = parseIsoDuration(definition.period)
    const requests = matchedRequests(
      definition.matchers.map((one) => compileMatcher(one, interpolation)),
      limit,
    )
    const nowMs = () => services.clock.now().getTime()
    let resetAtMs = nowMs() + firstWindowMs
    let calls = 0
    const startWindow = () => {
      if (nowMs() <= resetAtMs) return
      resetAtMs = addDuration(utcTime(resetAtMs), period).instantMs
      calls = 0
    }
    return {
      matches: requests.matches,
      acquire: (request) => {
        const weight = requests.weightOf(request)
        startWindow()
        if (calls + weight > limit) return resetAtMs - nowMs()
        calls += weight
        return undefined
      },
      update: (callsLeft, givenResetAtMs) => {
        startWindow()
        // More calls than are left here are no news: the limit may be lower than the API's.
        if (callsLeft !== undefined && limit - calls > callsLeft) calls = limit - callsLeft
        if (givenResetAtMs !== undefined) resetAtMs = givenResetAtMs
      },
    }
  },
})
