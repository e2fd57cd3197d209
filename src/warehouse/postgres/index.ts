export { postgresCapabilities } from './capabilities.js'
export type { PostgresSsl, PostgresWarehouseOptions } from './connect.js'
export { queryError as postgresQueryError } from './errors.js'
export { connectPostgres, endPostgresSession, openPostgres } from './open.js'
