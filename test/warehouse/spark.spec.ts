import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { warehouseContract } from '../../src/warehouse/contract.suite.js'
import {
  openSpark,
  queryReadOnly,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../src/warehouse/index.js'
import { loadSparkDriver } from '../../src/warehouse/spark/driver.js'
import { fileRead } from '../../src/warehouse/spark/file-read.js'
import { cancelElsewhere } from '../../src/warehouse/spark/thrift-session.js'
import { sparkOfFile } from '../support/spark-server.js'

const recorded = sparkOfFile('warehouse')
/** A real cluster, which is emptied. */
const cluster = process.env.MILLRACE_TEST_SPARK?.split(':')
const optionsOf = () => ({
  host: cluster?.[0] ?? recorded.host,
  port: Number(cluster?.[1] ?? recorded.port),
  authentication: 'none' as const,
})

async function openEmpty(): Promise<Warehouse> {
  const warehouse = await openSpark(optionsOf())
  const relations = await warehouse.listRelations({ schemas: ['default'] })
  const schemas = await warehouse.listSchemas()
  await withConnection(warehouse, async (connection) => {
    for (const { identifier, type } of relations) await connection.query(`drop ${type} \`default\`.\`${identifier}\``)
    for (const schema of schemas) if (schema !== 'default') await connection.query(`drop schema \`${schema}\` cascade`)
  })
  return warehouse
}

warehouseContract('spark', openEmpty, {
  series: (count) => `(select id as n from range(1, ${count + 1})) as s`,
  endless: 'select count(*) as n from range(100000000) a cross join range(100000) b where a.id * b.id % 7 = 3',
  types: {
    integer: 'int',
    bigint: 'bigint',
    decimal: 'decimal(38, 9)',
    double: 'double',
    text: 'string',
    timestamp: 'timestamp_ntz',
    timestamptz: 'timestamp',
  },
  parameter: () => '?',
  zone: {
    set: 'set spark.sql.session.timeZone = Pacific/Kiritimati',
    shown: 'select current_timezone() as zone',
  },
  hasInfiniteTimes: false,
  beforeChrist: undefined,
  temporaryTables: false,
  countsWrites: false,
  hasNotNull: false,
})

describe('Spark', () => {
  const using = async (work: (connection: WarehouseConnection, warehouse: Warehouse) => Promise<void>) => {
    const warehouse = await openSpark(optionsOf())
    try {
      await withConnection(warehouse, (connection) => work(connection, warehouse))
    } finally {
      await warehouse.close()
    }
  }

  it('answers the values of its own types exactly', () =>
    using(async (connection) => {
      const { columns, rows } = await connection.query(`select array(1, null, 3), map('a', 1.10, 'b', null),
        named_struct('day', date'2024-02-29', 'texts', array('a"b', 'c,d', '')), array(timestamp_ntz'2024-02-29 12:34:56'),
        X'00ff', interval '1' year, interval '1 02:03:04.5' day to second, cast('NaN' as double), cast(1.1 as float),
        array(9223372036854775807), cast('-0044-03-15' as date), cast(null as string)`)
      expect(rows).toEqual([
        [
          [1, null, 3],
          { a: '1.10', b: null },
          { day: '2024-02-29', texts: ['a"b', 'c,d', ''] },
          ['2024-02-29T12:34:56'],
          new Uint8Array([0, 255]),
          '1-0',
          '1 02:03:04.500000000',
          Number.NaN,
          1.1,
          [9223372036854775807n],
          '-0044-03-15',
          null,
        ],
      ])
      expect(columns.map(({ type, kind }) => [type, kind]).slice(0, 3)).toEqual([
        ['array<int>', 'list'],
        ['map<string,decimal(3,2)>', 'struct'],
        ['struct<day:date,texts:array<string>>', 'struct'],
      ])
    }))

  it('tells instants in UTC, whatever the zone of the session', () =>
    using(async (connection) => {
      const sql =
        "select timestamp'2024-07-01 10:30:00.25', array(timestamp'2024-01-01 00:00:00'), timestamp_ntz'2024-07-01 10:30:00'"
      await connection.query('set spark.sql.session.timeZone = America/New_York')
      expect((await connection.query(sql)).rows).toEqual([
        ['2024-07-01T14:30:00.25Z', ['2024-01-01T05:00:00Z'], '2024-07-01T10:30:00'],
      ])
      await connection.query('set spark.sql.session.timeZone = +05:30')
      expect((await connection.query(sql)).rows[0]?.[0]).toBe('2024-07-01T05:00:00.25Z')
    }))

  it('says the place, the class and the state of a failed statement', () =>
    using(async (connection) => {
      await expect(connection.query('select 1,\n  nothing')).rejects.toMatchObject({
        code: 'WAREHOUSE_SQL',
        message:
          '[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `nothing` cannot be resolved.  SQLSTATE: 42703',
        data: { line: 2, column: 3, sqlState: '42703', errorClass: 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION' },
      })
      await expect(connection.query('selec 1')).rejects.toMatchObject({
        data: { line: 1, column: 1, sqlState: '42601' },
      })
      await expect(connection.query("select 1 + cast('x' as int)")).rejects.toMatchObject({
        message: expect.stringContaining('[CAST_INVALID_INPUT]'),
        data: { line: 1, column: 12 },
      })
    }))

  it('sends parameters as literals that mean nothing else', () =>
    using(async (connection) => {
      const texts = ["it's", 'a\\', "\\'; drop table t; --", '${env:HOME}', 'line\nline', '`"?', '']
      const { rows } = await connection.query(`select ${texts.map(() => '?').join(', ')}, '?' as mark -- ?`, {
        params: texts,
      })
      expect(rows).toEqual([[...texts, '?']])
    }))

  it.skipIf(cluster || recorded.isRecording)('tells the columns of all relations of schemas', () =>
    using(async (_, warehouse) => {
      const relation = { database: '', schema: 's', identifier: 't', type: 'table' } as const
      warehouse.listRelations = async () => [relation]
      const at = { database: '', schema: 's', relation: 't', isNullable: true }
      expect(await warehouse.columnsOfSchemas?.({ schemas: ['s'] })).toEqual([
        { ...at, name: 'a', type: 'int' },
        { ...at, name: 'b', type: 'string' },
      ])
    }),
  )

  it('refuses to write where only reading is allowed', () =>
    using(async (connection) => {
      expect((await queryReadOnly(connection, 'with one as (select 1 as n) select * from one', {})).rows).toEqual([[1]])
      for (const sql of [
        'with one as (select 1 as n) insert into t select * from one',
        'from t insert into t select *',
        'select 1; drop table t',
        'drop table t',
        'insert into t values (1)',
        'set spark.sql.shuffle.partitions=1',
        '/* show */ drop table t',
        '-- \r drop table t -- \\\nshow tables',
        '',
      ])
        await expect(queryReadOnly(connection, sql, {})).rejects.toMatchObject({
          code: 'WAREHOUSE_SQL',
          message: expect.not.stringContaining('Not recorded'),
        })
      expect((await queryReadOnly(connection, 'show databases', {})).rows.length).toBeGreaterThan(0)
    }))

  it.skipIf(cluster || recorded.isRecording)('tells that the connection was lost, and connects anew', async () => {
    const warehouse = await openSpark(optionsOf())
    onTestFinished(() => warehouse.close())
    const connection = await warehouse.connect()
    recorded.hangUp()
    await expect(connection.query('show databases')).rejects.toMatchObject({ code: 'WAREHOUSE_CONNECTION_LOST' })
    await expect(warehouse.listSchemas()).rejects.toMatchObject({ code: 'WAREHOUSE_CONNECTION_LOST' })
    expect(await warehouse.listSchemas()).toContain('default')
    await connection.close()
  })

  it('says when nobody listens, when what listens speaks otherwise, and when nothing answers', async () => {
    const greeting = createServer((socket) => socket.end('SSH-2.0-other\r\n')).listen(0, '127.0.0.1')
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await Promise.all([greeting, silent].map((server) => new Promise((resolve) => server.once('listening', resolve))))
    onTestFinished(() => {
      greeting.close()
      silent.close()
    })
    const portOf = (server: typeof silent) => (server.address() as { port: number }).port
    const opening = (port: number, more = {}) => openSpark({ ...optionsOf(), port, ...more })
    await expect(opening(1)).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    await expect(opening(portOf(greeting))).rejects.toMatchObject({ code: 'WAREHOUSE_UNREACHABLE' })
    const waiting = { connectTimeoutMs: 100 }
    await expect(opening(portOf(silent), waiting)).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 0.1 seconds'),
    })
    const operationId = { guid: Buffer.alloc(16), secret: Buffer.alloc(16) }
    const operation = { operationId, operationType: 0, hasResultSet: false }
    const unheard = cancelElsewhere({ ...optionsOf(), port: portOf(silent), ...waiting }, operation)
    await expect(unheard).rejects.toThrow('no answer within 0.1 seconds')
    await expect(opening(portOf(silent), { ...waiting, authentication: 'plain' })).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREACHABLE',
    })
  })

  it('names the package that is missing', async () => {
    const missing = () => Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }))
    await expect(loadSparkDriver(missing)).rejects.toMatchObject({
      code: 'WAREHOUSE_DRIVER_MISSING',
      hint: 'Install it beside Millrace: npm install hive-driver@1.0.0',
    })
  })

  it.each([
    ['select * from parquet.`/data/a`', 'parquet.`/data/a`'],
    ['select * from `csv` . `secrets`', '`csv`.`secrets`'],
    ['select * from org.apache.spark.sql.json.`s3a://b/c`', 'json.`s3a://b/c`'],
    ["select reflect('java.lang.System', 'getenv', 'HOME')", 'reflect()'],
    ["select 'parquet.`/a`' from s.t -- parquet.`/a`", undefined],
    ['select csv.a from s.`my table` as csv', undefined],
  ])('sees what %s reads', (sql, found) => {
    expect(fileRead(sql)).toBe(found)
  })
})
