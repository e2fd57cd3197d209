import { afterEach, expect, it } from 'vitest'
import { forgetSecrets, systemClock } from '../../../../base/index.js'
import { TransportError } from '../../http/transport-error.js'
import { scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'

afterEach(forgetSecrets)

const request = { method: 'GET', url: 'https://api.test/', headers: [] }
const oauth = {
  type: 'OAuthAuthenticator',
  token_refresh_endpoint: 'https://auth.test/token',
  client_id: 'me',
  client_secret: 'hunter2-secret',
  refresh_token: 'old-token',
}

const jwt = { type: 'JwtAuthenticator', secret_key: 'hunter2-secret', algorithm: 'HS256' }

it('signs once in a second, whatever the algorithm', async () => {
  let nowMs = 5000
  const { build } = scriptedScope({ services: { clock: { ...systemClock, now: () => new Date(nowMs) } } })
  const made = build('authenticator', jwt, { name: 's', urlBase: undefined })
  const tokens: unknown[] = []
  for (nowMs of [5000, 5900, 6000]) tokens.push((await made.signature(request)).Authorization)
  expect(tokens[1]).toBe(tokens[0])
  expect(tokens[2]).not.toBe(tokens[0])
})

it('does not cut off who fetches a token, which may be the only one of its kind', async () => {
  const abort = new AbortController()
  const scope = scriptedScope({
    services: {
      signal: abort.signal,
      transport: {
        send: async (asked, { signal }) => {
          abort.abort(new Error('enough'))
          signal?.throwIfAborted()
          return scriptedResponse({ json: { access_token: 'new-token', expires_in: 60 } }, asked)
        },
      },
    },
  })
  expect(await scope.build('authenticator', oauth, { name: 's', urlBase: undefined }).signature(request)).toEqual({
    Authorization: 'Bearer new-token',
  })
})

it('does not ask again where the address of the authorization server is wrong', async () => {
  const scope = scriptedScope({
    services: {
      transport: {
        send: async () => {
          throw new TransportError('InvalidSchema', 'the address is neither http nor https')
        },
      },
    },
  })
  await expect(
    scope.build('authenticator', oauth, { name: 's', urlBase: undefined }).signature(request),
  ).rejects.toMatchObject({
    code: 'API_REFUSED',
  })
  expect(scope.waits).toEqual([])
})
