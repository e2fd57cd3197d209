import type { Warehouse, WarehouseConnection } from '../../warehouse/index.js'

/** The warehouse with connections that cannot write: every statement is a transaction of its own that only reads. */
export function readingWarehouse(warehouse: Warehouse): Pick<Warehouse, 'connect'> {
  return {
    connect: async (options) => {
      const connection = await warehouse.connect(options)
      return {
        query: async (sql, query) => {
          await connection.query('begin transaction read only')
          try {
            // A second statement could end the transaction.
            return await connection.query(sql, { ...query, isSingle: true })
          } finally {
            await connection.rollback()
          }
        },
        begin: async () => {},
        commit: async () => {},
        rollback: async () => {},
        close: () => connection.close(),
      } satisfies WarehouseConnection
    },
  }
}
