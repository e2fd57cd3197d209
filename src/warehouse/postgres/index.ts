export type { PostgresSsl, PostgresWarehouseOptions } from './connect.js'
export { openPostgres } from './open.js'
