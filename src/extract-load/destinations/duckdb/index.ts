import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import { inTransaction, type Warehouse, type WarehouseConnection } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import { emptyTable } from '../../loading/merge/empty-table.js'
import { clearTruncated } from '../../loading/merge/replaced-rows.js'
import { type ExistingRows, quoteRelation } from '../../loading/request/load-request.js'
import { countRows, hasValues } from '../../loading/rows/counts.js'
import { prepareSchemas } from '../../loading/state/state-table.js'
import { cancellable } from '../cancellable.js'
import type { Destination, DestinationSession } from '../destination.js'
import { publish } from './publish.js'

/** DuckDB stages rows beside their table, and makes one of the other by a mere rename. */
export async function duckDbDestination(warehouse: Warehouse): Promise<Destination> {
  return {
    staging: warehouse,
    maxNameBytes: warehouse.capabilities.maxIdentifierBytes,
    prepare: (schemas) => prepareSchemas(warehouse, schemas),
    connect: async (options) => session(warehouse, await warehouse.connect(options), options.signal),
    close: async () => {},
  }
}

function session(
  warehouse: Warehouse,
  connection: WarehouseConnection,
  signal: AbortSignal | undefined,
): DestinationSession {
  const own = cancellable(connection, signal)
  const relationOf = ({ schema, table }: ConnectionStream) => quoteRelation(warehouse, schema, table)
  return {
    keepsStaging: true,
    staging: connection,
    tables: connection,
    transaction: (work) => inTransaction(connection, work),
    columns: ({ schema, table }) => warehouse.columns({ schema, identifier: table }),
    countRows: (stream) => countRows(connection, relationOf(stream)),
    existing: (stream) => existingRows(connection, relationOf(stream)),
    publish: (request, staging) => publish(own, request, staging),
    clearTruncated: (request) => clearTruncated(own, request),
    empty: (request) => emptyTable(own, request),
    close: () => connection.close(),
  }
}

const existingRows = (connection: WarehouseConnection, relation: string): ExistingRows => ({
  hasValues: (name) => hasValues(connection, relation, name),
  async at(column, value) {
    const name = quoteIdentifier(column)
    // The bare literal takes the column's own type, so the comparison stays exact.
    return `(select * from ${relation} where ${name} = ${quoteLiteral(value)} or ${name} is null)`
  },
  ofKeys: async () => ({ relation, drop: async () => {} }),
})
