import { createRequire } from 'node:module'

/**
 * DuckDB's driver. It is required, not imported: its hundred CommonJS files take three times as long as modules. Whoever
 * imports this file loads the native library (70 MB), so only what runs when a warehouse is opened does.
 */
const driver = createRequire(import.meta.url)('@duckdb/node-api') as typeof import('@duckdb/node-api')

/** What the driver is made of: the C interface, function by function. */
export const bindings = createRequire(import.meta.url)(
  '@duckdb/node-bindings',
) as typeof import('@duckdb/node-bindings')

export const {
  BLOB,
  DuckDBArrayValue,
  DuckDBBitValue,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBScalarFunction,
  DuckDBStructValue,
  DuckDBTableFunction,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  DuckDBUnionValue,
  listValue,
  StatementType,
  VARCHAR,
} = driver
