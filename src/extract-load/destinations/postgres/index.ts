import { quoteIdentifier } from '../../../sql/index.js'
import { inTransaction, type Warehouse, type WarehouseConnection, withConnection } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import { countRows, countValues } from '../../sync/counts.js'
import { quoteRelation } from '../../sync/load-request.js'
import { prepareSchemas } from '../../sync/state-table.js'
import type { Destination, DestinationSession } from '../destination.js'
import { openStaging } from '../staging.js'
import { publish } from './publish.js'
import { duckDbColumn } from './types.js'

/** PostgreSQL takes what a DuckDB of the sync's own has staged, by COPY. */
export async function postgresDestination(warehouse: Warehouse): Promise<Destination> {
  const own = await openStaging()
  const staging = own.warehouse
  return {
    staging,
    async prepare(schema) {
      await prepareSchemas(warehouse, schema)
      await withConnection(staging, (connection) =>
        connection.query(`create schema if not exists ${quoteIdentifier(schema)}`),
      )
    },
    async connect(options) {
      const tables = await warehouse.connect(options)
      try {
        return session(warehouse, await staging.connect(options), tables)
      } catch (error) {
        await tables.close()
        throw error
      }
    },
    close: () => own.close(),
  }
}

function session(warehouse: Warehouse, staging: WarehouseConnection, tables: WarehouseConnection): DestinationSession {
  const mostNameBytes = warehouse.capabilities.maxIdentifierBytes
  const relationOf = ({ schema, table }: ConnectionStream) => quoteRelation(warehouse, schema, table)
  return {
    keepsStaging: false,
    staging,
    tables,
    transaction: (work) => inTransaction(staging, () => inTransaction(tables, work)),
    async columns({ schema, table }) {
      return (await warehouse.columns({ schema, identifier: table })).map(duckDbColumn)
    },
    countRows: (stream) => countRows(tables, relationOf(stream)),
    held: (stream) => ({
      hasValues: async (name) => (await countValues(tables, relationOf(stream), [{ name }])).some((count) => count > 0),
      // They are left out when the rows are published, where both are values of PostgreSQL's.
      at: async () => undefined,
    }),
    publish: (request, table) => publish({ staging, tables, mostNameBytes }, request, table),
    async close() {
      await staging.close()
      await tables.close()
    },
  }
}
