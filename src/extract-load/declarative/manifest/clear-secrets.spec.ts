import { expect, it } from 'vitest'
import { secretFields } from './clear-secrets.js'
import { knownFields } from './known-fields.js'
import { readManifest } from './read-manifest.js'

const manifest = (requester: object, rest: object = {}) =>
  JSON.stringify(
    {
      version: '6.0.0',
      type: 'DeclarativeSource',
      check: { type: 'CheckStream', stream_names: ['a'] },
      definitions: {
        requester: { type: 'HttpRequester', url_base: 'https://example.com', path: '/a', ...requester },
      },
      streams: ['a', 'b'].map((name) => ({
        type: 'DeclarativeStream',
        name,
        schema_loader: { type: 'InlineSchemaLoader', schema: { type: 'object', properties: { api_token: {} } } },
        retriever: {
          type: 'SimpleRetriever',
          requester: { $ref: '#/definitions/requester' },
          record_selector: {
            type: 'RecordSelector',
            extractor: { type: 'DpathExtractor', field_path: [] },
          },
        },
      })),
      ...rest,
    },
    null,
    1,
  )

const told = (...given: Parameters<typeof manifest>) => {
  const text = manifest(...given)
  const { warnings } = readManifest(text, { file: 'm.yaml', looksAhead: true })
  const lines = text.split('\n')
  expect(warnings.join()).not.toContain('cl34r')
  return warnings
    .filter((warning) => warning.includes('in clear'))
    .map((warning) => {
      const [, line, column] = /^m\.yaml:(\d+):(\d+): /.exec(warning) ?? []
      return lines[Number(line) - 1]?.slice(Number(column) - 1).replace(/,$/, '')
    })
}

it.each([
  [{ type: 'BearerAuthenticator', api_token: '110201543:cl34r' }, 1],
  [{ type: 'BearerAuthenticator', api_token: "{{ config['cl34r'] }}" }, 0],
  [{ type: 'BasicHttpAuthenticator', username: 'me', password: 'admin:cl34r' }, 1],
  [{ type: 'BasicHttpAuthenticator', username: 'me', password: '' }, 0],
  [{ type: 'ApiKeyAuthenticator', header: 'X-Token', api_token: 'cl34r' }, 1],
  [{ type: 'JwtAuthenticator', algorithm: 'HS256', secret_key: 'cl34r', passphrase: 'cl34r-too' }, 2],
  [
    {
      type: 'OAuthAuthenticator',
      ...{ client_id: 'mine', client_secret: 'cl34r', refresh_token: 'cl34r-2', access_token_value: 'cl34r-3' },
      ...{ token_refresh_endpoint: 'https://example.com/token', grant_type: 'refresh_token' },
      refresh_request_body: { token_type: 'bearer', password: 'cl34r-4' },
    },
    4,
  ],
])('tells of what %o has in clear, once, however many streams have it', (authenticator, many) => {
  const found = told({ authenticator })
  expect(found).toHaveLength(many)
  expect(found.every((one) => one?.startsWith('"') && one.includes('cl34r'))).toBe(true)
})

it('tells of headers, parameters and bodies by their names', () => {
  const found = told({
    request_headers: { Accept: 'text/plain', Cookie: 'sid=cl34r', 'X-Auth-Token': 'cl34r-2', Authorization: 'cl34r-3' },
    request_parameters: { api_key: 'cl34r-4', page_token: '{{ next_page_token }}', sort: 'name' },
    request_body_json: { login: { name: 'me', passwords: ['cl34r-5', "{{ config['password'] }}"] } },
  })
  expect(found.map((one) => /cl34r(?:-\d)?/.exec(one ?? '')?.[0])).toEqual([
    'cl34r',
    'cl34r-2',
    'cl34r-3',
    'cl34r-4',
    'cl34r-5',
  ])
})

it('tells of a secret that the spec has for who gives none', () => {
  const key = (more: object) => ({ type: 'string', airbyte_secret: true, ...more })
  const properties = { key: key({ default: 'cl34r' }), other: key({}), plain: { type: 'string', default: 'x' } }
  const spec = { type: 'Spec', connection_specification: { type: 'object', properties } }
  expect(told({}, { spec })).toEqual(['"cl34r"'])
})

it('names fields that those components have', () => {
  for (const [type, fields] of secretFields)
    expect([...(knownFields(type) ?? [])], type).toEqual(expect.arrayContaining([...fields]))
})
