import { MillraceError } from '../../../base/index.js'
import type { Authenticator, ErrorVerdict, HttpRequest, HttpResponse, SourceServices } from '../component-contract.js'
import { failure, failureOf } from '../failure.js'
import { exchangeText, requestLine } from './shown-request.js'

/** What happened to the token of a request; it is renewed once at most. */
export interface RefusedToken {
  /** Undefined: nobody tried yet. */
  wasRenewed: boolean | undefined
}

export interface Refusal {
  readonly request: HttpRequest
  readonly outcome: HttpResponse | Error
  readonly verdict: ErrorVerdict
  readonly state: RefusedToken
  readonly services: SourceServices
}

/** Fetches another token for a request that was refused for it. @throws where that was done already, or never can help */
export async function renewedToken(authenticator: Authenticator, refusal: Refusal): Promise<void> {
  const { request, outcome, state, services } = refusal
  if (state.wasRenewed !== undefined)
    throw failure('API_REFUSED', {
      message: state.wasRenewed
        ? `The API refuses a token that was just fetched (${requestLine(request)}).`
        : `The API refuses the token, and no other one could be fetched (${requestLine(request)}).`,
      hint: state.wasRenewed
        ? 'Authorize the source anew: the account may have lost its rights.'
        : 'Try it again later; if it goes on, authorize the source anew.',
      failureType: state.wasRenewed ? 'config_error' : 'transient_error',
      internalMessage: exchangeText(request, outcome),
    })
  if (!authenticator.renewToken) {
    await say('The manifest wants the token renewed, and its authenticator has none that can be.')
    return
  }
  state.wasRenewed = false
  try {
    await authenticator.renewToken(request)
    state.wasRenewed = true
  } catch (error) {
    if (error instanceof MillraceError && (error.code === 'ABORTED' || failureOf(error).failureType === 'config_error'))
      throw error
    await say(`The token could not be renewed: ${failureOf(error).message}`)
  }

  async function say(message: string) {
    await services.say({ type: 'log', level: 'warn', message })
  }
}
