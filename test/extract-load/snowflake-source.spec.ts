import { describe, expect, it } from 'vitest'
import { connectorOf } from '../../src/extract-load/connectors/registry.js'
import { openSnowflake, withConnection } from '../../src/warehouse/index.js'
import { makeDatabase, snowflakeOfFile } from '../support/snowflake-account.js'
import { SyncBench } from '../support/sync-bench.js'

const account = snowflakeOfFile('source')

/** A database with what SQL made, and the settings of a source that reads it. */
async function database() {
  const options = account.database()
  if (account.kind === 'account') await makeDatabase(options)
  const warehouse = await openSnowflake(options)
  const query = (sql: string) => withConnection(warehouse, (connection) => connection.query(sql))
  const { host, port, protocol, login } = options
  const config = {
    host: host === undefined ? `${options.account}.snowflakecomputing.com` : `${protocol}://${host}:${port}`,
    database: options.database,
    schema: 'SALES',
    ...(options.role ? { role: options.role } : {}),
    ...(options.computeWarehouse ? { warehouse: options.computeWarehouse } : {}),
    credentials: {
      auth_type: 'username/password',
      username: options.user,
      password: login.kind === 'password' ? login.password : '',
    },
  }
  return { query, config, close: () => warehouse.close() }
}

const asYaml = (config: object) => `{ connector: snowflake, config: ${JSON.stringify(config)} }`

const orders = `create schema sales;
  create table sales.orders (id number(9,0) not null, big number(18,0), price number(12,2), ratio float, name varchar, day date,
    at_time time, made timestamp_ntz, seen timestamp_tz, raw binary, doc variant, ok boolean);
  insert into sales.orders select 1, 9007199254740993, 12.30, 0.5, 'ü''s', '2024-02-29', '12:34:56.5', '2024-01-01 10:00:00.123456',
    '2024-01-01 10:00:00+02:00', to_binary('00ff', 'HEX'), parse_json('{"a": [1, 2]}'), true;
  insert into sales.orders (id, made) select 2, '2024-01-02 00:00:00'`

describe('from Snowflake', () => {
  it('reads tables with exact values, whole and by a cursor', async () => {
    const source = await database()
    const bench = await SyncBench.open()
    try {
      await source.query(orders)
      const sync = () =>
        bench.syncSource(asYaml(source.config), 'ORDERS', '{ sync_mode: incremental, cursor_field: MADE }')
      expect(await sync()).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
      expect(
        await bench.query(
          'select id, big, price, ratio, name, day, at_time, made, seen, hex(raw), cast(doc as varchar), ok from raw.orders order by id',
        ),
      ).toEqual([
        [
          ...[1, 9007199254740993n, '12.30', 0.5, "ü's", '2024-02-29', '12:34:56.5', '2024-01-01T10:00:00.123456'],
          ...['2024-01-01T08:00:00Z', '00FF', expect.stringMatching(/^\{\s*"a":\s*\[1,\s*2\]\s*\}$/), true],
        ],
        [2, null, null, null, null, null, null, '2024-01-02T00:00:00', null, null, null, null],
      ])
      await source.query("insert into sales.orders (id, made) select 3, '2024-01-03 00:00:00'")
      expect(await sync()).toMatchObject({ status: 'succeeded', recordsCommitted: 1, tableRows: 3 })
    } finally {
      await bench.close()
      await source.close()
    }
  })

  it('discovers what the role may read, and says what is not there', async () => {
    const source = await database()
    try {
      await source.query(orders)
      await source.query('create view sales.names as select name from sales.orders')
      const connector = connectorOf('snowflake')
      const context = { config: source.config, projectDir: '.', file: 'c.yaml' }
      const streams = await connector.discover(context)
      expect(streams.map(({ name, namespace }) => `${namespace} ${name}`)).toEqual(['SALES NAMES', 'SALES ORDERS'])
      expect(streams[1]?.cursorCandidates?.flat()).toContain('MADE')
      expect(streams[1]?.sample?.rows[0]?.slice(0, 2)).toEqual(['1', '9007199254740993'])
      expect(await connector.check(context)).toMatchObject({ status: 'succeeded' })
      const bench = await SyncBench.open()
      try {
        // As SQL without quotes finds it.
        expect(await bench.syncSource(asYaml(source.config), 'orders')).toMatchObject({
          status: 'succeeded',
          recordsCommitted: 2,
        })
        expect(await bench.syncSource(asYaml(source.config), 'ORDER')).toMatchObject({
          status: 'failed',
          error: { code: 'STREAM_NOT_FOUND', hint: expect.stringContaining('ORDERS') },
        })
      } finally {
        await bench.close()
      }
    } finally {
      await source.close()
    }
  })

  it('says what is wrong with a password', async () => {
    const source = await database()
    const credentials = { ...source.config.credentials, password: 'wrong' }
    const context = { config: { ...source.config, credentials }, projectDir: '.', file: 'c.yaml' }
    expect(await connectorOf('snowflake').check(context)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('Incorrect username or password'),
    })
    await source.close()
  })
})
