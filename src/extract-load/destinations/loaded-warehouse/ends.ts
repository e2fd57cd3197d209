import type { Warehouse, WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadDialect, PutOff } from './load-dialect.js'

export interface Ends {
  /** The DuckDB where rows are staged, and states are for the moment. */
  readonly staging: WarehouseConnection
  readonly tables: WarehouseConnection
  readonly warehouse: Warehouse
  readonly dialect: LoadDialect
}

/** What a transaction will do, and what is done once it is through. */
export interface Putting {
  putOff(statement: PutOff): void
  afterwards(work: () => Promise<unknown>): void
  /** Done whatever becomes of it. */
  atLast(work: () => Promise<unknown>): void
}
