import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb, type Warehouse, type WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadRequest } from '../../sync/load/load-request.js'
import { metaColumns, type TableColumn } from '../../sync/rows/table-shape.js'
import type { StagingTable } from '../../sync/stage/staging-table.js'
import { snowflakeDialect } from '../snowflake/dialect.js'
import type { Ends } from './ends.js'
import type { LoadDialect, PutOff } from './load-dialect.js'
import { publish } from './publish.js'

const quote = (name: string) => `"${name}"`

/** DuckDB as a warehouse that is loaded by files. */
const dialect: LoadDialect = {
  ...snowflakeDialect,
  quote,
  storedName: (name) => name,
  nameOf: (name) => name,
  typeOf: ({ type }) => type,
  converted: (sql, _, { type }) => `cast(${sql} as ${type})`,
  incomingWord: '',
  tableWords: { before: '', behind: '' },
  file: { name: 'rows.parquet', options: 'format parquet', value: (sql) => sql },
  load: async (connection, { path, schema, table }) => {
    await connection.query(`insert into ${quote(schema)}.${quote(table)} select * from read_parquet('${path}')`)
  },
  kindOfTable: async () => '',
  rebuilt: (relation, selected) =>
    `create or replace table ${relation} as select ${selected.map(({ name, sql }) => `${sql} as ${name}`).join(', ')} from ${relation}`,
}

let warehouse: Warehouse
let tables: WarehouseConnection
let putOff: PutOff[]
let later: (() => Promise<unknown>)[]
const column = (name: string, type: string, kind: TableColumn['kind']): TableColumn => ({ name, type, kind })
const meta = metaColumns.map(({ name, type }) => `null::${type} as ${name}`).join(', ')

beforeEach(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  tables = await warehouse.connect()
  await tables.query(`create schema raw; create table raw.t as select 'one' as v, 7 as gone, 1 as n, ${meta};
    create table staged as select 5 as v, 'x' as n, date '2024-02-29' as d, ${meta}`)
  putOff = []
  later = []
})
afterEach(async () => {
  await tables.close()
  await warehouse.close()
})

const replace = (own: LoadDialect) => {
  const request = {
    warehouse,
    stream: { schema: 'raw', table: 't' },
    replacesTable: true,
    previous: { syncId: 1 },
    table: [
      column('v', 'VARCHAR', 'text'),
      column('gone', 'INTEGER', 'integer'),
      column('n', 'INTEGER', 'integer'),
      ...metaColumns,
    ],
  }
  const staged = {
    relation: 'staged',
    rows: 1,
    columns: [column('v', 'INTEGER', 'integer'), column('n', 'VARCHAR', 'text'), column('d', 'DATE', 'date')],
  }
  const ends: Ends = { staging: tables, tables, warehouse, dialect: own }
  return publish(ends, request as unknown as LoadRequest, staged as unknown as StagingTable, {
    putOff: (statement) => void putOff.push(statement),
    afterwards: (work) => void later.push(work),
    atLast: (work) => void later.push(work),
  })
}
const values = async (names: string) => (await tables.query(`select ${names} from raw.t`)).rows

describe('a table that is replaced by other types', () => {
  it('has its values where the rows do not come', async () => {
    const load = () => Promise.reject(new Error('the line is cut'))
    await expect(replace({ ...dialect, load })).rejects.toThrow('the line is cut')
    expect(await values('v, gone, n')).toEqual([['one', 7, 1]])
    const sql = "select table_name from information_schema.tables where table_name like '_airbyte_in_%'"
    expect((await tables.query(sql)).rows).toEqual([])
  })

  it('has them until the rows are committed, and the new types afterwards', async () => {
    await replace(dialect)
    expect(await values('v, gone, n')).toEqual([['one', 7, '1']])
    await dialect.commit(tables, putOff, undefined)
    for (const work of later) await work()
    expect(await values('v, n, d')).toEqual([[5, 'x', '2024-02-29']])
    const columns = await warehouse.columns({ schema: 'raw', identifier: 't' })
    expect(columns.map(({ name, type }) => `${name} ${type}`).filter((one) => !one.startsWith('_'))).toEqual([
      'v INTEGER',
      'n VARCHAR',
      'd DATE',
    ])
    expect(columns.length).toBe(3 + metaColumns.length)
  })
})
