import type { HttpRequest } from '../../component-contract.js'
import { failure } from '../../failure.js'
import type { WeightedMatcher } from './http-request-regex-matcher.js'

/** Which requests a policy counts, and for how many each. Without matchers: all, for one. */
export function matchedRequests(matchers: readonly WeightedMatcher[], limit: number) {
  return {
    matches: (request: HttpRequest) => matchers.length === 0 || matchers.some((one) => one.matches(request)),
    weightOf: (request: HttpRequest): number => {
      const weight = matchers.find((one) => one.matches(request))?.weight ?? 1
      if (weight <= limit) return weight
      throw failure('MANIFEST_INVALID', {
        message: `A request counts for ${weight} calls, and its call rate policy allows ${limit} at most.`,
        hint: 'Lower `weight` of its matcher, or raise the limit of the policy.',
        failureType: 'system_error',
      })
    },
  }
}
