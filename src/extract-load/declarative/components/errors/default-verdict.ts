import type { ErrorVerdict, HttpResponse } from '../../component-contract.js'
import { TransportError } from '../../http/transport-error.js'

const byStatus: Readonly<Record<number, ErrorVerdict>> = {
  400: { action: 'FAIL', failureType: 'system_error', message: 'The API does not understand the request.' },
  401: { action: 'FAIL', failureType: 'config_error', message: 'The API does not accept the credentials.' },
  403: { action: 'FAIL', failureType: 'config_error', message: 'The credentials have no right to this.' },
  404: { action: 'FAIL', failureType: 'system_error', message: 'The API has nothing at this address.' },
  405: { action: 'FAIL', failureType: 'system_error', message: 'The API does not take this method at this address.' },
  408: { action: 'RETRY', failureType: 'transient_error', message: 'The API gave the request up for taking too long.' },
  429: { action: 'RATE_LIMITED', failureType: 'transient_error', message: 'The API allows no more requests for now.' },
  500: { action: 'RETRY', failureType: 'transient_error', message: 'The API failed.' },
  502: {
    action: 'RETRY',
    failureType: 'transient_error',
    message: 'What stands before the API got no good answer of it.',
  },
  503: { action: 'RETRY', failureType: 'transient_error', message: 'The API is not available.' },
  504: {
    action: 'RETRY',
    failureType: 'transient_error',
    message: 'What stands before the API waited for it too long.',
  },
}

/** What the CDK says of a status without the manifest; undefined for those that it does not know. */
export const verdictOfStatus = (status: number): ErrorVerdict | undefined => byStatus[status]

/** What becomes of a response, or of none, where no filter of the manifest says it. */
export function defaultVerdict(outcome: HttpResponse | Error): ErrorVerdict {
  if (outcome instanceof Error) return verdictOfError(outcome)
  if (outcome.status < 400 || outcome.status >= 600) return { action: 'SUCCESS' }
  return (
    byStatus[outcome.status] ?? {
      action: 'RETRY',
      failureType: 'system_error',
      message: `The API answered ${outcome.status}.`,
    }
  )
}

function verdictOfError(error: Error): ErrorVerdict {
  const message = `No response: ${error.message}.`
  if (error instanceof TransportError && error.problem === 'InvalidSchema')
    return { action: 'FAIL', failureType: 'config_error', message }
  const isUrl = error instanceof TransportError && error.problem === 'InvalidURL'
  return { action: 'RETRY', failureType: isUrl ? 'transient_error' : 'system_error', message }
}
