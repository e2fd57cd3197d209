export {
  type BigQueryLogin,
  type BigQueryWarehouseOptions,
  bigQueryCapabilities,
  bigQueryLiteral,
  bigQueryPath,
  openBigQuery,
  quoteBigQueryName,
} from './bigquery/index.js'
export {
  type ColumnAppender,
  type ColumnChunk,
  type ColumnVector,
  decimalBytes,
  rowsPerChunk,
  rowsPerGroup,
  shortTextBytes,
  textAt,
} from './column-chunk.js'
export * from './contract.js'
export { type DuckDbWarehouseOptions, duckDbCapabilities, duckDbDatabaseName, openDuckDb } from './duckdb/index.js'
export { warehouseErrors } from './errors.js'
export {
  connectPostgres,
  endPostgresSession,
  openPostgres,
  type PostgresSsl,
  type PostgresWarehouseOptions,
  postgresCapabilities,
  postgresQueryError,
} from './postgres/index.js'
export {
  foldedName,
  openSnowflake,
  type SnowflakeLogin,
  type SnowflakeWarehouseOptions,
  snowflakeCapabilities,
} from './snowflake/index.js'
export { openSpark, quoteSparkName, type SparkWarehouseOptions, sparkCapabilities } from './spark/index.js'
