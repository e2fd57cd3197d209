import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Project } from '../../contract.js'
import type { StoredSecrets } from '../../secrets/stored-secrets.js'
import { AddedConnectors } from './added-connectors.js'

it('what an API changed of the settings of a test is that of these settings, and gone with the connector', async () => {
  /** Each is good once, and gives the next. */
  const good = new Set(['ann-0', 'bob-0'])
  const api = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end('[{ "id": 1 }]')
    const [body] = (await request.toArray()) as Buffer[]
    const token = new URLSearchParams(String(body)).get('refresh_token') ?? ''
    if (!good.delete(token)) return response.writeHead(400).end('{ "error": "used" }')
    const next = token.replace(/\d+/, (count) => String(Number(count) + 1))
    good.add(next)
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify({ access_token: 'a', expires_in: 3600, refresh_token: next }))
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const dir = await mkdtemp(join(tmpdir(), 'millrace-added-'))
  try {
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
    const yaml = `version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [wheels] }
streams:
  - type: DeclarativeStream
    name: wheels
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: ${url}
        path: /wheels
        authenticator:
          type: OAuthAuthenticator
          token_refresh_endpoint: ${url}/token
          client_id: c
          client_secret: s
          refresh_token: "{{ config['refresh'] }}"
          refresh_token_updater:
            refresh_token_config_path: [refresh]
            access_token_config_path: [access]
            token_expiry_date_config_path: [expiry]
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
    schema_loader: { type: InlineSchemaLoader, schema: { type: object, properties: {} } }
`
    const own = join(dir, 'el/connectors/mill')
    const written = async () => {
      await mkdir(own, { recursive: true })
      await writeFile(join(own, 'manifest.yaml'), yaml)
    }
    await written()
    const connectors = new AddedConnectors({
      project: { dir, extractLoadDir: join(dir, 'el'), stateDir: dir } as Project,
      secrets: { namedIn: async () => ({ env: {} }) } as unknown as StoredSecrets,
      openStore: async () => ({ connectionEnds: async () => ({ ends: [], joined: [] }) }),
      changed: async () => undefined,
    })
    const test = async (name: string) => {
      const config = { refresh: `${name}-0`, access: '', expiry: '2000-01-01T00:00:00Z' }
      const { streams } = await connectors.previewManifest({
        ...{ connector: 'mill', yaml, stream: 'wheels', config },
      })
      return streams[0]?.error?.message ?? streams[0]?.records.length
    }
    for (const name of ['ann', 'bob', 'ann', 'bob']) expect([name, await test(name)]).toEqual([name, 1])
    await connectors.removeConnector('mill')
    await written()
    good.add('ann-0')
    expect(await test('ann')).toBe(1)
    expect(good).toContain('ann-1')
  } finally {
    api.close()
    await rm(dir, { recursive: true })
  }
})
