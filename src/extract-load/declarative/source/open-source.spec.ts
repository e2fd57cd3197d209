import { expect, it } from 'vitest'
import type { Exchange, Mapping, SourceEvent } from '../component-contract.js'
import { openTransport } from '../http/index.js'
import { readManifest } from '../manifest/index.js'
import { collected, manifestOf, scriptedApi, streamOf } from '../testing/scripted-api.js'
import { openSource } from './index.js'

const at = (...field_path: string[]) => ({ type: 'DpathExtractor', field_path })
const requester = (path: string, rest: Mapping = {}) => ({
  type: 'HttpRequester',
  url_base: 'http://api.test',
  path,
  ...rest,
})
const asked = (name: string) => ({ stream: { name, syncMode: 'full_refresh' as const }, state: undefined })

const schemaOfApi = (path: string) => ({
  type: 'DynamicSchemaLoader',
  retriever: {
    type: 'SimpleRetriever',
    requester: requester(path),
    record_selector: { type: 'RecordSelector', extractor: at() },
  },
  schema_type_identifier: {
    type: 'SchemaTypeIdentifier',
    schema_pointer: ['fields'],
    key_pointer: ['name'],
    type_pointer: ['kind'],
  },
})

it('asks once for what discovery and reading both want to know', async () => {
  const api = scriptedApi((url) =>
    url.pathname === '/fields' ? { fields: [{ name: 'id', kind: 'integer' }] } : { data: [{ id: 1 }] },
  )
  const dynamic = {
    type: 'DynamicDeclarativeStream',
    stream_template: streamOf('made', { schema_loader: schemaOfApi('/fields') }),
    components_resolver: {
      type: 'HttpComponentsResolver',
      retriever: streamOf('tables').retriever,
      components_mapping: [],
    },
  }
  const source = openSource({
    manifest: manifestOf({ dynamic_streams: [dynamic] }),
    config: {},
    services: api.services,
  })
  await source.discover()
  await collected(source.read([asked('made')]))
  expect(api.requests.toSorted()).toEqual(['GET /fields', 'GET /made', 'GET /tables'])
})

it('says why a check failed by the code and the hint of what failed', async () => {
  const api = scriptedApi(() => ({ status: 401, body: {} }))
  const check = { type: 'CheckStream', stream_names: ['users'] }
  const manifest = manifestOf({ streams: [streamOf('users')], check })
  const { error, ...told } = await openSource({ manifest, config: {}, services: api.services }).check()
  expect(told).toEqual({ status: 'FAILED', message: expect.stringContaining('The stream `users` cannot be read: ') })
  expect(error).toMatchObject({ code: 'API_REFUSED', hint: expect.stringContaining('Check the credentials') })
})

it('says where a template stands that gives a dynamic stream something else than a name', async () => {
  const text = `
version: 7.0.0
type: DeclarativeSource
check: { type: CheckDynamicStream, stream_count: 1 }
dynamic_streams:
  - type: DynamicDeclarativeStream
    name: tables
    stream_template: ${JSON.stringify(streamOf('t'))}
    components_resolver:
      type: ConfigComponentsResolver
      stream_config: { type: StreamConfig, configs_pointer: [tables] }
      components_mapping:
        - { type: ComponentMappingDefinition, field_path: [primary_key], value: id }
        - { type: ComponentMappingDefinition, field_path: [name], value: "{{ components_values }}" }
`
  const { services } = scriptedApi(() => ({ data: [] }))
  const source = openSource({
    manifest: readManifest(text, { file: 'm.yaml' }),
    config: { tables: [{ a: 1 }] },
    services,
  })
  const said = {
    code: 'MANIFEST_INVALID',
    message: 'The dynamic stream `tables` made a stream whose name is the object {"a":1}, and not a text.',
    at: { file: 'm.yaml', line: 14 },
  }
  await expect(source.discover()).rejects.toMatchObject(said)
  await expect(source.check()).rejects.toMatchObject(said)
})

it.each(['127.0.0.1:4700', 'localhost:4700', 'shop.example.com', 'shop.example.com/api'])(
  'says of the address %s what it lacks',
  async (url) => {
    const { services } = scriptedApi(() => ({ data: [] }))
    const transport = openTransport({ allowsPrivateAddresses: true })
    const users = streamOf('users', {
      retriever: { requester: requester('/users', { url_base: "{{ config['url'] }}" }) },
    })
    const manifest = manifestOf({ streams: [users], check: { type: 'CheckStream', stream_names: ['users'] } })
    const { error } = await openSource({ manifest, config: { url }, services: { ...services, transport } }).check()
    await transport.close()
    expect(error).toMatchObject({
      code: 'API_REFUSED',
      message: expect.stringContaining(`the address \`${url}\` begins with neither http:// nor https://`),
      hint: `Write the scheme in the setting \`url\`: http://${url}, or https://${url} where it answers encrypted.`,
    })
  },
)

it.each([
  [{}, 2, [1]],
  [{ backoff_strategies: [{ type: 'ConstantBackoffStrategy', backoff_time_in_seconds: 60 }] }, 1, []],
])('gives up soon where somebody waits for the answer (%j)', async (handler, tries, waits) => {
  const api = scriptedApi(() => ({ status: 503, body: {} }))
  const error_handler = { type: 'DefaultErrorHandler', ...handler }
  const users = streamOf('users', { retriever: { requester: requester('/users', { error_handler }) } })
  const manifest = manifestOf({ streams: [users], check: { type: 'CheckStream', stream_names: ['users'] } })
  const services = { ...api.services, isImpatient: true }
  expect(await openSource({ manifest, config: {}, services }).check()).toMatchObject({ status: 'FAILED' })
  expect([api.requests.length, api.waits]).toEqual([tries, waits])
})

it("shows a parent's requests with the stream for which it is read", async () => {
  const api = scriptedApi(() => ({ data: [{ id: 1 }] }))
  const partitionsOf = (stream: Mapping, rest: Mapping = {}) => ({
    ...rest,
    partition_router: {
      type: 'SubstreamPartitionRouter',
      parent_stream_configs: [{ type: 'ParentStreamConfig', stream, parent_key: 'id', partition_field: 'of' }],
    },
  })
  const users = streamOf('users')
  const posts = streamOf('posts', { retriever: partitionsOf(users) })
  const notes = streamOf('notes', { retriever: partitionsOf(posts) })
  const shown: string[] = []
  const onExchange = ({ stream, request }: Exchange) => shown.push(`${stream} ${new URL(request.url).pathname}`)
  const source = openSource({
    manifest: manifestOf({ streams: [users, posts, notes] }),
    config: {},
    services: { ...api.services, onExchange },
  })
  await collected(source.read(['users', 'notes'].map(asked)))
  expect(shown.toSorted()).toEqual(['notes /notes', 'notes /posts', 'notes /users', 'users /users'])
})

it('leaves out a stream of which no schema can be had, where somebody takes note of it', async () => {
  const api = scriptedApi(() => ({ status: 403, body: {} }))
  const streams = [streamOf('shut', { schema_loader: schemaOfApi('/fields') }), streamOf('open')]
  const source = openSource({ manifest: manifestOf({ streams }), config: {}, services: api.services })
  const failed: string[] = []
  const found = await source.discover(undefined, (name) => failed.push(name))
  expect([found.map((stream) => stream.name), failed]).toEqual([['open'], ['shut']])
  await expect(source.discover()).rejects.toThrow()
})

it('renews a token that is good for one time once, and has it kept before the next request', async () => {
  const order: string[] = []
  const api = scriptedApi((url, body) => {
    order.push(
      url.pathname === '/token' ? String(body).replace(/.*refresh_token=(\w+).*/, 'token for $1') : url.pathname,
    )
    return url.pathname === '/token'
      ? { access_token: 'a', refresh_token: 'r2', expires_in: 3600 }
      : { data: [{ id: 1 }] }
  })
  const authenticator = {
    type: 'OAuthAuthenticator',
    token_refresh_endpoint: 'http://api.test/token',
    client_id: 'c',
    client_secret: 's',
    refresh_token: "{{ config['refresh'] }}",
    refresh_token_updater: {
      refresh_token_config_path: ['refresh'],
      access_token_config_path: ['access'],
      token_expiry_date_config_path: ['expiry'],
    },
  }
  const users = streamOf('users', { retriever: { requester: requester('/users', { authenticator }) } })
  const say = async (event: SourceEvent) => {
    if (event.type === 'control') order.push('kept')
  }
  const source = openSource({
    manifest: manifestOf({ streams: [users], check: { type: 'CheckStream', stream_names: ['users'] } }),
    config: { refresh: 'r1', access: '', expiry: '2024-01-01T00:00:00Z' },
    services: { ...api.services, say },
  })
  expect(await source.check()).toEqual({ status: 'SUCCEEDED' })
  await collected(source.read([asked('users')]))
  expect(order).toEqual(['token for r1', 'kept', '/users', '/users'])
})
