import type { DuckDBDecimalType, DuckDBType } from '@duckdb/node-api'
import { type ColumnChunk, decimalBytes, rowsPerChunk } from '../column-chunk.js'
import { DuckDBTypeId } from './driver.js'

/** DuckDB copies what it is given without a look at where it ends: a vector of another length would be written over somebody else's memory. */
export function checkChunk({ rowCount, columns }: ColumnChunk, types: readonly DuckDBType[]): void {
  if (columns.length !== types.length)
    throw new Error(`The chunk has ${columns.length} columns, the table ${types.length}.`)
  if (rowCount > rowsPerChunk) throw new Error(`The chunk has ${rowCount} rows, of ${rowsPerChunk} at most.`)
  for (const [i, { data, validity }] of columns.entries()) {
    const type = types[i] as DuckDBType
    if (data.byteLength !== rowCount * bytesOf(type))
      throw new Error(`${rowCount} values of ${type} do not take ${data.byteLength} bytes.`)
    if (validity && validity.byteLength < Math.ceil(rowCount / 64) * 8)
      throw new Error(`${validity.byteLength} bytes do not tell which of ${rowCount} rows have a value.`)
  }
}

/** Of one value in a vector: https://duckdb.org/docs/current/clients/c/vector */
function bytesOf(type: DuckDBType): number {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.UTINYINT:
      return 1
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.USMALLINT:
      return 2
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DATE:
      return 4
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return 8
    case DuckDBTypeId.UUID:
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.BLOB:
      return 16
    case DuckDBTypeId.DECIMAL:
      return decimalBytes((type as DuckDBDecimalType).width)
    default:
      throw new Error(`Values of ${type} do not come as columns.`)
  }
}
