import { registerSecretsIn } from '../../../../base/index.js'
import type { HttpRequest, HttpResponse, Mapping, SourceServices } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { preparedRequest } from '../../http/prepared-request.js'
import { exchangeText } from '../../http/shown-request.js'
import { TransportError, type TransportProblem } from '../../http/transport-error.js'
import { sendAuxiliary } from './auxiliary-request.js'

/** By what a response says that the refresh token itself is refused. */
export interface RefreshRefusal {
  readonly statuses: readonly number[]
  readonly key: string
  readonly values: readonly string[]
}

export interface RefreshRequest {
  readonly url: string
  readonly body: Mapping
  readonly headers: Mapping
  readonly params: Mapping
}

/** Waits double up to it; the tries end then. The second one is of those who wait for the answer. */
const patientMs = 300_000
const impatientMs = 5_000

/** Asks an authorization server for a token, also several times where it fails by itself. @returns what it answered, as JSON */
export async function fetchedToken(
  { url, body, headers, params }: RefreshRequest,
  refusal: RefreshRefusal,
  stream: string,
  services: SourceServices,
): Promise<unknown> {
  const request = preparedRequest({ method: 'POST', url, params, headers, bodyJson: {}, bodyData: body })
  const maxTimeMs = services.isImpatient ? impatientMs : patientMs
  const startMs = services.clock.monotonicMs()
  for (let tries = 0; ; tries++) {
    const elapsedMs = services.clock.monotonicMs() - startMs
    const outcome = await askedOnce(request, stream, services)
    const isTransient = outcome instanceof Error || outcome.status === 429 || outcome.status >= 500
    if (!isTransient) return answered(request, outcome, refusal)
    if (outcome instanceof TransportError && mistakes.includes(outcome.problem)) throw unaskable(request, outcome)
    if (elapsedMs >= maxTimeMs) throw unreachable(request, outcome, maxTimeMs)
    const waitMs = Math.min(services.random() * 2 ** tries * 1000, maxTimeMs - elapsedMs)
    await services.clock.sleep(waitMs, { signal: services.signal })
  }
}

/** What is no better the next time. */
const mistakes: readonly TransportProblem[] = ['InvalidSchema', 'InvalidURL', 'MissingSchema', 'TooManyRedirects']

async function askedOnce(
  request: HttpRequest,
  stream: string,
  services: SourceServices,
): Promise<HttpResponse | Error> {
  try {
    return await sendAuxiliary(request, stream, services, (response) => registerSecretsIn(response.json()))
  } catch (error) {
    if (error instanceof TransportError) return error
    throw error
  }
}

function answered(request: HttpRequest, response: HttpResponse, refusal: RefreshRefusal): unknown {
  const json = response.json()
  if (response.status < 400 && json !== undefined) return json
  const internalMessage = exchangeText(request, response)
  const error = typeof json === 'object' && json !== null ? (json as Mapping)[refusal.key] : undefined
  if (refusal.statuses.includes(response.status) && refusal.values.includes(error as string))
    throw failure('API_REFUSED', {
      message: `The authorization server refuses the refresh token (${error}): it is wrong, expired, or was used already.`,
      hint: 'Authorize the source anew, and put the new credentials into its settings.',
      failureType: 'config_error',
      internalMessage,
    })
  throw failure(json === undefined ? 'API_ANSWER_INVALID' : 'API_REFUSED', {
    message:
      response.status < 400
        ? `The authorization server at ${request.url.split('?')[0]} answered something else than JSON.`
        : `The authorization server gives no token: it answered ${response.status}.`,
    hint: 'Check the client ID, the client secret and the refresh token in the settings, and `token_refresh_endpoint` of the manifest.',
    failureType: 'system_error',
    internalMessage,
  })
}

const unreachable = (request: HttpRequest, outcome: HttpResponse | Error, maxTimeMs: number) =>
  failure('API_UNAVAILABLE', {
    message: `The authorization server gave no token in ${maxTimeMs / 1000} seconds: ${outcome instanceof Error ? outcome.message : `it answered ${outcome.status}`}.`,
    hint: 'Try it again later.',
    failureType: 'transient_error',
    internalMessage: exchangeText(request, outcome),
    cause: outcome instanceof Error ? outcome : undefined,
  })

const unaskable = (request: HttpRequest, error: TransportError) =>
  failure('API_REFUSED', {
    message: `The authorization server cannot be asked: ${error.message}.`,
    hint: 'Look at `token_refresh_endpoint` of the manifest, and at the setting that it is made of. It begins with https://.',
    failureType: 'system_error',
    internalMessage: exchangeText(request, error),
    cause: error,
  })
