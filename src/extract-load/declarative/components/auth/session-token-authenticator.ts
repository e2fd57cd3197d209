import { z } from 'zod'
import { registerPassingSecret, Semaphore } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import { utcTime } from '../../../../python/index.js'
import { type BuildScope, defineComponent, part } from '../../component.js'
import type { Authenticator, Decoder, Mapping, Requester } from '../../component-contract.js'
import { addDuration, parseIsoDuration } from '../../datetime/index.js'
import { compileGet } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { compileRequestOption } from '../requests/request-option.js'
import { sessionTokenRequestSchema } from './session-token-request.js'
import { optionsWith } from './token-options.js'

const schema = z.looseObject({
  type: z.literal('SessionTokenAuthenticator'),
  login_requester: part('requester'),
  session_token_path: z.array(z.string()),
  expiration_duration: z.string().nullish(),
  request_authentication: sessionTokenRequestSchema,
  decoder: part('decoder').nullish(),
})

type Definition = z.output<typeof schema>
/** A token of a session, which may be the same as the last one. */
type Session = () => Promise<unknown>

export const sessionTokenAuthenticator = defineComponent({
  type: 'SessionTokenAuthenticator',
  kind: 'authenticator',
  schema,
  build: (definition, scope, { name }) => {
    const decoder = scope.build('decoder', definition.decoder ?? { type: 'JsonDecoder' })
    const requester = scope.build('requester', definition.login_requester, {
      name: `${name}_login_requester`,
      decoder,
      isAuxiliary: true,
    })
    const session = sessionOf(() => loggedIn(requester, decoder, definition.session_token_path), definition, scope)
    return definition.request_authentication.type === 'Bearer'
      ? bearer(session)
      : apiKey(session, definition.request_authentication, scope)
  },
})

function bearer(session: Session): Authenticator {
  const signature = async (): Promise<Mapping> => ({ Authorization: `Bearer ${str(await session())}` })
  return { requestOptions: async () => ({ headers: await signature() }), signature }
}

function apiKey(
  session: Session,
  definition: Extract<z.output<typeof sessionTokenRequestSchema>, { type: 'ApiKey' }>,
  { interpolation }: BuildScope,
): Authenticator {
  const place = compileRequestOption(definition.inject_into, interpolation)
  const template = interpolation.value(definition.api_token || '{{ session_token }}')
  const token = async () => str(template({ session_token: await session() }))
  const header = async () => {
    // The CDK asks for the token to know whether there is a header, and what its name is: without an expiration each is a login.
    await token()
    await token()
    return optionsWith(place, await token())
  }
  if (place.injectInto === 'header')
    return { requestOptions: header, signature: async () => (await header()).headers ?? {} }
  return { requestOptions: async () => optionsWith(place, await token()), signature: async () => ({}) }
}

/** Logs in when the last session has expired; each time where the manifest does not say how long one lasts. */
function sessionOf(logIn: Session, { expiration_duration: duration }: Definition, { services }: BuildScope): Session {
  if (!duration) return logIn
  const lasts = parseIsoDuration(duration)
  const lock = new Semaphore(1)
  let kept: { readonly token: unknown; readonly expiresMs: number } | undefined
  const valid = () => (kept && kept.expiresMs >= services.clock.now().getTime() ? kept : undefined)
  return async () => {
    const known = valid()
    if (known) return known.token
    return await lock.run(async () => {
      const meanwhile = valid()
      if (meanwhile) return meanwhile.token
      const token = await logIn()
      kept = { token, expiresMs: addDuration(utcTime(services.clock.now().getTime()), lasts).instantMs }
      return token
    }, services.signal)
  }
}

async function loggedIn(requester: Requester, decoder: Decoder, path: readonly string[]): Promise<unknown> {
  const response = await requester.send({})
  let first: unknown
  if (response)
    for await (const [value] of decoder.decode(response)) {
      first = value
      break
    }
  const token = compileGet(path)(first)
  if (token === undefined || token === null)
    throw failure('API_ANSWER_INVALID', {
      message: `The login gave no session token: its response has nothing at ${path.join('.')}.`,
      hint: 'Look at `session_token_path` of the authenticator, and at what `connectors preview` shows of the login.',
      failureType: 'system_error',
    })
  // Without an expiration there is another one for each request.
  registerPassingSecret(str(token))
  return token
}
