import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { compileMatcher, httpRequestRegexMatcherSchema } from './http-request-regex-matcher.js'
import { matchedRequests } from './matched-requests.js'
import { compileRate, type Rate, rateSchema } from './rate.js'

/** In any span of time of a rate's length no more calls than its limit. */
export const movingWindowCallRatePolicy = defineComponent({
  type: 'MovingWindowCallRatePolicy',
  kind: 'call_rate_policy',
  schema: z.looseObject({
    type: z.literal('MovingWindowCallRatePolicy'),
    rates: z.array(rateSchema).min(1),
    matchers: z.array(httpRequestRegexMatcherSchema),
  }),
  build: (definition, { interpolation, services }) => {
    const rates = definition.rates.map((one) => compileRate(one, interpolation))
    const longestMs = Math.max(...rates.map(({ intervalMs }) => intervalMs))
    const requests = matchedRequests(
      definition.matchers.map((one) => compileMatcher(one, interpolation)),
      Math.min(...rates.map(({ limit }) => limit)),
    )
    const nowMs = () => Math.trunc(services.clock.now().getTime())
    /** When each call was made, the oldest first. */
    const calls: number[] = []
    const forget = (now: number) => {
      const kept = calls.findIndex((at) => at >= now - longestMs)
      calls.splice(0, kept < 0 ? calls.length : kept)
    }
    return {
      matches: requests.matches,
      acquire: (request) => {
        const weight = requests.weightOf(request)
        const now = nowMs()
        forget(now)
        const full = rates.find((rate) => callsIn(rate, calls, now) + weight > rate.limit)
        if (full) return waitMs(full, calls, weight, now)
        for (let i = 0; i < weight; i++) calls.push(now)
        return undefined
      },
      update: (callsLeft, resetAtMs) => {
        // What the API says fits only where it says that nothing is left.
        if (callsLeft !== 0 || resetAtMs !== undefined) return
        const now = nowMs()
        const left = Math.min(...rates.map((rate) => rate.limit - callsIn(rate, calls, now)))
        for (let i = 0; i < left; i++) calls.push(now)
      },
    }
  },
})

/** Those at the very edge of the window are in it. */
const callsIn = ({ intervalMs }: Rate, calls: readonly number[], now: number): number =>
  calls.filter((at) => at >= now - intervalMs).length

/** Until so many calls are out of the window that this one may be made; one that is at its edge still counts. */
function waitMs({ limit, intervalMs }: Rate, calls: readonly number[], weight: number, now: number): number {
  const last = calls[calls.length - (limit - weight) - 1] ?? now
  return last + intervalMs - now
}
