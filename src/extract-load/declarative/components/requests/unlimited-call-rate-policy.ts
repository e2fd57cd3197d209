import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { compileMatcher, httpRequestRegexMatcherSchema } from './http-request-regex-matcher.js'
import { matchedRequests } from './matched-requests.js'

/** For requests that other policies of the budget would count. */
export const unlimitedCallRatePolicy = defineComponent({
  type: 'UnlimitedCallRatePolicy',
  kind: 'call_rate_policy',
  schema: z.looseObject({
    type: z.literal('UnlimitedCallRatePolicy'),
    matchers: z.array(httpRequestRegexMatcherSchema),
  }),
  build: (definition, { interpolation }) => {
    const { matches } = matchedRequests(
      definition.matchers.map((one) => compileMatcher(one, interpolation)),
      Number.POSITIVE_INFINITY,
    )
    return { matches, acquire: () => undefined, update: () => {} }
  },
})
