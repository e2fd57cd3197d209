export { snowflakeDialect } from './dialect.js'
