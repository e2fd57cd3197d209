import type { Warehouse, WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadDialect, PutOff } from './load-dialect.js'

export interface Ends {
  /** The DuckDB where rows are staged, and states are for the moment. */
  readonly staging: WarehouseConnection
  readonly tables: WarehouseConnection
  readonly warehouse: Warehouse
  readonly dialect: LoadDialect
}

/** What a transaction will do, and what is done once it is through. What fails then is only told: the rows and their state are committed. */
export interface Putting {
  putOff(statement: PutOff): void
  afterwards(work: Later): void
  /** Done whatever becomes of it. */
  atLast(work: Later): void
}

export interface Later {
  run(): Promise<unknown>
  /** Where it does not succeed. */
  onFailure(error: Error): void
}
