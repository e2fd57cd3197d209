import { MillraceError } from '../../../../base/index.js'
import type { FailureType, SourceEvent } from '../../../declarative/component-contract.js'
import { extractLoadErrors } from '../../../errors.js'

const codes = {
  config_error: 'API_REFUSED',
  transient_error: 'API_UNAVAILABLE',
  system_error: 'API_ANSWER_INVALID',
} as const satisfies Record<FailureType, string>

/** Why a stream could not be read to its end, in our terms. */
export function streamFailure({
  error,
  failureType,
  message,
  internalMessage,
}: Pick<
  Extract<SourceEvent, { type: 'error' }>,
  'error' | 'failureType' | 'message' | 'internalMessage'
>): MillraceError {
  if (error instanceof MillraceError) return error
  return extractLoadErrors.create(codes[failureType], {
    message,
    hint: [internalMessage, '`millrace connectors preview` shows what is asked and what is answered.']
      .filter(Boolean)
      .join(' '),
    cause: error,
  })
}
