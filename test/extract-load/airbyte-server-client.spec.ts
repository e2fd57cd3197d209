import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { type Clock, type MillraceError, redact, toMillraceError } from '../../src/base/index.js'
import { type AirbyteCredentials, AirbyteServerClient } from '../../src/extract-load/index.js'
import { AirbyteStandIn, ids, secret } from '../support/airbyte-server.js'

let server: AirbyteStandIn
let nowMs = 0
/** Pauses take no time, and are noted. */
const pauses: number[] = []
const clock: Clock = {
  now: () => new Date(nowMs),
  monotonicMs: () => nowMs,
  async sleep(durationMs) {
    pauses.push(durationMs)
    nowMs += durationMs
  },
}

beforeEach(async () => {
  server = await AirbyteStandIn.start()
  onTestFinished(() => server.stop())
  nowMs = 1_000_000
  pauses.length = 0
})

const client = (credentials: AirbyteCredentials = { type: 'application', clientId: 'app', clientSecret: secret }) =>
  new AirbyteServerClient({ name: 'prod', url: server.url, credentials, clock, timeoutMs: 5_000 })
const errorOf = (work: Promise<unknown>): Promise<MillraceError> =>
  work.then(
    () => {
      throw new Error('It worked.')
    },
    (thrown) => toMillraceError(thrown),
  )

it('turns the pages of a list, whatever the server believes to be called', async () => {
  for (let i = 0; i < 205; i++) server.add({ name: `c${i}`, streams: [{ name: 's' }] })
  expect((await client().connections(undefined)).map(({ name }) => name)).toEqual(
    server.connections.map(({ name }) => name),
  )
  expect(server.calls.filter((call) => call.endsWith('/connections'))).toHaveLength(3)
})

it('renews its token before it ends, and when the server has forgotten it; many who ask wait for one', async () => {
  server.tokenSeconds = 180
  const asked = client()
  await Promise.all([asked.workspaces(), asked.sources(undefined), asked.connections(undefined)])
  expect(server.tokensGiven).toBe(1)
  nowMs += 120_000
  await asked.workspaces()
  expect(server.tokensGiven).toBe(1)
  nowMs += 30_000
  await asked.workspaces()
  expect(server.tokensGiven).toBe(2)
  server.tokens.clear()
  await Promise.all([asked.workspaces(), asked.sources(undefined)])
  expect(server.tokensGiven).toBe(3)
  // Also of what is never repeated: it was refused before anything was done.
  const { connectionId } = server.add({ streams: [{ name: 's' }] })
  server.tokens.clear()
  expect(await asked.createSync(connectionId)).toMatchObject({ id: 1, status: 'running' })
  expect(server.jobs).toHaveLength(1)
})

it('asks again where that does no harm, as long as the server wants to be left alone', async () => {
  const answers = [{ status: 429, headers: { 'retry-after': '7' } }, { status: 503, body: 'busy' }, { isDropped: true }]
  server.intercept = (call) => (call.endsWith('/workspaces') ? answers.shift() : undefined)
  expect(await client().workspaces()).toEqual([{ workspaceId: ids.workspace, name: 'Main' }])
  expect(pauses).toEqual([7_000, 3_000, 9_000])
})

it('a server that is away is asked four times in all, whoever has to be asked for a token first', async () => {
  await server.stop()
  expect(await errorOf(client().workspaces())).toMatchObject({ code: 'AIRBYTE_UNREACHABLE' })
  expect(pauses).toEqual([1_000, 3_000, 9_000])
  pauses.length = 0
  expect(await errorOf(client().workspaces({ once: true }))).toMatchObject({ code: 'AIRBYTE_UNREACHABLE' })
  expect(pauses).toEqual([])
})

it('never asks twice for a sync', async () => {
  const { connectionId } = server.add({ streams: [{ name: 's' }] })
  for (const answer of [{ isDropped: true }, { status: 500 }, { status: 429 }]) {
    server.intercept = (call) => (call === 'POST /api/public/v1/jobs' ? answer : undefined)
    const { code, retryable } = await errorOf(client().createSync(connectionId))
    expect([code, retryable]).toEqual([answer.isDropped ? 'AIRBYTE_UNREACHABLE' : 'AIRBYTE_FAILED', true])
  }
  expect(server.posts).toBe(3)
  expect(pauses).toEqual([])
})

it.each([
  [401, { detail: 'no' }, 'AIRBYTE_LOGIN_REFUSED', 'answered GET /workspaces with 401: no.'],
  [403, { message: 'not yours' }, 'AIRBYTE_LOGIN_REFUSED', 'with 403: not yours.'],
  [404, { data: { message: 'gone' }, title: 'x' }, 'AIRBYTE_NOT_FOUND', 'with 404: gone.'],
  [422, { data: { message: 'odd' } }, 'AIRBYTE_REFUSED', 'with 422: odd.'],
  [302, '', 'AIRBYTE_REFUSED', 'with 302.'],
  [500, '<html>down</html>', 'AIRBYTE_FAILED', 'with 500.'],
  [200, '<html>a page</html>', 'AIRBYTE_ANSWER_INVALID', 'it is no JSON'],
  [200, { data: [{ id: 1 }] }, 'AIRBYTE_ANSWER_INVALID', '`data.0.workspaceId`'],
])('%i %j is %s', async (status, body, code, text) => {
  server.intercept = (call) => (call.endsWith('/workspaces') ? { status, body } : undefined)
  const error = await errorOf(client().workspaces())
  expect(error).toMatchObject({ code, message: expect.stringContaining(text), hint: expect.any(String) })
  expect(error.message).toContain(`The Airbyte server prod (${server.url})`)
})

it('wrong credentials are told at once, and no secret with them', async () => {
  const wrong = client({ type: 'application', clientId: 'app', clientSecret: 'not-the-secret' })
  server.intercept = (call) =>
    call.endsWith('/token') ? { status: 401, body: { detail: 'bad client_secret not-the-secret' } } : undefined
  const error = await errorOf(wrong.workspaces())
  expect(error).toMatchObject({ code: 'AIRBYTE_LOGIN_REFUSED' })
  expect(JSON.stringify(error)).not.toContain('not-the-secret')
  expect(pauses).toEqual([])
  client({ type: 'basic', username: 'ada', password: 'hidden-word' })
  expect(redact(`Basic ${Buffer.from('ada:hidden-word').toString('base64')} hidden-word`)).not.toMatch(
    /hidden|Basic \w/,
  )
  server.intercept = undefined
  await client().workspaces()
  expect(redact(`token-${server.tokensGiven}-of-the-stand-in ${secret}`)).not.toMatch(/token|secret/)
})

it('who gives up waits no longer, also for a token that others still want', async () => {
  server.intercept = (call) => (call.endsWith('/token') ? { delayMs: 400 } : undefined)
  const asked = client()
  let hasCome = false
  const other = asked.workspaces().finally(() => {
    hasCome = true
  })
  await expect(asked.sources(undefined, { signal: AbortSignal.timeout(20) })).rejects.toThrow(/timeout/)
  expect(hasCome).toBe(false)
  expect(await other).toHaveLength(1)
})

it('an older server has fewer calls', async () => {
  server.begin(server.add({ streams: [{ name: 's' }] }).connectionId)
  for (const call of ['GET /api/v1/instance_configuration', 'POST /api/v1/jobs/get_without_logs'])
    server.lacks.add(call)
  server.lacks.add('POST /api/v1/stream_statuses/list')
  const asked = client()
  expect(await asked.instance()).toEqual({ version: undefined, edition: undefined })
  expect((await asked.jobInfo(1)).attempts).toHaveLength(1)
  expect(await asked.streamStatuses({ workspaceId: ids.workspace, jobId: 1 })).toEqual([])
})

it('keeps what sources wrote into their states to the letter', async () => {
  const { connectionId } = server.add({ streams: [{ name: 's' }] })
  server.intercept = (call) =>
    call.endsWith('/state/get')
      ? {
          body: '{"stateType":"global","globalState":{"shared_state":{"lsn":123456789012345678901},"streamStates":[{"streamDescriptor":{"name":"a","namespace":"n"},"streamState":{"x":1.0}}]}}',
        }
      : undefined
  expect(await client().state(connectionId)).toEqual({
    type: 'global',
    shared: '{"lsn":123456789012345678901}',
    streams: [{ name: 'a', namespace: 'n', state: '{"x":1.0}' }],
    legacy: undefined,
  })
})
