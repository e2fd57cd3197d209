import { describe, expect, it } from 'vitest'
import { warehouseContract } from '../../src/warehouse/contract.suite.js'
import { openSnowflake, queryReadOnly, withConnection } from '../../src/warehouse/index.js'
import { makeDatabase, snowflakeOfFile } from '../support/snowflake-account.js'

const account = snowflakeOfFile('warehouse')

async function open() {
  const options = account.database()
  if (account.kind === 'account') await makeDatabase(options)
  return openSnowflake(options)
}

warehouseContract('snowflake', open, {
  series: (count) =>
    account.kind === 'account'
      ? `(select row_number() over (order by seq8()) as n from table(generator(rowcount => ${count})))`
      : `(select row_number() over (order by value) as n from table(flatten(input => array_generate_range(1, ${count + 1}))))`,
  endless:
    account.kind === 'account'
      ? 'select count(*) as n from table(generator(rowcount => 100000000)) a, table(generator(rowcount => 1000000)) b'
      : 'select count(*) as n from table(flatten(input => array_generate_range(1, 1000000))) a, table(flatten(input => array_generate_range(1, 1000000))) b, table(flatten(input => array_generate_range(1, 1000000))) c',
  types: {
    integer: 'integer',
    bigint: 'bigint',
    decimal: 'number(38, 9)',
    double: 'double',
    text: 'varchar',
    timestamp: 'timestamp_ntz',
    timestamptz: 'timestamp_tz',
  },
  parameter: () => '?',
  zone: undefined,
  hasInfiniteTimes: false,
  beforeChrist: undefined,
  hasInfiniteFloats: false,
  temporaryTables: true,
})

describe('a Snowflake account', () => {
  it('refuses a wrong password in words that say what to do', async () => {
    const options = { ...account.database(), login: { kind: 'password', password: 'wrong' } as const }
    await expect(openSnowflake(options)).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
      message: expect.stringContaining('Incorrect username or password'),
    })
  })
  it('says of a failed statement what Snowflake says, and where', async () => {
    const warehouse = await open()
    try {
      await withConnection(warehouse, async (connection) => {
        await expect(connection.query('select * from nowhere')).rejects.toMatchObject({
          code: 'WAREHOUSE_SQL',
          data: { snowflakeCode: '002003', sqlState: '42S02' },
        })
      })
    } finally {
      await warehouse.close()
    }
  })
  it('lets nobody write who only reads', async () => {
    const warehouse = await open()
    try {
      await withConnection(warehouse, async (connection) => {
        const reading = (sql: string) => queryReadOnly(connection, sql, {})
        expect((await reading('/* a */ with a as (select 1 as n) select n from a')).rows).toEqual([[1]])
        await connection.query('create table t (a integer)')
        for (const sql of [
          'insert into t values (1)',
          'select 1; drop table t',
          'call p()',
          'select 1 ->> drop table t',
          'begin drop table t; end',
        ])
          await expect(reading(sql)).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
        await connection.query('insert into t values (2)')
        expect((await connection.query('select a from t')).rows).toEqual([[2]])
      })
    } finally {
      await warehouse.close()
    }
  })

  it('gives times with all their digits, bytes, and semi-structured values as JSON', async () => {
    const warehouse = await open()
    try {
      await withConnection(warehouse, async (connection) => {
        const { rows, columns } = await connection.query(`select cast('12:34:56.123456' as time) as t,
          to_binary('00ff', 'HEX') as b, parse_json('{"a": [1, 2.5]}') as v, parse_json('[1, 2]') as l,
          cast(1.50 as number(10, 2)) as d, '' as e`)
        expect(columns.map(({ kind }) => kind)).toEqual(['time', 'binary', 'json', 'json', 'decimal', 'text'])
        expect(rows[0]?.slice(0, 2)).toEqual(['12:34:56.123456', new Uint8Array([0, 255])])
        expect(JSON.parse(String(rows[0]?.[2]))).toEqual({ a: [1, 2.5] })
        expect(JSON.parse(String(rows[0]?.[3]))).toEqual([1, 2])
        expect(rows[0]?.slice(4)).toEqual(['1.50', ''])
      })
    } finally {
      await warehouse.close()
    }
  })
})
