import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDuckDb, type Warehouse, type WarehouseConnection } from '../../warehouse/index.js'
import { bringRows } from './bring-rows.js'
import { cancellable } from './cancellable.js'
import { existingRows } from './loaded-warehouse/existing-rows.js'
import { snowflakeDialect } from './snowflake/dialect.js'

let warehouse: Warehouse
let connections: WarehouseConnection[]
beforeEach(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  connections = await Promise.all([warehouse.connect(), warehouse.connect()])
})
afterEach(async () => {
  for (const connection of connections) await connection.close()
  await warehouse.close()
})
const ends = () => connections as [WarehouseConnection, WarehouseConnection]

it('brings rows of any number and length, in statements that are bounded', async () => {
  const [staging, tables] = ends()
  await staging.query('create table found (id integer, note varchar)')
  const sizes: number[] = []
  const counting: WarehouseConnection = Object.create(staging, {
    query: {
      value: (sql: string) => {
        sizes.push(sql.length)
        return staging.query(sql)
      },
    },
  })
  const long = 4 * 1024 * 1024
  const query = `select cast(i as varchar), case when i < 6 then repeat('x', ${long}) when i % 2 = 0 then 'it''s' end from range(2500) r(i) order by i`
  await bringRows(tables, query, counting, { into: 'found', values: ['cast(c0 as integer)', 'c1'] })
  const [row] = (await staging.query('select count(*), sum(id), count(note), sum(strlen(note)) from found')).rows
  expect(row?.map(Number)).toEqual([2500, 3_123_750, 1253, 6 * long + 1247 * 4])
  expect(Math.max(...sizes)).toBeLessThan(5 * long)
  expect(sizes.length).toBeGreaterThan(2)
})

it('leaves no table behind when the keys do not come', async () => {
  const [staging, tables] = ends()
  const dialect = { ...snowflakeDialect, load: () => Promise.reject(new Error('the line is cut')) }
  const id = { name: 'id', type: 'INTEGER', kind: 'integer' } as const
  const existing = existingRows(
    { staging, tables, warehouse, dialect },
    { schema: 'main', table: 't' } as never,
    async () => [id],
  )
  const asked = existing.ofKeys({ keys: [id], query: 'select 1 as id', column: 'id' })
  await expect(asked).rejects.toThrow()
  const { rows } = await staging.query("select table_name from duckdb_tables() where table_name like '_airbyte_held%'")
  expect(rows).toEqual([])
})

it('ends what is asked of a connection with what it is part of, also where nobody said so', async () => {
  const abort = new AbortController()
  abort.abort()
  const [connection] = ends()
  const own = cancellable(connection, abort.signal)
  await expect(own.query('select 1', { signal: undefined })).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(own.stream?.('select 1')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ABORTED' })
})
