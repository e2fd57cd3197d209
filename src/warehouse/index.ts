export * from './contract.js'
export { type DuckDbWarehouseOptions, openDuckDb } from './duckdb/index.js'
export { warehouseErrors } from './errors.js'
export { openPostgres, type PostgresSsl, type PostgresWarehouseOptions } from './postgres/index.js'
