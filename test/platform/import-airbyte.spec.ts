import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import { type Connection, putStates, readConnections, syncConnection } from '../../src/extract-load/index.js'
import { type ImportAirbyteOptions, importAirbyte } from '../../src/platform/import/airbyte/import-airbyte.js'
import { importStates } from '../../src/platform/import/airbyte/import-states.js'
import type { Project } from '../../src/platform/index.js'
import { openDuckDb, openPostgres, type Warehouse, withConnection } from '../../src/warehouse/index.js'
import { definitionsOf } from '../orchestrate/definitions.js'
import { AirbyteStandIn, ids, secret } from '../support/airbyte-server.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

let server: StartedServer
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server.stop())

let dir: string
let warehouse: Warehouse
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-import-'))
  await mkdir(join(dir, 'extract_load'))
})
afterEach(async () => {
  await warehouse?.close()
  await rm(dir, { recursive: true, force: true })
})

const query = async (sql: string) => (await withConnection(warehouse, (connection) => connection.query(sql))).rows

const engine = () => ({
  definitions: async () => definitionsOf({}),
  health: async () => ({ warehouse: { type: warehouse.type } }) as never,
  putStates: (name: string, states: Parameters<typeof putStates>[2]) => putStates(warehouse, name, states),
})

const importing = (options: Partial<ImportAirbyteOptions> = {}) =>
  importAirbyte({ dir, extractLoadDir: join(dir, 'extract_load') } as Project, engine(), {
    from: join(dir, 'export.json'),
    prefer: 'native',
    withStates: true,
    ...options,
  })

interface Exported {
  readonly type: string
  readonly config?: object
  readonly streams: readonly object[]
  readonly state?: object
  readonly connection?: object
}

/** Answers of Airbyte's API, as people save them. */
async function exported({ type, config = {}, streams, state, connection = {} }: Exported): Promise<void> {
  const destinationId = ids.destination
  const connectionId = ids.connection(1)
  await writeFile(
    join(dir, 'export.json'),
    JSON.stringify({
      sources: {
        data: [
          { sourceId: ids.source, name: 'The shop', sourceType: type, definitionId: 'def', configuration: config },
        ],
      },
      destinations: [
        { destinationId, name: 'Warehouse', destinationType: warehouse.type, configuration: { schema: 'raw' } },
      ],
      definitions: [
        { sourceDefinitionId: 'def', name: type, dockerRepository: `airbyte/source-${type}`, dockerImageTag: '1.2.3' },
      ],
      connections: [
        {
          connectionId,
          name: 'Shop → warehouse',
          sourceId: ids.source,
          destinationId,
          status: 'active',
          prefix: 'shop_',
          namespaceDefinition: 'destination',
          scheduleType: 'cron',
          scheduleData: { cron: { cronExpression: '0 30 4 ? * MON-FRI', cronTimeZone: 'Europe/Berlin' } },
          syncCatalog: { streams },
          ...connection,
        },
      ],
      ...(state ? { states: [{ connectionId, ...state }] } : {}),
    }),
  )
}

const catalogStream = (name: string, config: object, properties: object = {}, namespace?: string) => ({
  stream: {
    name,
    ...(namespace ? { namespace } : {}),
    jsonSchema: { type: 'object', properties },
    supportedSyncModes: ['full_refresh', 'incremental'],
  },
  config: { syncMode: 'incremental', destinationSyncMode: 'append', selected: true, generationId: 3, ...config },
})
const streamState = (name: string, state: object, namespace?: string) => ({
  stateType: 'stream',
  streamState: [{ streamDescriptor: { name, ...(namespace ? { namespace } : {}) }, streamState: state }],
})

/** A table as Airbyte's destinations leave it. */
async function airbyteTable(name: string, columns: string, rows: readonly string[]): Promise<void> {
  await query('create schema if not exists raw')
  const json = warehouse.type === 'postgres' ? 'jsonb' : 'json'
  await query(
    `create table raw.${name} (_airbyte_raw_id varchar not null, _airbyte_extracted_at timestamp with time zone not null, _airbyte_meta ${json} not null, _airbyte_generation_id bigint, ${columns})`,
  )
  for (const [i, row] of rows.entries())
    await query(
      `insert into raw.${name} values ('old-${i}', '2026-01-01T00:00:00Z', '{"changes": [], "sync_id": 9}', 3, ${row})`,
    )
}

/** Syncs what was imported. @param change of the file before: another program in the place of an image */
async function sync(change: (yaml: string) => string = (yaml) => yaml, env: Readonly<Record<string, string>> = {}) {
  const path = join(dir, 'extract_load/shop_warehouse.yaml')
  await writeFile(path, change(await readFile(path, 'utf8')))
  const { connections, problems } = await readConnections(dir, join(dir, 'extract_load'), { env })
  if (problems[0]) throw problems[0]
  const result = await syncConnection({
    connection: connections[0] as Connection,
    projectDir: dir,
    warehouse,
    onEvent: () => {},
  })
  return result.streams
}
const counter =
  (counts: object, more: object = {}) =>
  (yaml: string) =>
    yaml.replace(
      /source:[\s\S]*?(?=destination:)/,
      `source:\n  connector: airbyte\n  config: { command: [node, '${program}'], config: ${JSON.stringify({ streams: [{ name: 'orders', json_schema: { type: 'object', properties: { id: { type: 'integer' }, v: { type: 'string' } } }, supported_sync_modes: ['full_refresh', 'incremental'] }], counts, ...more })} }\n`,
    )

describe.each([
  ['DuckDB', () => openDuckDb({ path: ':memory:' })],
  ['PostgreSQL', async () => openPostgres(await server.database())],
] as const)('the tables of Airbyte in %s', (_, open) => {
  beforeEach(async () => {
    warehouse = await open()
  })

  it("are gone on with by Airbyte's own connector and its own state", async () => {
    await airbyteTable('shop_orders', 'id bigint, v varchar', ["0, 'v0'", "1, 'v1'", "2, 'v2'"])
    await exported({
      type: 'counter',
      streams: [catalogStream('orders', {})],
      state: streamState('orders', { next: 3 }),
    })
    const { connections } = await importing()
    expect(connections[0]).toMatchObject({
      source: 'airbyte/source-counter:1.2.3',
      states: [{ stream: 'orders', status: 'put' }],
    })
    const [result] = await sync(counter({ stream: 'orders', until: 5, every: 1 }))
    expect(result).toMatchObject({ status: 'succeeded', recordsRead: 2 })
    expect(await query('select id, v, _airbyte_generation_id from raw.shop_orders order by id')).toEqual(
      [0, 1, 2, 3, 4].map((id) => [expect.anything(), `v${id}`, expect.anything()]),
    )
    const [old] = await query(
      "select count(*) from raw.shop_orders where _airbyte_raw_id like 'old-%' and _airbyte_generation_id = 3",
    )
    expect(Number(old?.[0])).toBe(3)
  })

  it.each([
    ['append', ['a', 'b', 'c', 'b, again', 'd'], 2],
    ['append_dedup', ['a', 'b, again', 'c', 'd'], 1],
  ])('are gone on with by our connector from the same value of the cursor, by %s', async (mode, values, old) => {
    const source = await openPostgres(await server.database())
    const { host, port, user, password, database } = await databaseOf(source)
    const row = (id: number, v: string, at: string) => `${id}, '${v}', ${id}.5, '${at}', '2026-01-01 00:00:00+00'`
    const [first, second] = [row(1, 'a', '2026-01-01'), row(2, 'b', '2026-01-02 10:00:00.5')]
    // One that comes late with the same value, one that changed, and a new one.
    const rows = [
      first,
      row(3, 'c', '2026-01-02 10:00:00.5'),
      row(2, 'b, again', '2026-01-03'),
      row(4, 'd', '2026-01-04'),
    ]
    const all = mode === 'append' ? [...rows, second] : rows
    const columns = 'id int, v text, price numeric(8, 2), updated_at timestamp, seen_at timestamptz'
    const values_ = all.map((one) => `(${one})`).join(', ')
    await withConnection(source, (connection) =>
      connection.query(`create table orders (${columns}); insert into orders values ${values_}`),
    )
    await source.close()
    const typed = 'id bigint, v varchar, price decimal(38, 9), updated_at timestamp, seen_at timestamptz'
    await airbyteTable('shop_orders', typed, [first, second])
    const time = { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' }
    const config = {
      host,
      port,
      database,
      username: user,
      password: '**********',
      schemas: ['public'],
      jdbc_url_params: '',
      ssl_mode: { mode: 'disable' },
      replication_method: { method: 'Standard' },
    }
    const state = {
      state_type: 'cursor_based',
      version: 2,
      stream_name: 'orders',
      stream_namespace: 'public',
      cursor_field: ['updated_at'],
      cursor: '2026-01-02T10:00:00.500000',
      cursor_record_count: 1,
    }
    const how = {
      destinationSyncMode: mode,
      cursorField: ['updated_at'],
      ...(mode === 'append' ? {} : { primaryKey: [['id']] }),
    }
    await exported({
      type: 'postgres',
      config,
      streams: [catalogStream('orders', how, { updated_at: time }, 'public')],
      state: streamState('orders', state, 'public'),
    })
    const found = await importing()
    expect(found.variables).toEqual(['SHOP_WAREHOUSE_PASSWORD'])
    expect(found.tasks.map(({ text }) => text).join('\n')).toContain(
      '`jdbc_url_params` of the source The shop has no equal',
    )
    const [result] = await sync(undefined, { SHOP_WAREHOUSE_PASSWORD: String(password) })
    expect(result).toMatchObject({ status: 'succeeded' })
    const loaded = await query('select v from raw.shop_orders order by id, updated_at')
    expect(loaded.map(([v]) => v).sort()).toEqual([...values].sort())
    const kept = await query("select count(*) from raw.shop_orders where _airbyte_raw_id like 'old-%'")
    expect(Number(kept[0]?.[0])).toBe(old)
  })
})

/** How the database of an open warehouse is reached. */
async function databaseOf(source: Warehouse) {
  const { rows } = await withConnection(source, (connection) => connection.query('select current_database()'))
  return { ...(await server.database()), database: String(rows[0]?.[0]) }
}

describe('an import', () => {
  beforeEach(async () => {
    warehouse = await openDuckDb({ path: ':memory:' })
  })
  const states = () =>
    query('select stream, state, mode is null, generation_id, sync_id from _millrace.stream_state order by 1')

  it('takes a state of all streams to the last digit, and gives it to the connector', async () => {
    await airbyteTable('shop_orders', 'id bigint, v varchar', ["0, 'v0'"])
    const global = {
      sharedState: { lsn: 'BIG' },
      streamStates: [{ streamDescriptor: { name: 'orders' }, streamState: { at: 1 } }],
    }
    await exported({
      type: 'counter',
      streams: [catalogStream('orders', {})],
      state: { stateType: 'global', globalState: global },
    })
    const path = join(dir, 'export.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"BIG"', '12345678901234567890'))
    await importing()
    const state =
      '{"type":"GLOBAL","global":{"shared_state":{"lsn":12345678901234567890},"stream_states":[{"stream_descriptor":{"name":"orders"},"stream_state":{"at":1}}]}}'
    expect(await states()).toEqual(
      [
        ['', state, true, 0n, 0n],
        ['orders', null, false, 3n, 0n],
      ].map((row) => row.map((cell) => (typeof cell === 'bigint' ? expect.anything() : cell))),
    )
    const seen = join(dir, 'seen')
    const complete = {
      raw: {
        type: 'TRACE',
        trace: {
          type: 'STREAM_STATUS',
          emitted_at: 1,
          stream_status: { stream_descriptor: { name: 'orders' }, status: 'COMPLETE' },
        },
      },
    }
    const [result] = await sync(counter(undefined as never, { script: [complete], seen }))
    expect(result).toMatchObject({ status: 'succeeded' })
    const read = (await readFile(seen, 'utf8')).split('\n').find((line) => line.includes('"read"')) ?? ''
    expect((JSON.parse(read) as { state: string }).state).toBe(`[${state}]`)
  })

  it('says the same when it comes again, brings a newer state, and never sets back what was synced here', async () => {
    await airbyteTable('shop_orders', 'id bigint, v varchar', ["0, 'v0'"])
    const withState = (next: number) =>
      exported({ type: 'counter', streams: [catalogStream('orders', {})], state: streamState('orders', { next }) })
    const again = async () => {
      const { connections, files } = await importing()
      return [connections[0]?.states[0]?.status, ...files.map(({ status }) => status)]
    }
    await withState(1)
    expect(await again()).toEqual(['put', 'new', 'new'])
    expect(await again()).toEqual(['unchanged', 'unchanged', 'unchanged'])
    await withState(2)
    expect(await again()).toEqual(['put', 'unchanged', 'unchanged'])
    await sync(counter({ stream: 'orders', until: 4, every: 1 }))
    await expect(importing()).rejects.toMatchObject({ code: 'IMPORT_FILE_EXISTS' })
    const { connections } = await importing({ force: true })
    expect(connections[0]?.states[0]?.status).toBe('kept')
    expect((await states())[0]?.[1]).toContain('"next":4')
  })

  it('brings only the states of now, as the file is that somebody changed', async () => {
    await airbyteTable('shop_orders', 'id bigint, v varchar', ["0, 'v0'"])
    const withState = (next: number, connection: object) =>
      exported({
        type: 'counter',
        streams: [catalogStream('orders', {})],
        state: streamState('orders', { next }),
        connection,
      })
    await withState(1, {})
    await importing()
    const path = join(dir, 'extract_load/shop_warehouse.yaml')
    const changed = (await readFile(path, 'utf8')).replace('MON-FRI', '*')
    await writeFile(path, changed)
    // Switched off there: as a file it would have no schedule now.
    await withState(2, { status: 'inactive' })
    const project = { dir, extractLoadDir: join(dir, 'extract_load') } as Project
    const from = join(dir, 'export.json')
    const [found] = await importStates(project, engine(), { from, withStates: true })
    expect(found?.states).toEqual([{ stream: 'orders', status: 'put' }])
    expect((await states())[0]?.[1]).toContain('"next":2')
    expect(await readFile(path, 'utf8')).toBe(changed)
    await rm(path)
    await expect(importStates(project, engine(), { from, withStates: true })).rejects.toMatchObject({
      code: 'IMPORT_NOTHING_FOUND',
    })
  })

  it('writes nothing where it is only tried', async () => {
    await exported({
      type: 'counter',
      streams: [catalogStream('orders', {})],
      state: streamState('orders', { next: 1 }),
    })
    const { texts } = await importing({ isDryRun: true })
    expect(texts['extract_load/shop_warehouse.yaml']).toBe(`name: shop_warehouse
source:
  connector: airbyte
  config:
    image: airbyte/source-counter:1.2.3
destination: { connector: warehouse, schema: raw, prefix: shop_ }
streams:
  orders: { sync_mode: incremental, destination_sync_mode: append }
schedule: { cron: '30 4 * * MON-FRI', timezone: Europe/Berlin }
`)
    await expect(readFile(join(dir, 'extract_load/shop_warehouse.yaml'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await query("select count(*) from information_schema.tables where table_schema = '_millrace'")).toEqual([
      [expect.anything()],
    ])
  })

  it('refuses a place in a log that our connector cannot go on from, before it writes anything', async () => {
    const config = {
      host: 'db',
      database: 'shop',
      username: 'reader',
      replication_method: { method: 'CDC', replication_slot: 'airbyte', publication: 'airbyte' },
    }
    await exported({
      type: 'postgres',
      config,
      streams: [catalogStream('orders', { destinationSyncMode: 'append_dedup', primaryKey: [['id']] }, {}, 'public')],
      state: { stateType: 'global', globalState: { sharedState: {}, streamStates: [] } },
    })
    await expect(importing()).rejects.toMatchObject({
      code: 'IMPORT_STATE_UNKNOWN',
      hint: expect.stringContaining('--without-state'),
    })
    const { connections } = await importing({ withStates: false, isDryRun: true })
    expect(connections[0]).toMatchObject({ source: 'postgres', hasStates: false })
    const image = await importing({ prefer: 'image' })
    expect(image.connections[0]?.source).toBe('airbyte/source-postgres:1.2.3')
  })

  it('takes modes, keys, fields, mappers, namespaces and policies along', async () => {
    await exported({
      type: 'counter',
      connection: {
        namespaceDefinition: 'customformat',
        namespaceFormat: 'lake_${SOURCE_NAMESPACE}',
        status: 'inactive',
        nonBreakingChangesPreference: 'disable',
      },
      streams: [
        catalogStream(
          'users',
          {
            destinationSyncMode: 'append_dedup',
            cursorField: ['at'],
            primaryKey: [['id'], ['day']],
            fieldSelectionEnabled: true,
            selectedFields: [
              { fieldPath: ['id'] },
              { fieldPath: ['day'] },
              { fieldPath: ['at'] },
              { fieldPath: ['email'] },
              { fieldPath: ['iban'] },
              { fieldPath: ['country'] },
            ],
            mappers: [
              {
                type: 'hashing',
                mapperConfiguration: { targetField: 'email', method: 'MD5', fieldNameSuffix: '_hashed' },
              },
              { type: 'encryption', mapperConfiguration: { algorithm: 'AES', targetField: 'iban', key: '**********' } },
              {
                type: 'row-filtering',
                mapperConfiguration: {
                  conditions: {
                    type: 'NOT',
                    conditions: [{ type: 'EQUAL', fieldName: 'country', comparisonValue: 'XX' }],
                  },
                },
              },
            ],
          },
          {},
          'crm',
        ),
        catalogStream(
          'users',
          { syncMode: 'full_refresh', destinationSyncMode: 'overwrite', includeFiles: true },
          {},
          'shop',
        ),
        catalogStream(
          'secret',
          { mappers: [{ type: 'row-filtering', mapperConfiguration: { conditions: { type: 'LIKE' } } }] },
          {},
          'shop',
        ),
        catalogStream('unselected', { selected: false }),
      ],
    })
    const { texts, tasks } = await importing({ isDryRun: true })
    expect(texts['extract_load/shop_warehouse.yaml']).toContain(`streams:
  crm.users:
    sync_mode: incremental
    destination_sync_mode: append_dedup
    primary_key: [id, day]
    cursor_field: at
    fields: [id, day, at, email, iban, country]
    mappers:
      - { type: hashing, field: email, method: MD5 }
      - { type: field-renaming, field: email, to: email_hashed }
      - { type: row-filtering, where: { not: { field: country, equal: XX } } }
      - { type: field-filtering, field: iban }
    table: shop_users
  shop.users: { sync_mode: full_refresh, destination_sync_mode: overwrite, schema: lake_shop, table: shop_users }
schema_changes: pause
`)
    const told = tasks.map(({ text }) => text).join('\n')
    expect(told).toContain('`secret` is left out')
    expect(told).toContain('`iban` is not loaded')
    expect(told).toContain('`shop.users` is loaded without the files that its records are about')
    expect(told).toContain('it is inactive in Airbyte, so it has no schedule here')
  })

  it('asks a running server, and puts variables where it masks secrets', async () => {
    const airbyte = await AirbyteStandIn.start()
    try {
      airbyte.destination = { type: 'duckdb', configuration: { schema: 'raw' } }
      const { connectionId } = airbyte.add({
        name: 'Orders',
        schedule: { scheduleType: 'basic', basicTiming: 'Every 24 HOURS' },
        prefix: 'shop_',
        streams: [{ name: 'orders' }],
      })
      const source = {
        sourceId: ids.source,
        name: 'Shop',
        sourceType: 'github',
        definitionId: ids.source,
        workspaceId: ids.workspace,
        configuration: { repository: 'a/b', credentials: { personal_access_token: '**********' } },
      }
      const definition = { name: 'GitHub', dockerRepository: 'airbyte/source-github', dockerImageTag: '2.1.10' }
      airbyte.intercept = (call) => {
        if (call.includes('/sources/')) return { body: source }
        if (call.includes('/destinations/'))
          return {
            body: {
              ...source,
              destinationId: ids.destination,
              destinationType: 'duckdb',
              configuration: { schema: 'raw' },
            },
          }
        return call.endsWith('_definitions/get') ? { body: definition } : undefined
      }
      const credentials = { type: 'application', clientId: 'app', clientSecret: secret } as const
      const found = await importing({ server: { name: 'airbyte', url: airbyte.url, credentials, clock: systemClock } })
      expect(found.variables).toEqual(['ORDERS_CREDENTIALS_PERSONAL_ACCESS_TOKEN'])
      const yaml = found.texts['extract_load/orders.yaml']
      expect(yaml).toContain('image: airbyte/source-github:2.1.10')
      expect(yaml).toContain("personal_access_token: '${ORDERS_CREDENTIALS_PERSONAL_ACCESS_TOKEN}'")
      expect(yaml).toContain("cron: '0 0 * * *'")
      expect(found.connections[0]?.states).toEqual([{ stream: 'orders', status: 'put' }])
      expect(
        airbyte.calls.every((call) => call.startsWith('GET') || call.includes('/get') || call.endsWith('/token')),
      ).toBe(true)
      await expect(
        importing({
          server: { name: 'airbyte', url: airbyte.url, credentials, clock: systemClock },
          connections: ['Order'],
        }),
      ).rejects.toMatchObject({ code: 'IMPORT_NOTHING_FOUND', hint: expect.stringContaining('Orders') })
      expect(connectionId).toBe(ids.connection(1))
    } finally {
      await airbyte.stop()
    }
  })
})
