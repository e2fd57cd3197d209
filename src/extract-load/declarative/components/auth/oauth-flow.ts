import { registerSecret, Semaphore } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import type { Authenticator, HttpRequest, Mapping, SourceServices } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { headerOf } from '../../http/prepared-request.js'
import { fetchedToken, type RefreshRefusal, type RefreshRequest } from './oauth-refresh.js'
import { type ReadTime, readTime, timeOfClock } from './read-time.js'
import { valueNamed } from './token-response.js'
import type { TokenStore } from './token-store.js'

/** Two streams with the same refresh token must not use it at the same time. */
export const refreshLockKey = Symbol('token refresh')
export const refreshLock = () => new Semaphore(1)

export interface OAuthFlow {
  readonly stream: string
  readonly services: SourceServices
  readonly lock: Semaphore
  readonly store: TokenStore
  /** Undefined where the manifest has no endpoint: the token is given. */
  readonly request: (() => Promise<RefreshRequest>) | undefined
  readonly refusal: RefreshRefusal
  readonly names: {
    readonly accessToken: string
    readonly expiresIn: string
    /** Undefined where the next one is not kept. */
    readonly refreshToken: string | undefined
  }
  /** `expires_in` is the time at which it expires, not how many seconds are left. */
  readonly isTimeOfExpiration: boolean
}

/** A token that lasts for a while, and is fetched anew then. */
export function oauthFlow(flow: OAuthFlow): Authenticator {
  const { services, lock, store } = flow
  const isExpired = () => services.clock.now().getTime() > store.expiresAtMs()

  async function refresh(): Promise<void> {
    if (!flow.request) throw noToken(flow.names.accessToken)
    const answer = await fetchedToken(await flow.request(), flow.refusal, flow.stream, services)
    const token = valueNamed(answer, flow.names.accessToken)
    if (!token) throw noToken(flow.names.accessToken)
    const { refreshToken: name } = flow.names
    const refreshToken = name === undefined ? undefined : valueNamed(answer, name)
    for (const secret of [token, refreshToken]) if (secret !== undefined) registerSecret(str(secret))
    await store.keep({
      token: str(token),
      expires: expiryOf(flow, valueNamed(answer, flow.names.expiresIn)),
      refreshToken: refreshToken === undefined ? undefined : str(refreshToken),
    })
  }

  async function header(): Promise<Mapping> {
    if (flow.request && isExpired())
      await lock.run(async () => {
        // Whoever waited finds that it was done.
        if (isExpired()) await refresh()
      }, services.signal)
    const token = store.token()
    if (token === undefined) throw noToken(flow.names.accessToken)
    return { Authorization: `Bearer ${token}` }
  }

  return {
    requestOptions: async () => ({ headers: await header() }),
    signature: header,
    renewToken: async (request: HttpRequest) => {
      const sent = headerOf(request, 'Authorization')
      if (sent && sent !== (await header()).Authorization) return
      const before = store.token()
      await lock.run(async () => {
        if (store.token() === before) await refresh()
      }, services.signal)
    },
  }
}

/** How long a token lasts where nobody says it. */
const usualMs = 3_600_000

function expiryOf({ services, store, isTimeOfExpiration }: OAuthFlow, given: unknown): ReadTime {
  const nowMs = services.clock.now().getTime()
  if (given === undefined) {
    const known = store.expiresAtMs()
    return timeOfClock(new Date(nowMs <= known ? known : nowMs + usualMs))
  }
  const seconds = Number(str(given))
  const time = isTimeOfExpiration
    ? readTime(given)
    : Number.isFinite(seconds)
      ? timeOfClock(new Date(nowMs + Math.trunc(seconds) * 1000))
      : undefined
  if (time) return time
  throw failure('API_ANSWER_INVALID', {
    message: `The authorization server says \`${str(given)}\` of when the token expires, which is no ${isTimeOfExpiration ? 'time' : 'number of seconds'}.`,
    hint: 'Look at `expires_in_name` and `token_expiry_date_format` of the authenticator.',
    failureType: 'system_error',
  })
}

const noToken = (name: string) =>
  failure('API_ANSWER_INVALID', {
    message: `There is no access token: the authorization server gave none under the name \`${name}\`, or the settings have none.`,
    hint: 'Look at `access_token_name` and `access_token_value` of the authenticator, and at its settings.',
    failureType: 'system_error',
  })
