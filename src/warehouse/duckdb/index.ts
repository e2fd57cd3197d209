export { duckdbErrors } from './errors.js'
export { type DuckDbWarehouseOptions, openDuckDb } from './warehouse.js'
