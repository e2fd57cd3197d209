import { describe, expect, it } from 'vitest'
import { loadBigQueryDriver } from '../../src/warehouse/bigquery/driver.js'
import { statementCount } from '../../src/warehouse/bigquery/statements.js'
import { warehouseContract } from '../../src/warehouse/contract.suite.js'
import {
  type BigQueryLogin,
  openBigQuery,
  queryReadOnly,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../src/warehouse/index.js'
import { bigQueryOfFile } from '../support/bigquery-server.js'

const server = bigQueryOfFile('warehouse')

const words = {
  series: (count: number) => `unnest(generate_array(1, ${count})) as n`,
  endless:
    '/* endless */ select count(*) as n from unnest(generate_array(1, 1000000)) a, unnest(generate_array(1, 1000000)) b',
  types: {
    integer: 'int64',
    bigint: 'int64',
    decimal: 'numeric',
    double: 'float64',
    text: 'string',
    timestamp: 'datetime',
    timestamptz: 'timestamp',
  },
  // As many digits as the emulator has.
  exactDecimal: {
    sql: "bignumeric '1234567890123456789012345678901.12345'",
    text: '1234567890123456789012345678901.12345',
  },
  parameter: () => '?',
  zone: undefined,
  hasInfiniteTimes: false,
  beforeChrist: undefined,
  temporaryTables: server.isReal,
  strangeName: 'weird name',
}

/** The emulator has no sessions. */
const withoutSessions = (warehouse: Warehouse): Warehouse =>
  new Proxy(warehouse, {
    get(target, name) {
      if (name === 'capabilities') return { ...target.capabilities, transactions: false }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const open = async () => {
  const warehouse = await openBigQuery(await server.project())
  return server.isReal ? warehouse : withoutSessions(warehouse)
}

warehouseContract('bigquery', open, words)

describe('BigQuery', () => {
  const using = async <T>(work: (connection: WarehouseConnection, warehouse: Warehouse) => Promise<T>): Promise<T> => {
    const warehouse = await openBigQuery(await server.project())
    return withConnection(warehouse, (connection) => work(connection, warehouse))
  }

  it('answers the values of its own types exactly', () =>
    using(async (connection) => {
      const { columns, rows } = await connection.query(`select
        [1, 2] as l, struct(1 as x, 'y' as y, [date '2024-02-29'] as d) as s, from_hex('00ff') as b,
        numeric '1.25' as n, cast('nan' as float64) as f, cast('-inf' as float64) as g, json '{"a":1}' as j,
        timestamp '1969-12-31 23:59:59.000001+00' as t, time '12:34:56.5' as c, datetime '2024-01-01 00:00:00' as w,
        [struct(true as ok)] as ls`)
      expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
        'l ARRAY<INT64>',
        's STRUCT<x INT64, y STRING, d ARRAY<DATE>>',
        'b BYTES',
        'n NUMERIC',
        'f FLOAT64',
        'g FLOAT64',
        'j JSON',
        't TIMESTAMP',
        'c TIME',
        'w DATETIME',
        'ls ARRAY<STRUCT<ok BOOL>>',
      ])
      expect(rows[0]?.map((cell) => (typeof cell === 'string' ? cell.replace(/(\.\d*?)0+$/, '$1') : cell))).toEqual([
        [1, 2],
        { x: 1, y: 'y', d: ['2024-02-29'] },
        new Uint8Array([0, 255]),
        '1.25',
        NaN,
        -Infinity,
        '{"a":1}',
        '1969-12-31T23:59:59.000001Z',
        '12:34:56.5',
        '2024-01-01T00:00:00',
        [{ ok: true }],
      ])
    }))

  it('says where a statement is wrong, why, and which job it was', () =>
    using(async (connection) => {
      await expect(connection.query('selec 1')).rejects.toMatchObject({
        code: 'WAREHOUSE_SQL',
        message: 'Syntax error: Unexpected identifier "selec" at [1:7]',
        data: { line: 1, column: 7, reason: 'invalidQuery', jobId: expect.stringMatching(/^millrace_[0-9a-f]{32}$/) },
      })
      await expect(connection.query('select * from main.missing')).rejects.toMatchObject({
        data: { reason: 'notFound' },
      })
    }))

  it('tells how much was read, and by which job', () =>
    using(async (connection) => {
      const { facts, commandTag } = await connection.query('create table t as select n from unnest([1, 2]) as n')
      expect(commandTag).toBe('CREATE_TABLE_AS_SELECT')
      expect(facts).toMatchObject({ bytes_processed: 0, location: 'US', job_id: expect.stringMatching(/^millrace_/) })
    }))

  it('lets nobody write where only reading is allowed', () =>
    using(async (connection, warehouse) => {
      await connection.query('create table t as select 1 as n')
      const read = await queryReadOnly(connection, 'select n from t', {})
      expect(read.rows).toEqual([[1]])
      await expect(queryReadOnly(connection, 'delete from t where true', {})).rejects.toMatchObject({
        code: 'WAREHOUSE_SQL',
        message: expect.stringContaining('this is DELETE'),
      })
      expect((await connection.query('select count(*) from t')).rows).toEqual([[1]])
      expect(await warehouse.listSchemas()).toEqual(['main'])
    }))

  it('tells names apart that differ by case only', () =>
    using(async (connection, warehouse) => {
      await connection.query('create table `Odd` (a int64)')
      expect((await warehouse.listRelations({ schemas: ['main'] })).map(({ identifier }) => identifier)).toEqual([
        'Odd',
      ])
      expect(await warehouse.listRelations({ schemas: ['nowhere'] })).toEqual([])
      expect(await warehouse.columns({ schema: 'main', identifier: 'nothing' })).toEqual([])
    }))
})

describe('signing in to BigQuery', () => {
  it('says what is to be installed where the driver is missing', async () => {
    const load = () => Promise.reject(Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' }))
    await expect(loadBigQueryDriver(load)).rejects.toMatchObject({
      code: 'WAREHOUSE_DRIVER_MISSING',
      hint: 'Install it beside Millrace: npm install @google-cloud/bigquery@8.3.1',
    })
  })

  it('refuses what is no login with what to do', async () => {
    const open = (login: BigQueryLogin) => openBigQuery({ login, project: 'p', apiEndpoint: server.url })
    await expect(open({ kind: 'keyfile', path: '/nowhere/key.json' })).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
      hint: expect.stringContaining('keyfile'),
    })
    await expect(open({ kind: 'key', key: { client_email: 'a@b', private_key: 'nonsense' } })).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
    })
  })

  it('says that nobody answers', async () => {
    const nobody = { login: { kind: 'token', token: 'x' }, project: 'p', apiEndpoint: 'http://127.0.0.1:1' } as const
    await expect(openBigQuery(nobody)).rejects.toMatchObject({ code: 'WAREHOUSE_UNREACHABLE' })
  })
})

describe('the statements of a text', () => {
  it.each([
    ['select 1', 1],
    ['select 1; # ; a comment\n -- ; \n /* ; */', 1],
    ["select ';', \";\", `;`, ''';'; ''', r'\\'; select 2", 2],
    ['select \'it\\\'s;\'; select """a";b"""', 2],
    ['', 0],
  ])('%j', (sql, count) => expect(statementCount(sql)).toBe(count))
})
