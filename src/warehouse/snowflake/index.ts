export { snowflakeCapabilities } from './capabilities.js'
export { foldedName } from './names.js'
export { openSnowflake } from './open.js'
export type { SnowflakeLogin, SnowflakeWarehouseOptions } from './options.js'
