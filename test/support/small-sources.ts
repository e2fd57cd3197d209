import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest'
import {
  openDuckDb,
  openPostgres,
  type PostgresWarehouseOptions,
  type Warehouse,
  withConnection,
} from '../../src/warehouse/index.js'
import { type StartedServer, startPostgres } from './postgres-server.js'
import { SyncBench } from './sync-bench.js'

/** A database of a test server, as its `database()` gives it. */
export type TestDatabase = PostgresWarehouseOptions & { readonly user: string; readonly password: string }

/** A row of the stream `s`: texts, whole numbers, and days as `2024-01-31`. */
export type SmallRow = Readonly<Record<string, string | number | null>>

/** A source with one stream `s`, whose columns and types are those of its rows. */
export interface SmallSource {
  /** Puts these rows in the place of what it held. @returns the source as YAML */
  holding(rows: readonly SmallRow[]): Promise<string>
}

const program = fileURLToPath(new URL('./scripted-source.mjs', import.meta.url))
const isDay = (value: unknown) => /^\d{4}-\d\d-\d\d$/.test(String(value))

/** The same rows from every kind of source: files, records of a connector, a table. */
const smallSources = {
  file: (bench) => ({
    async holding(rows) {
      const lines = rows.map((row) =>
        Object.values(row)
          .map((value) => value ?? '')
          .join(','),
      )
      await bench.write('s.csv', `${Object.keys(rows[0] ?? {}).join(',')}\n${lines.join('\n')}\n`)
      return '{ connector: file, config: { streams: [ { name: s, path: s.csv } ] } }'
    },
  }),
  airbyte: (bench) => ({
    async holding(rows) {
      const properties = Object.fromEntries(
        Object.entries(rows[0] ?? {}).map(([name, value]) => [
          name,
          typeof value === 'number'
            ? { type: 'integer' }
            : { type: 'string', ...(isDay(value) ? { format: 'date' } : {}) },
        ]),
      )
      const streams = [{ name: 's', json_schema: { type: 'object', properties } }]
      const script = rows.map((data) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } }))
      const config = JSON.stringify({ streams, script, seen: bench.path('seen') })
      return `{ connector: airbyte, config: { command: [node, '${program}'], config: ${config} } }`
    },
  }),
  postgres: (_, database) => ({
    async holding(rows) {
      const columns = Object.entries(rows[0] ?? {}).map(
        ([name, value]) => `"${name}" ${typeof value === 'number' ? 'int' : isDay(value) ? 'date' : 'text'}`,
      )
      const values = rows.map(
        (row) => `(${Object.values(row).map((value) => (value === null ? 'null' : `'${value}'`))})`,
      )
      const warehouse = await openPostgres(database)
      try {
        await withConnection(warehouse, (connection) =>
          connection.query(
            `drop table if exists s; create table s (${columns.join(', ')}); insert into s values ${values.join(', ')}`,
          ),
        )
      } finally {
        await warehouse.close()
      }
      const { host, port, user, password } = database
      return `{ connector: postgres, config: { host: ${host}, port: ${port}, database: ${database.database}, username: ${user}, password: "${password}", schemas: [public] } }`
    },
  }),
} satisfies Record<string, (bench: SyncBench, database: TestDatabase) => SmallSource>

/** What a test of the stream `s` has. */
export class SmallBench {
  bench!: SyncBench
  source!: SmallSource

  /** The loaded columns, without Airbyte's. */
  async columns(): Promise<string[]> {
    const columns = await this.bench.warehouse.columns({ schema: 'raw', identifier: 's' })
    return columns.map(({ name }) => name).filter((name) => !name.startsWith('_'))
  }
}

const { file, airbyte, postgres } = smallSources

/**
 * Tests of the stream `s` from every kind of source, and into every warehouse. Rows are staged in DuckDB whatever the destination; of what
 * reads tables or files itself, one kind is enough for what comes after that.
 */
export function describeSmallSources(tests: (kind: string, small: SmallBench) => void): void {
  let server: StartedServer
  let databases: { readonly source: TestDatabase; readonly warehouse: TestDatabase }
  beforeAll(async () => {
    server = await startPostgres()
    databases = { source: await server.database(), warehouse: await server.database() }
  }, 60_000)
  afterAll(() => server.stop())

  describe.each([
    ['DuckDB', () => openDuckDb({ path: ':memory:' }), { file, airbyte, postgres }],
    ['PostgreSQL', () => openEmptied(databases.warehouse), { airbyte, postgres }],
  ] as const)('into %s', (_, open, sources) => {
    describe.each(Object.entries(sources))('from a source of kind %s', (kind, make) => {
      const small = new SmallBench()
      beforeEach(async () => {
        small.bench = await SyncBench.open(open)
        small.source = make(small.bench, databases.source)
      })
      afterEach(() => small.bench.close())
      tests(kind, small)
    })
  })
}

/** A warehouse in which nothing was loaded: to make a database takes longer than most of the tests. */
async function openEmptied(database: TestDatabase): Promise<Warehouse> {
  const warehouse = await openPostgres(database)
  await withConnection(warehouse, (connection) => connection.query('drop schema if exists raw, _millrace cascade'))
  return warehouse
}
