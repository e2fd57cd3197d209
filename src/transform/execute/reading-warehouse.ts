import { inReadOnlyTransaction, type Warehouse, type WarehouseConnection } from '../../warehouse/index.js'

/** The warehouse with connections that cannot write: every statement is a transaction of its own that only reads. */
export function readingWarehouse(warehouse: Warehouse): Pick<Warehouse, 'connect'> {
  return {
    connect: async (options) => {
      const connection = await warehouse.connect(options)
      return {
        // A second statement could end the transaction.
        query: (sql, query) =>
          inReadOnlyTransaction(connection, () => connection.query(sql, { ...query, isSingle: true })),
        begin: async () => {},
        commit: async () => {},
        rollback: async () => {},
        close: () => connection.close(),
      } satisfies WarehouseConnection
    },
  }
}
