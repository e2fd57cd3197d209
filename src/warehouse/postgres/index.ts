export type { PostgresSsl, PostgresWarehouseOptions } from './connect.js'
export { openPostgres } from './warehouse.js'
