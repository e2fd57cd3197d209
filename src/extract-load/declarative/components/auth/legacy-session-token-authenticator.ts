import { z } from 'zod'
import { registerSecret } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import { defineComponent } from '../../component.js'
import type { HttpResponse, Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { preparedRequest } from '../../http/prepared-request.js'
import { exchangeText } from '../../http/shown-request.js'
import { TransportError } from '../../http/transport-error.js'
import { sendAuxiliary } from './auxiliary-request.js'

/** Tokens that were fetched, for all streams of a source. */
const sessionsKey = Symbol('sessions')

export const legacySessionTokenAuthenticator = defineComponent({
  type: 'LegacySessionTokenAuthenticator',
  kind: 'authenticator',
  schema: z.looseObject({
    type: z.literal('LegacySessionTokenAuthenticator'),
    header: z.string(),
    login_url: z.string(),
    session_token: z.string().nullish(),
    session_token_response_key: z.string(),
    username: z.string().nullish(),
    password: z.string().nullish(),
    validate_session_url: z.string(),
  }),
  build: (definition, { interpolation, services, shared }, { name, urlBase }) => {
    const text = (template: string | null | undefined) => {
      const value = template ? interpolation.value(template) : () => ''
      return () => str(value() ?? '')
    }
    const [base, loginPath, checkPath] = [
      text(urlBase),
      text(definition.login_url),
      text(definition.validate_session_url),
    ]
    const [given, username, password] = [
      text(definition.session_token),
      text(definition.username),
      text(definition.password),
    ]
    const [headerName, key] = [text(definition.header), text(definition.session_token_response_key)]
    const sessions = shared.once(sessionsKey, () => new Map<string, string>())

    const ask = async (method: string, url: string, headers: Mapping, bodyJson: Mapping = {}) => {
      const request = preparedRequest({ method, url, headers, bodyJson, params: {}, bodyData: {} })
      const outcome = await sendAuxiliary(request, name, services).catch((error: unknown) => {
        if (error instanceof TransportError) return error
        throw error
      })
      if (outcome instanceof Error || (outcome.status >= 400 && outcome.status !== 401))
        throw failure('API_UNAVAILABLE', {
          message: 'The API gives no session: it does not answer, or with an error.',
          hint: 'Look at the address of the API in the settings.',
          failureType: 'system_error',
          internalMessage: exchangeText(request, outcome),
        })
      return outcome
    }
    const isValid = async (token: string) =>
      (await ask('GET', base() + checkPath(), { [headerName()]: token })).status !== 401
    const logIn = async (): Promise<string> => {
      const credentials = { username: username(), password: password() }
      const known = JSON.stringify([base(), credentials, key()])
      const session = sessions.get(known) ?? tokenIn(await ask('POST', base() + loginPath(), {}, credentials), key())
      sessions.set(known, session)
      return session
    }
    const token = async (): Promise<string> => {
      const own = given()
      if (own) registerSecret(own)
      if (own && (await isValid(own))) return own
      if (username() && password()) return await logIn()
      throw refused()
    }
    const signature = async () => ({ [headerName()]: await token() })
    return { requestOptions: async () => ({ headers: await signature() }), signature }
  },
})

function tokenIn(response: HttpResponse, key: string): string {
  const token = response.status < 400 ? (response.json() as Mapping | undefined)?.[key] : undefined
  if (token === undefined || token === null) throw refused()
  registerSecret(str(token))
  return str(token)
}

const refused = () =>
  failure('API_REFUSED', {
    message:
      'The API gives no session: the session token is not valid, and user name and password are not, or are missing.',
    hint: 'Give a valid session token, or user name and password, in the settings.',
    failureType: 'system_error',
  })
