import { inTransaction, type Warehouse, type WarehouseConnection, withConnection } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import { emptyTable } from '../../loading/merge/empty-table.js'
import { clearTruncated } from '../../loading/merge/replaced-rows.js'
import { quoteRelation } from '../../loading/request/load-request.js'
import { countRows } from '../../loading/rows/counts.js'
import { createSchemas, prepareSchemas } from '../../loading/state/state-table.js'
import { cancellable } from '../cancellable.js'
import type { Destination, DestinationSession } from '../destination.js'
import { openStaging } from '../staging.js'
import { directCopy } from './direct-copy.js'
import { existingRows } from './existing-rows.js'
import { publish } from './publish.js'
import { duckDbColumn } from './types.js'

/** PostgreSQL takes what a DuckDB of the sync's own has staged, by COPY. */
export async function postgresDestination(warehouse: Warehouse): Promise<Destination> {
  const own = await openStaging()
  const staging = own.warehouse
  return {
    staging,
    maxNameBytes: warehouse.capabilities.maxIdentifierBytes,
    async prepare(schemas) {
      await prepareSchemas(warehouse, schemas)
      await withConnection(staging, (connection) => connection.query(createSchemas(schemas)))
    },
    async connect(options) {
      const tables = await warehouse.connect(options)
      try {
        return session(warehouse, await staging.connect(options), tables, options.signal)
      } catch (error) {
        await tables.close()
        throw error
      }
    },
    close: () => own.close(),
  }
}

function session(
  warehouse: Warehouse,
  staging: WarehouseConnection,
  tables: WarehouseConnection,
  signal: AbortSignal | undefined,
): DestinationSession {
  const own = { staging: cancellable(staging, signal), tables: cancellable(tables, signal) }
  const relationOf = ({ schema, table }: ConnectionStream) => quoteRelation(warehouse, schema, table)
  const columnsOf = async ({ schema, table }: ConnectionStream) =>
    (await warehouse.columns({ schema, identifier: table })).map(duckDbColumn)
  return {
    keepsStaging: false,
    staging,
    tables,
    transaction: (work) => inTransaction(staging, () => inTransaction(tables, work)),
    columns: columnsOf,
    countRows: (stream) => countRows(tables, relationOf(stream)),
    existing: (stream) => existingRows({ staging, tables }, relationOf(stream), () => columnsOf(stream)),
    publish: (request, table) => publish(own, request, table),
    directCopy: directCopy(own.tables),
    clearTruncated: (request) => clearTruncated(own.tables, request),
    empty: (request) => emptyTable(own.tables, request),
    async close() {
      await staging.close()
      await tables.close()
    },
  }
}
