import { expect, it } from 'vitest'
import { openDuckDb, withConnection } from '../../warehouse/index.js'
import { warehouseColumns } from './table-columns.js'

it('tells the columns of a warehouse however it writes the names of what it answers', async () => {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    await withConnection(warehouse, (connection) =>
      connection.query('create schema raw; create table raw.orders (id integer not null, note varchar)'),
    )
    const capitals: typeof warehouse.connect = async (options) => {
      const connection = await warehouse.connect(options)
      const query: typeof connection.query = async (sql) => {
        const result = await connection.query(sql)
        return { ...result, columns: result.columns.map((one) => ({ ...one, name: one.name.toUpperCase() })) }
      }
      return { ...connection, query, close: () => connection.close() }
    }
    const asSnowflake = Object.create(warehouse, { connect: { value: capitals } }) as typeof warehouse
    expect([...(await warehouseColumns(asSnowflake))]).toEqual([
      [
        '["raw","orders"]',
        [
          { name: 'id', type: 'INTEGER', isNullable: false },
          { name: 'note', type: 'VARCHAR', isNullable: true },
        ],
      ],
    ])
  } finally {
    await warehouse.close()
  }
})
