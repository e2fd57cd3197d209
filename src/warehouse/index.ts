export * from './contract.js'
export { type DuckDbWarehouseOptions, duckdbErrors, openDuckDb } from './duckdb/index.js'
