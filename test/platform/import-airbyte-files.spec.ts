import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { importAirbyte } from '../../src/platform/import/airbyte/import-airbyte.js'
import { importStates } from '../../src/platform/import/airbyte/import-states.js'
import type { Project } from '../../src/platform/index.js'
import { definitionsOf } from '../orchestrate/definitions.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-import-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Nothing is written, so there is nothing to put. */
const engine = {
  definitions: async () => definitionsOf({}),
  health: async () => ({ warehouse: { type: 'duckdb' } }) as never,
  putStates: async () => [],
}
const reading = (
  from: string,
  { isDryRun = true, asked = engine }: { isDryRun?: boolean; asked?: typeof engine } = {},
) =>
  importAirbyte({ dir, extractLoadDir: join(dir, 'extract_load') } as Project, asked, {
    from,
    prefer: 'native',
    withStates: true,
    isDryRun,
  })

const write = async (files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, 'files', path, '..'), { recursive: true })
    await writeFile(join(dir, 'files', path), text)
  }
  return reading(join(dir, 'files'))
}

it('octavia-cli: a folder for each thing', async () => {
  const { texts, variables } = await write({
    'sources/shop_db/configuration.yaml': `resource_name: Shop DB\ndefinition_type: source\ndefinition_id: decd338e\ndefinition_image: airbyte/source-mysql\ndefinition_version: 3.4.0\nconfiguration:\n  host: db\n  port: 3306\n  database: shop\n  username: reader\n  password: \${MYSQL_PASSWORD}\n  replication_method:\n    method: STANDARD\n`,
    'destinations/lake/configuration.yaml': `resource_name: Lake\ndefinition_type: destination\ndefinition_image: airbyte/destination-duckdb\ndefinition_version: 0.4.0\nconfiguration:\n  schema: raw\n`,
    'connections/shop/configuration.yaml': `definition_type: connection\nresource_name: Shop\nsource_configuration_path: sources/shop_db/configuration.yaml\ndestination_configuration_path: destinations/lake/configuration.yaml\nconfiguration:\n  status: active\n  namespace_definition: destination\n  namespace_format: \${SOURCE_NAMESPACE}\n  prefix: shop_\n  schedule_type: basic\n  schedule_data:\n    basic_schedule:\n      time_unit: hours\n      units: 6\n  sync_catalog:\n    streams:\n      - config: { alias_name: orders, cursor_field: [updated_at], destination_sync_mode: append_dedup, primary_key: [[id]], selected: true, sync_mode: incremental }\n        stream: { name: orders, namespace: shop, json_schema: { type: object, properties: { updated_at: { type: string } } }, supported_sync_modes: [full_refresh, incremental] }\n`,
  })
  expect(variables).toEqual(['MYSQL_PASSWORD'])
  expect(texts['extract_load/shop.yaml']).toBe(`name: shop
source:
  connector: mysql
  config:
    host: db
    port: 3306
    database: shop
    username: reader
    password: '\${MYSQL_PASSWORD}'
    replication_method:
      method: STANDARD
destination: { connector: warehouse, schema: raw, prefix: shop_ }
streams:
  orders: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id, cursor_field: updated_at }
schedule: { cron: '0 0,6,12,18 * * *', timezone: UTC }
`)
})

const terraform = `
variable "password" { sensitive = true }
variable "host" { default = "db.example.com" }
locals { prefix = "shop_" }
provider "airbyte" { server_url = var.x ? "a" : "b" }
resource "aws_s3_bucket" "other" { for_each = { for k in [1] : k => k } }
resource "airbyte_source_postgres" "shop" { # a comment
  name         = "Shop"
  workspace_id = "11111111-1111-4111-8111-111111111111"
  configuration = {
    host = var.host
    port = 5432
    database = "shop", username = "reader"
    password = var.password
    schemas  = ["public"]
    ssl_mode = { require = {} }
    replication_method = { scan_changes_with_user_defined_cursor = {} }
  }
}
resource "airbyte_destination_duckdb" "lake" {
  name = "Lake"
  configuration = jsonencode({ schema = "raw" })
}
resource "airbyte_connection" "shop" {
  name           = "\${airbyte_source_postgres.shop.name} daily"
  source_id      = airbyte_source_postgres.shop.source_id
  destination_id = airbyte_destination_duckdb.lake.destination_id
  prefix         = local.prefix
  schedule       = { schedule_type = "cron", cron_expression = "0 0 6 * * ? UTC" }
  configurations = {
    streams = [
      { name = "orders", sync_mode = "incremental_deduped_history", cursor_field = ["updated_at"], primary_key = [["id"]] },
      { name = "notes", sync_mode = "full_refresh_overwrite" },
    ]
  }
}
`
const expected = `source:
  connector: postgres
  config:
    host: db.example.com
    port: 5432
    database: shop
    schemas: [public]
    username: reader
    password: '\${PASSWORD}'
    ssl_mode:
      mode: require
    replication_method:
      method: Standard
destination: { connector: warehouse, schema: raw, prefix: shop_ }
streams:
  orders: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id, cursor_field: updated_at }
  notes: { sync_mode: full_refresh, destination_sync_mode: overwrite }
schedule: { cron: '0 6 * * *', timezone: UTC }
`
it('Terraform: resources that name each other', async () => {
  const { texts } = await write({
    'main.tf': terraform.replace('"${airbyte_source_postgres.shop.name} daily"', '"Shop daily"'),
  })
  expect(texts['extract_load/shop_daily.yaml']).toBe(`name: shop_daily\n${expected}`)
})

it.each([
  ['a condition', 'prefix         = local.prefix', 'prefix = var.host == "x" ? "a" : "b"', 28],
  ['a name that is nowhere', 'local.prefix', 'local.other', 28],
  ['several of one resource', 'prefix         = local.prefix', 'count = 2', 24],
  ['a function', 'local.prefix', 'lower("A")', 28],
  ['a text without its end', '"Lake"', '"Lake', 21],
])('Terraform: refuses %s, with file and line', async (_, from, to, line) => {
  await expect(write({ 'main.tf': terraform.replace(from, to) })).rejects.toMatchObject({
    code: 'IMPORT_FILE_UNREADABLE',
    at: { file: join(dir, 'files/main.tf'), line },
  })
})

const resource = (type: string, attributes: object) => ({
  mode: 'managed',
  type,
  name: 'shop',
  instances: [{ attributes }],
})

it('Terraform: no secret of a state stands in a file, whatever its connector calls it', async () => {
  const secrets = {
    credentials_json: '{"type": "service_account", "private_key": "in-clear"}',
    service_account_info: 'in-clear',
    ssh_key: '-----BEGIN OPENSSH PRIVATE KEY-----\nin-clear',
    connection_string: 'mongodb://me:in-clear@host',
    provider: { credentials: 'in-clear', pem: '-----BEGIN EC PRIVATE KEY-----\nin-clear' },
  }
  const { texts, variables } = await write({
    'terraform.tfstate': JSON.stringify({
      version: 4,
      resources: [
        resource('airbyte_source_bigquery', {
          name: 'Big',
          source_id: 's1',
          configuration: { project_id: 'p', ...secrets },
        }),
        resource('airbyte_destination_duckdb', {
          name: 'Lake',
          destination_id: 'd1',
          configuration: { schema: 'raw' },
        }),
        resource('airbyte_connection', {
          connection_id: 'c1',
          name: 'Big',
          source_id: 's1',
          destination_id: 'd1',
          configurations: { streams: [{ name: 'orders', sync_mode: 'full_refresh_append' }] },
        }),
      ],
    }),
  })
  expect(JSON.stringify(texts)).not.toContain('in-clear')
  expect(texts['extract_load/big.yaml']).toContain('project_id: p\n')
  expect(variables).toEqual([
    'BIG_CONNECTION_STRING',
    'BIG_CREDENTIALS_JSON',
    'BIG_PROVIDER_CREDENTIALS',
    'BIG_PROVIDER_PEM',
    'BIG_SERVICE_ACCOUNT_INFO',
    'BIG_SSH_KEY',
  ])
})

it('Terraform: the state, and JSON', async () => {
  const source = {
    name: 'Shop',
    source_id: 's1',
    configuration: { host: 'db', database: 'shop', username: 'reader', password: 'in-clear', jdbc_url_params: null },
  }
  const connection = {
    connection_id: 'c1',
    name: 'Shop',
    source_id: 's1',
    destination_id: 'd1',
    configurations: { streams: [{ name: 'orders', sync_mode: 'full_refresh_append' }] },
  }
  const destination = { name: 'Lake', destination_id: 'd1', configuration: { schema: 'raw' } }
  const { texts, variables } = await write({
    'terraform.tfstate': JSON.stringify({
      version: 4,
      resources: [
        resource('airbyte_source_postgres', source),
        resource('airbyte_destination_duckdb', destination),
        resource('airbyte_connection', connection),
      ],
    }),
  })
  expect(variables).toEqual(['SHOP_PASSWORD'])
  expect(JSON.stringify(texts)).not.toContain('in-clear')
  await rm(join(dir, 'files'), { recursive: true })
  const json = {
    resource: {
      airbyte_source_faker: { f: { name: 'F', configuration: { count: 5, seed: '${var.seed}' } } },
      airbyte_destination_duckdb: { d: { name: 'D', configuration: { schema: 'raw' } } },
      airbyte_connection: {
        c: {
          name: 'Sample',
          source_id: '${airbyte_source_faker.f.source_id}',
          destination_id: '${airbyte_destination_duckdb.d.destination_id}',
          configurations: { streams: [{ name: 'users' }] },
        },
      },
    },
    variable: { seed: { default: 7 } },
  }
  const sample = await write({ 'main.tf.json': JSON.stringify(json) })
  expect(sample.texts['extract_load/sample.yaml']).toContain('    count: 5\n    seed: 7\n')
})

it('no file is written where the states cannot be put: what runs here would take it, and read from the beginning', async () => {
  const streams = [
    { stream: { name: 'orders' }, config: { syncMode: 'incremental', destinationSyncMode: 'append', selected: true } },
  ]
  const streamState = [{ streamDescriptor: { name: 'orders' }, streamState: { page: 7 } }]
  const answers = {
    sources: [{ sourceId: 's', name: 'GitHub', sourceType: 'github', configuration: {} }],
    destinations: [{ destinationId: 'd', name: 'Lake', destinationType: 'duckdb', configuration: { schema: 'raw' } }],
    connections: ['a', 'b'].map((name) => ({
      connectionId: name,
      name,
      prefix: `${name}_`,
      sourceId: 's',
      destinationId: 'd',
      syncCatalog: { streams },
    })),
    states: ['a', 'b'].map((connectionId) => ({ connectionId, stateType: 'stream', streamState })),
  }
  await write({ 'export.json': JSON.stringify(answers) })
  const put: string[] = []
  const asked = {
    ...engine,
    putStates: async (...[name]: readonly unknown[]) => {
      put.push(String(name))
      if (name === 'b') throw new Error('the warehouse is away')
      return []
    },
  }
  const from = join(dir, 'files/export.json')
  await expect(reading(from, { isDryRun: false, asked })).rejects.toThrow('the warehouse is away')
  expect(put).toEqual(['a', 'b'])
  expect(await readdir(dir)).toEqual(['files'])
  const { files } = await reading(from, { isDryRun: false })
  expect(files.map(({ status }) => status)).toEqual(['new', 'new', 'new'])
  expect(await readdir(join(dir, 'extract_load'))).toEqual(['a.yaml', 'b.yaml', 'imported_airbyte.md'])
})

it('states alone: of a file that cannot be read is told only if it is that of the connection', async () => {
  const config = { syncMode: 'full_refresh', destinationSyncMode: 'append', selected: true }
  const connection = { connectionId: 'c', name: 'shop', sourceId: 's', destinationId: 'd' }
  const answers = {
    sources: [{ sourceId: 's', name: 'GitHub', sourceType: 'github', configuration: {} }],
    destinations: [{ destinationId: 'd', name: 'Lake', destinationType: 'duckdb', configuration: { schema: 'raw' } }],
    connections: [{ ...connection, syncCatalog: { streams: [{ stream: { name: 'a' }, config }] } }],
  }
  const from = join(dir, 'export.json')
  await writeFile(from, JSON.stringify(answers))
  const bringing = () =>
    importStates({ dir, extractLoadDir: join(dir, 'extract_load') } as Project, engine, { from, withStates: true })
  await mkdir(join(dir, 'extract_load'))
  await writeFile(join(dir, 'extract_load/workshop.yaml'), 'source: 7\n')
  await expect(bringing()).rejects.toMatchObject({ code: 'IMPORT_NOTHING_FOUND' })
  await writeFile(join(dir, 'extract_load/shop.yaml'), 'source: 7\n')
  await expect(bringing()).rejects.toMatchObject({ at: { file: expect.stringMatching(/\/shop\.yaml$/) } })
})

it('nothing of Airbyte', async () => {
  await expect(write({ 'package.json': '{"name": "x"}' })).rejects.toMatchObject({ code: 'IMPORT_NOTHING_FOUND' })
  await expect(reading(join(dir, 'missing'))).rejects.toMatchObject({ code: 'IMPORT_FILE_UNREADABLE' })
  await expect(write({ 'broken.json': '{' })).rejects.toMatchObject({ code: 'IMPORT_FILE_UNREADABLE' })
})
