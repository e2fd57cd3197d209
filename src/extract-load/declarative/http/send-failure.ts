import { redact } from '../../../base/index.js'
import type { ErrorVerdict, HttpRequest, HttpResponse } from '../component-contract.js'
import { failure } from '../failure.js'
import { errorMessage } from './error-message.js'
import { addressHint } from './prepared-url.js'
import { exchangeText, requestLine } from './shown-request.js'
import { TransportError } from './transport-error.js'

const isNoAddress = (outcome: HttpResponse | Error) =>
  outcome instanceof TransportError && outcome.problem === 'InvalidSchema'

/** What somebody can do about a status, where the manifest does not say it. */
function hintFor(outcome: HttpResponse | Error): string {
  if (isNoAddress(outcome)) return addressHint
  if (outcome instanceof Error)
    return 'Is the address right, and does it answer from here? A firewall, a proxy (HTTPS_PROXY) or a certificate may be in the way.'
  switch (outcome.status) {
    case 401:
      return 'Check the credentials in the settings: a key may have been revoked, a token may have expired. A new one goes where the file of the connection has it from: `millrace secrets set NAME` for `${NAME}`, or the page, Settings → Secrets; a variable of the environment before Millrace starts.'
    case 403:
      return 'Give the credentials the right to read this, or leave the stream out.'
    case 404:
      return 'Check the settings that the address is made of; the stream may not exist for this account.'
    case 429:
      return 'The API allows fewer requests. Sync less often, or at another time, or ask for a higher limit.'
    default:
      return outcome.status >= 500
        ? 'The API itself failed. Try it again later, and ask its provider if it goes on.'
        : 'Look at what the API answered; `connectors preview` shows the request and the response.'
  }
}

/** A response that the manifest's error handler takes for the end. */
export function refusedFailure(request: HttpRequest, outcome: HttpResponse | Error, verdict: ErrorVerdict) {
  const isAway = outcome instanceof Error ? !isNoAddress(outcome) : outcome.status >= 500
  return failure(isAway ? 'API_UNAVAILABLE' : 'API_REFUSED', {
    message: told(request, outcome, verdict.message),
    hint: hintFor(outcome),
    failureType: verdict.failureType ?? 'system_error',
    internalMessage: exchangeText(request, outcome),
    cause: outcome instanceof Error ? outcome : undefined,
  })
}

/** A request that was tried as often, or as long, as the manifest allows. */
export function exhaustedFailure(
  request: HttpRequest,
  outcome: HttpResponse | Error,
  verdict: ErrorVerdict,
  tries: number,
) {
  const isLimited = !(outcome instanceof Error) && outcome.status === 429
  return failure('API_UNAVAILABLE', {
    message: `${tries === 1 ? 'Tried once' : `Tried ${tries} times`}. ${told(request, outcome, verdict.message)}`,
    hint: hintFor(outcome),
    failureType: isLimited ? 'transient_error' : (verdict.failureType ?? 'system_error'),
    internalMessage: exchangeText(request, outcome),
    cause: outcome instanceof Error ? outcome : undefined,
  })
}

/** Of what an API says: some answer with a whole page for people. */
const mostSaid = 500

function told(request: HttpRequest, outcome: HttpResponse | Error, message: string | undefined): string {
  const line = requestLine(request)
  if (outcome instanceof Error) return `${message || `No response: ${outcome.message}.`} (${line})`
  // Cut afterwards: half of a secret is none that anybody knows.
  const said = redact(errorMessage(outcome) ?? '').slice(0, mostSaid)
  const answer = `${line} was answered ${outcome.status}${said ? `: ${said}` : ''}`
  return message ? `${message} (${answer})` : `${answer}.`
}
