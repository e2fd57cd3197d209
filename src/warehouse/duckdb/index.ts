export { duckDbCapabilities } from './capabilities.js'
export { duckDbDatabaseName } from './database-name.js'
export { openDuckDb } from './open.js'
export type { DuckDbWarehouseOptions } from './warehouse.js'
