import type { Warehouse, WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadDialect } from './load-dialect.js'

/** What a load has to do with. */
export interface LoadConnections {
  /** The DuckDB where rows are staged, and states are for the moment. */
  readonly staging: WarehouseConnection
  readonly tables: WarehouseConnection
  readonly warehouse: Warehouse
  readonly dialect: LoadDialect
}
