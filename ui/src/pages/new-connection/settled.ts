import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ApiError } from '../../../../src/server/contract/index.js'
import { asApiError } from '../../design/states.js'
import { mayGoAway, pauseMs } from './ask-again.js'

/** What the server says of something that is being filled in. */
export interface Settled<Asked, Answer> {
  readonly answer: Answer | undefined
  /** What the answer is of; undefined where it is still that of something before. */
  readonly of: Asked | undefined
  readonly error: ApiError | undefined
  /** The answer is of what stands there now. */
  readonly isCurrent: boolean
}

const settleMs = 300
/**
 * Asks the server about what somebody fills in, once they pause. What does not hold any more is given up; what failed for a reason that may
 * go away is asked again.
 * @param kind of question: the beginning of the query's key
 * @param asked undefined as long as something is half written: that is no mistake yet
 */
export function useSettled<Asked, Answer>(
  kind: string,
  asked: Asked | undefined,
  load: (asked: Asked, signal: AbortSignal) => Promise<Answer>,
): Settled<Asked, Answer> {
  const [settled] = useDebouncedValue(asked, settleMs)
  const isAsked = asked !== undefined && settled !== undefined
  const { data, error, failureReason, isPlaceholderData, isFetching } = useQuery({
    queryKey: [kind, settled],
    queryFn: ({ signal }) => load(settled as Asked, signal),
    enabled: isAsked,
    retry: (_, reason) => mayGoAway(asApiError(reason)),
    retryDelay: pauseMs,
    // It holds what somebody typed as a password: it goes with the page.
    gcTime: 0,
    placeholderData: keepPreviousData,
  })
  // A reason that may go away is told as long as it is there.
  const shown = error ?? failureReason
  return {
    answer: data,
    of: data && !isPlaceholderData ? settled : undefined,
    error: isAsked && shown ? asApiError(shown) : undefined,
    isCurrent: isAsked && settled === asked && !isPlaceholderData && !isFetching,
  }
}
