import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import { putStates, readConnections, syncConnection } from '../../src/extract-load/index.js'
import { type ImportAirbyteOptions, importAirbyte } from '../../src/platform/import/airbyte/import-airbyte.js'
import { importStates } from '../../src/platform/import/airbyte/import-states.js'
import type { Project } from '../../src/platform/index.js'
import { openDuckDb, type Warehouse, withConnection } from '../../src/warehouse/index.js'
import { definitionsOf } from '../orchestrate/definitions.js'
import { AirbyteStandIn, ids, secret } from '../support/airbyte-server.js'

let dir: string
let warehouse: Warehouse
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-import-'))
  await mkdir(join(dir, 'extract_load'))
  warehouse = await openDuckDb({ path: ':memory:' })
})
afterEach(async () => {
  await warehouse.close()
  await rm(dir, { recursive: true })
})

const engine = () => ({
  definitions: async () => definitionsOf({}),
  health: async () => ({ warehouse: { type: 'duckdb' } }) as never,
  putStates: (name: string, states: Parameters<typeof putStates>[2]) => putStates(warehouse, name, states),
})
const project = () => ({ dir, extractLoadDir: join(dir, 'extract_load') }) as Project
const importing = (options: Partial<ImportAirbyteOptions> = {}) =>
  importAirbyte(project(), engine(), { from: join(dir, 'files'), prefer: 'native', withStates: true, ...options })
const read = (path: string) => readFile(join(dir, 'extract_load', path), 'utf8')
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), text)
}

/** Orders that changed since the cursor. */
const manifest = (extractor = 'DpathExtractor') => ({
  version: '6.0.0',
  type: 'DeclarativeSource',
  check: { type: 'CheckStream', stream_names: ['orders'] },
  streams: [
    {
      type: 'DeclarativeStream',
      name: 'orders',
      primary_key: 'id',
      retriever: {
        type: 'SimpleRetriever',
        requester: { type: 'HttpRequester', url_base: "{{ config['url'] }}", path: '/orders' },
        record_selector: {
          type: 'RecordSelector',
          extractor: { type: extractor, field_path: [], ...(extractor.startsWith('Custom') && { class_name: 'a.B' }) },
        },
      },
      incremental_sync: {
        type: 'DatetimeBasedCursor',
        cursor_field: 'at',
        datetime_format: '%Y-%m-%d',
        start_datetime: '2020-01-01',
        start_time_option: { type: 'RequestOption', inject_into: 'request_parameter', field_name: 'since' },
      },
      schema_loader: {
        type: 'InlineSchemaLoader',
        schema: { type: 'object', properties: { id: { type: 'integer' }, at: { type: 'string' } } },
      },
    },
  ],
  spec: {
    type: 'Spec',
    connection_specification: {
      type: 'object',
      properties: { url: { type: 'string' }, pin: { type: 'string', airbyte_secret: true } },
    },
  },
})

const runner = { name: 'Our Orders', dockerRepository: 'airbyte/source-declarative-manifest', dockerImageTag: '6.60.0' }

/** Answers of Airbyte's API: each source with a connection of its own. */
const exported = (sources: Readonly<Record<string, object>>, definitions: readonly object[]) =>
  JSON.stringify({
    definitions,
    sources: Object.entries(sources).map(([sourceId, source]) => ({
      sourceId,
      name: sourceId,
      configuration: {},
      ...source,
    })),
    destinations: [{ destinationId: 'd', name: 'D', destinationType: 'duckdb', configuration: { schema: 'raw' } }],
    connections: Object.keys(sources).map((id) => ({
      connectionId: id,
      name: id,
      prefix: `${id}_`,
      sourceId: id,
      destinationId: 'd',
      configurations: { streams: [{ name: 'orders', syncMode: 'full_refresh_overwrite' }] },
    })),
  })

it('a manifest of the builder comes along from a server, and goes on from its state', async () => {
  const asked: string[] = []
  const api = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://api').searchParams.get('since') ?? '')
    response.setHeader('content-type', 'application/json').end('[{"id": 1, "at": "2026-02-01"}]')
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const airbyte = await AirbyteStandIn.start()
  try {
    airbyte.destination = { type: 'duckdb', configuration: { schema: 'raw' } }
    airbyte.declarative.push({ id: ids.source, name: 'Our Orders', manifest: manifest(), version: 3 })
    airbyte.sourceDefinition = runner
    airbyte.source = 'our-orders'
    airbyte.sourceConfiguration = { url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, pin: '**********' }
    airbyte.streamState = { at: '2026-01-05' }
    airbyte.add({ name: 'Orders', streams: [{ name: 'orders' }] })
    // As Airbyte's destination leaves it.
    await withConnection(warehouse, async (one) => {
      await one.query('create schema raw')
      await one.query(
        'create table raw.orders (_airbyte_raw_id varchar not null, _airbyte_extracted_at timestamptz not null, _airbyte_meta json not null, _airbyte_generation_id bigint, id bigint, "at" varchar)',
      )
    })
    const credentials = { type: 'application', clientId: 'app', clientSecret: secret } as const
    const server = { name: 'airbyte', url: airbyte.url, credentials, clock: systemClock }
    const dry = await importing({ server, isDryRun: true })
    expect(dry.files.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'extract_load/connectors/our-orders/manifest.yaml new',
      'extract_load/connectors/our-orders/origin.yaml new',
      'extract_load/orders.yaml new',
      'extract_load/imported_airbyte.md new',
    ])
    await expect(read('orders.yaml')).rejects.toThrow('ENOENT')
    const found = await importing({ server })
    expect(found.connections[0]).toMatchObject({ source: 'our-orders', states: [{ stream: 'orders', status: 'put' }] })
    expect(found.variables).toEqual(['ORDERS_PIN'])
    expect(await read('connectors/our-orders/manifest.yaml')).toContain('url_base: "{{ config[\'url\'] }}"')
    const origin = await read('connectors/our-orders/origin.yaml')
    expect(origin).toContain(
      `from: "Airbyte at ${airbyte.url}, definition ${ids.source}"\nkind: text\ntitle: "Our Orders"\n`,
    )
    expect(found.tasks.map(({ text }) => text).join()).toContain('allows_private_addresses: true')
    expect((await importing({ server })).files.map(({ status }) => status)).toEqual(Array(4).fill('unchanged'))

    const path = join(dir, 'extract_load/orders.yaml')
    await writeFile(
      path,
      (await read('orders.yaml')).replace('  config:\n', '  config:\n    allows_private_addresses: true\n'),
    )
    const sync = async () => {
      const { connections, problems } = await readConnections(dir, join(dir, 'extract_load'), {
        env: process.env,
      })
      expect(problems).toEqual([])
      const [connection] = connections
      if (!connection) throw new Error('no connection')
      return (await syncConnection({ connection, projectDir: dir, warehouse, onEvent: () => {} })).streams
    }
    // Also by a file that somebody changed.
    airbyte.streamState = { at: '2026-01-07' }
    vi.stubEnv('ORDERS_PIN', 'p')
    expect((await importStates(project(), engine(), { server, withStates: true }))[0]?.states).toHaveLength(1)
    expect(await sync()).toMatchObject([{ status: 'succeeded', recordsRead: 1 }])
    expect(asked).toEqual(['2026-01-07'])
    const { rows } = await withConnection(warehouse, (one) => one.query('select id, "at" from raw.orders'))
    expect(rows.map(([id, at]) => [Number(id), String(at)])).toEqual([[1, '2026-02-01']])
  } finally {
    vi.unstubAllEnvs()
    await airbyte.stop()
    api.close()
  }
})

it('an export: by its manifest, by the name of a connector of the project, and by what to type', async () => {
  await write('extract_load/connectors/pokeapi/manifest.yaml', JSON.stringify(manifest()))
  const image = (name: string, more: object = {}) => ({
    sourceDefinitionId: name,
    name,
    dockerRepository: `airbyte/source-${name}`,
    dockerImageTag: '1.2.3',
    ...more,
  })
  const sources = {
    told: { definitionId: 'builder', configuration: { url: 'https://a.example', pin: 'in-clear' } },
    given: {
      sourceType: 'x',
      configuration: { url: 'https://b.example', __injected_declarative_manifest: manifest() },
    },
    untold: { definitionId: 'lost' },
    known: { definitionId: 'pokeapi' },
    catalog: { definitionId: 'rick' },
    java: { definitionId: 'mongo' },
    python: { definitionId: 'custom' },
  }
  const definitions = [
    { id: 'builder', name: 'File', manifest: manifest(), version: 1 },
    { id: 'custom', name: 'Custom', manifest: manifest('CustomRecordExtractor'), version: 1 },
    { sourceDefinitionId: 'lost', ...runner },
    image('pokeapi'),
    image('rick', { language: 'manifest-only' }),
    image('mongo', { language: 'java' }),
  ]
  await write('files/export.json', exported(sources, definitions))
  const { connections, tasks, texts } = await importing()
  expect(Object.fromEntries(connections.map(({ name, source }) => [name, source]))).toEqual({
    // Millrace has a connector `file`.
    told: 'airbyte-file',
    given: 'given',
    untold: 'airbyte/source-declarative-manifest:6.60.0',
    known: 'pokeapi',
    catalog: 'airbyte/source-rick:1.2.3',
    java: 'airbyte/source-mongo:1.2.3',
  })
  expect(JSON.stringify(texts)).not.toContain('in-clear')
  expect(texts['extract_load/told.yaml']).toContain("pin: '${TOLD_PIN}'")
  expect(texts['extract_load/given.yaml']).not.toContain('__injected')
  const told = (name: string) =>
    tasks
      .filter(({ text }) => text.startsWith(`\`${name}\``))
      .map(({ text }) => text)
      .join('\n')
  expect(told('untold')).toContain('`millrace connectors add ./our-orders.yaml --name our-orders`')
  expect(told('catalog')).toContain('connectors add airbyte:source-rick@1.2.3 --name rick`')
  expect(told('java')).not.toContain('millrace connectors add')
  expect(tasks.find(({ section }) => section === 'Left out')?.text).toMatch(/^`python`: .*CustomRecordExtractor/s)
  // Code that stands for its Python makes it one that can be read.
  await write('extract_load/connectors/custom/components.ts', 'export const B = () => ({})\n')
  expect((await importing({ force: true })).connections.map(({ name }) => name)).toContain('python')
})

it('what was changed in the project stays, and is told', async () => {
  const definitions = [{ id: 'builder', name: 'Shop', manifest: manifest(), version: 1 }]
  await write('files/export.json', exported({ a: { definitionId: 'builder' } }, definitions))
  await importing()
  const path = 'extract_load/connectors/shop/manifest.yaml'
  await write(path, `${await read('connectors/shop/manifest.yaml')}# mine\n`)
  const again = await importing({ force: true })
  expect(await read('connectors/shop/manifest.yaml')).toContain('# mine')
  expect(again.tasks.map(({ text }) => text).join()).toContain('`shop`, which was changed in this project')
  // Another one of the same name has another folder.
  const others = [...definitions, { id: 'other', name: 'Shop', manifest: manifest(), version: 1 }]
  await write('files/export.json', exported({ b: { definitionId: 'other' } }, others))
  expect((await importing({ force: true })).connections[0]?.source).toBe('shop-2')
})

it('Terraform: manifests, definitions of images, and connectors that are described', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('hex')
  await write('files/manifest.yaml', JSON.stringify(manifest()))
  await write(
    'files/main.tf',
    `
resource "airbyte_declarative_source_definition" "orders" {
  name         = "Orders"
  workspace_id = "w"
  manifest     = jsonencode(yamldecode(file("\${path.module}/manifest.yaml")))
}
resource "airbyte_source_definition" "own" {
  name              = "Own"
  docker_repository = "acme/source-own"
  docker_image_tag  = "7"
}
data "airbyte_connector_configuration" "github" {
  connector_name        = "source-github"
  connector_version     = "2.0.0"
  configuration         = { repositories = ["a/b"], credentials = { option_title = "PAT" } }
  configuration_secrets = { credentials = { personal_access_token = "in-clear" } }
}
resource "airbyte_source_custom" "a" {
  name          = "A"
  definition_id = airbyte_declarative_source_definition.orders.id
  configuration = jsonencode({ url = "https://a.example" })
}
resource "airbyte_source" "b" {
  name          = "B"
  definition_id = airbyte_source_definition.own.id
  configuration = jsonencode({ x = 1 })
}
resource "airbyte_source" "c" {
  name          = "C"
  definition_id = data.airbyte_connector_configuration.github.definition_id
  configuration = data.airbyte_connector_configuration.github.configuration_json
}
resource "airbyte_destination_duckdb" "d" {
  name          = "D"
  configuration = { schema = "raw" }
}
${['airbyte_source_custom.a', 'airbyte_source.b', 'airbyte_source.c']
  .map(
    (source) => `resource "airbyte_connection" "${source.at(-1)}" {
  name           = "${source.at(-1)}"
  source_id      = ${source}.source_id
  destination_id = airbyte_destination_duckdb.d.destination_id
  prefix         = "${source.at(-1)}_"
  configurations = { streams = [{ name = "orders", mappers = [{
    type = "encryption"
    mapper_configuration = { encryption = { rsa = {
      algorithm = "RSA", public_key = "${key}", target_field = "id", field_name_suffix = "_e"
    } } }
  }] }] }
}`,
  )
  .join('\n')}
`,
  )
  const { connections, texts } = await importing()
  expect(connections.map(({ source }) => source)).toEqual([
    'orders',
    'acme/source-own:7',
    'airbyte/source-github:2.0.0',
  ])
  expect(texts['extract_load/a.yaml']).toContain('algorithm: RSA')
  expect(texts['extract_load/a.yaml']).toContain('to: id_e')
  expect(texts['extract_load/c.yaml']).toContain("personal_access_token: '${C_CREDENTIALS_PERSONAL_ACCESS_TOKEN}'")
  expect(await read('connectors/orders/origin.yaml')).toContain('Terraform of an Airbyte, definition orders')
})
