import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { Cell, ColumnKind } from '../contract.js'
import {
  DuckDBArrayValue,
  DuckDBBitValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  DuckDBUnionValue,
  listValue,
} from './driver.js'

/** What a column of this DuckDB type holds. */
export function kindOf(type: DuckDBType): ColumnKind {
  if (type.alias === 'JSON') return 'json'
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return 'boolean'
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.UHUGEINT:
    case DuckDBTypeId.BIGNUM:
      return 'integer'
    case DuckDBTypeId.DECIMAL:
      return 'decimal'
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return 'float'
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.ENUM:
    case DuckDBTypeId.BIT:
      return 'text'
    case DuckDBTypeId.DATE:
      return 'date'
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIME_TZ:
    case DuckDBTypeId.TIME_NS:
      return 'time'
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return 'timestamp'
    case DuckDBTypeId.TIMESTAMP_TZ:
      return 'timestamptz'
    case DuckDBTypeId.INTERVAL:
      return 'interval'
    case DuckDBTypeId.BLOB:
      return 'binary'
    case DuckDBTypeId.UUID:
      return 'uuid'
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return 'list'
    case DuckDBTypeId.STRUCT:
    case DuckDBTypeId.MAP:
    case DuckDBTypeId.UNION:
      return 'struct'
    default:
      return 'unknown'
  }
}

/** The same from the type's name, as the catalog prints it. */
export function kindOfName(type: string): ColumnKind {
  const name = type.toUpperCase()
  if (name.endsWith(']')) return 'list'
  if (/^(STRUCT|MAP|UNION)/.test(name)) return 'struct'
  const base = name.replace(/\(.*/, '')
  const kinds: Readonly<Record<string, ColumnKind>> = {
    BOOLEAN: 'boolean',
    DECIMAL: 'decimal',
    FLOAT: 'float',
    DOUBLE: 'float',
    VARCHAR: 'text',
    ENUM: 'text',
    BIT: 'text',
    DATE: 'date',
    TIME: 'time',
    'TIME WITH TIME ZONE': 'time',
    TIME_NS: 'time',
    TIMESTAMP: 'timestamp',
    TIMESTAMP_S: 'timestamp',
    TIMESTAMP_MS: 'timestamp',
    TIMESTAMP_NS: 'timestamp',
    'TIMESTAMP WITH TIME ZONE': 'timestamptz',
    INTERVAL: 'interval',
    BLOB: 'binary',
    UUID: 'uuid',
    JSON: 'json',
    BIGNUM: 'integer',
  }
  return kinds[base] ?? (/INT$|INTEGER$/.test(base) ? 'integer' : 'unknown')
}

/** A value as DuckDB's driver gives it, exact, in the contract's form. */
export function toCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value
  if (typeof value === 'bigint')
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
  if (value instanceof DuckDBBlobValue) return value.bytes
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toCell)
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, toCell(item)]))
  if (value instanceof DuckDBMapValue)
    return Object.fromEntries(value.entries.map(({ key, value: item }) => [keyText(key), toCell(item)]))
  if (value instanceof DuckDBUnionValue) return toCell(value.value)
  if (value instanceof DuckDBDateValue) return dateText(value)
  if (value instanceof DuckDBDecimalValue || value instanceof DuckDBTimeValue) return value.toString()
  if (value instanceof DuckDBTimestampTZValue)
    return isFiniteTime(value.micros)
      ? isoTimestamp(new DuckDBTimestampValue(value.micros).toString(), 'Z')
      : value.toString()
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
    return isoTimestamp(value.toString())
  if (value instanceof DuckDBBitValue) return value.toString()
  return String(value)
}

/** Of a map; one that is no scalar as DuckDB writes it, since two that differ must not become one. */
function keyText(key: DuckDBValue): string {
  const cell = toCell(key)
  return String(typeof cell === 'object' ? key : cell)
}

const infinityDays = 2_147_483_647
/** The driver prints infinite dates as days of a far year. */
function dateText(value: InstanceType<typeof DuckDBDateValue>): string {
  if (Math.abs(value.days) === infinityDays) return value.days > 0 ? 'infinity' : '-infinity'
  return value.toString().replace(' (BC)', ' BC')
}
const infinityMicros = 9223372036854775807n
const isFiniteTime = (micros: bigint) => micros !== infinityMicros && micros !== -infinityMicros
/** The era stands behind the time, not in it as DuckDB has it. */
const isoTimestamp = (text: string, zone = '') =>
  text.replace(/^(\S+?)(?: \((BC)\))? (\S+)$/, (_, day, era, time) => `${day}T${time}${zone}${era ? ' BC' : ''}`)

/** A cell as a query parameter. */
export function toParameter(cell: Cell): DuckDBValue {
  if (cell instanceof Uint8Array) return new DuckDBBlobValue(cell)
  if (Array.isArray(cell)) return listValue(cell.map(toParameter))
  if (cell !== null && typeof cell === 'object') return JSON.stringify(cell)
  return cell as DuckDBValue
}
