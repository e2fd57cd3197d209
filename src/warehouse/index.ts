export * from './contract.js'
export { type DuckDbWarehouseOptions, duckDbDatabaseName, openDuckDb } from './duckdb/index.js'
export { warehouseErrors } from './errors.js'
export { openPostgres, type PostgresSsl, type PostgresWarehouseOptions } from './postgres/index.js'
