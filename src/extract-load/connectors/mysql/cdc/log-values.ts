import type { ColumnVector } from '../../../../warehouse/index.js'
import type { ColumnReader } from '../../../table-source/column-reader.js'
import type { MysqlColumn } from '../catalogue.js'
import { readColumn } from '../columns.js'
import { jsonText } from './json-binary.js'
import type { WireColumn } from './table-map.js'
import {
  chosenText,
  chosenTexts,
  dateParts,
  datetimeParts,
  decimalText,
  EpochReader,
  timeText,
  uuidText,
  valuesOf,
} from './value-forms.js'

/** How the values of one column lie in the log, and how they become those of a snapshot. */
export interface LogValue {
  /** Bytes of the number in front that says how long a value is; 0 = all are as long as `bytes`. */
  readonly lengthBytes: number
  readonly bytes: number
  readonly reader: ColumnReader
  put(bytes: Buffer, at: number, length: number, row: number): void
  /** SQL that makes the text of a value of its bytes (a literal): only the server can. `put` is not called then. */
  readonly ask?: ((literal: string) => string) | undefined
}

/** What is not asked for each value: the texts of the 256 bytes of a character set, by its name. */
export type ByteTables = ReadonlyMap<string, readonly Buffer[]>

const tiny = 1
const short = 2
const long = 3
const float = 4
const double = 5
const timestamp = 7
const longLong = 8
const int24 = 9
const date = 10
const time = 11
const datetime = 12
const year = 13
const newDate = 14
const varchar = 15
const bit = 16
const timestamp2 = 17
const datetime2 = 18
const time2 = 19
const vector = 242
const json = 245
const decimal = 246
const enumeration = 247
const set = 248
const blob = 252
const string = 254
const geometry = 255

const texts = new Set(['tinytext', 'text', 'mediumtext', 'longtext'])
const blobs = new Set(['tinyblob', 'blob', 'mediumblob', 'longblob'])
const geometries = new Set(
  'geometry point linestring polygon multipoint multilinestring multipolygon geomcollection geometrycollection'.split(
    ' ',
  ),
)
/** Whose bytes are UTF-8 as they are. */
const utf8 = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'ascii'])

export const isUtf8Charset = (charset: string | undefined) => charset === undefined || utf8.has(charset)

/** The number in the parentheses of a type: `varchar(20)`. */
const lengthOf = ({ columnType }: MysqlColumn) => Number(/\((\d+)/.exec(columnType)?.[1] ?? 0)

/**
 * Undefined where the log has another type than the catalogue: the table is not what it was.
 * @param tables of the character sets of one byte
 */
export function logValue(column: MysqlColumn, wire: WireColumn, tables: ByteTables): LogValue | undefined {
  const { dataType, charset } = column
  const reader = readColumn(column).reader()
  const plain = (bytes: number): LogValue => ({
    lengthBytes: 0,
    bytes,
    reader,
    put: (buffer, at, length, row) => reader.read(buffer, at, length, row),
  })
  const when = (type: number, value: () => LogValue | undefined) => (wire.type === type ? value() : undefined)
  switch (dataType) {
    case 'tinyint':
      return when(tiny, () => plain(1))
    case 'smallint':
      return when(short, () => plain(2))
    case 'mediumint':
      return when(int24, () => widened(reader, column.columnType.includes('unsigned')))
    case 'int':
      return when(long, () => plain(4))
    case 'bigint':
      return when(longLong, () => plain(8))
    case 'float':
      return when(float, () => plain(4))
    case 'double':
      return when(double, () => plain(8))
    case 'bit':
      return when(bit, () => plain((wire.meta >> 8) + ((wire.meta & 0xff) > 0 ? 1 : 0)))
    case 'year':
      return when(year, () => yearValue(reader))
    case 'decimal':
      return when(decimal, () => decimalValue(reader, wire.meta >> 8, wire.meta & 0xff))
    case 'date':
      return wire.type === date || wire.type === newDate ? dateValue(reader) : undefined
    case 'datetime':
      return wire.type === datetime || wire.type === datetime2 ? datetimeValue(reader, wire) : undefined
    case 'timestamp':
      return wire.type === timestamp || wire.type === timestamp2 ? epochValue(wire) : undefined
    case 'time':
      return wire.type === time || wire.type === time2 ? timeValue(reader, wire) : undefined
    case 'enum':
      return when(string, () => chosenValue(column, reader, wire, enumeration))
    case 'set':
      return when(string, () => chosenValue(column, reader, wire, set))
    case 'json':
      return when(json, () => textValue(reader, wire.meta, jsonText))
    case 'char':
      return when(string, () => charsetValue(reader, charset, stringLength(wire), tables))
    case 'varchar':
      return when(varchar, () => charsetValue(reader, charset, wire.meta > 255 ? 2 : 1, tables))
    case 'varbinary':
      return when(varchar, () => ({ ...plain(0), lengthBytes: wire.meta > 255 ? 2 : 1 }))
    case 'binary':
      return when(string, () => paddedValue(reader, stringLength(wire), lengthOf(column)))
    case 'vector':
      if (wire.type === varchar) return { ...plain(0), lengthBytes: wire.meta > 255 ? 2 : 1 }
      return when(vector, () => ({ ...plain(0), lengthBytes: wire.meta }))
    case 'uuid':
      return when(string, () => uuidValue(reader, stringLength(wire)))
    case 'inet4':
    case 'inet6':
      return when(string, () => addressValue(reader, stringLength(wire), dataType))
  }
  if (texts.has(dataType)) return when(blob, () => charsetValue(reader, charset, wire.meta, tables))
  if (blobs.has(dataType)) return when(blob, () => ({ ...plain(0), lengthBytes: wire.meta }))
  if (geometries.has(dataType))
    return when(geometry, () => ({ ...plain(0), lengthBytes: wire.meta, ask: (literal) => `st_astext(${literal})` }))
  return undefined
}

/** Whether the values of a column can be read from the log at all. */
export const isReadable = ({ dataType, columnType }: MysqlColumn): boolean =>
  (readableTypes.has(dataType) || texts.has(dataType) || blobs.has(dataType) || geometries.has(dataType)) &&
  // MariaDB keeps such columns packed.
  !/\bcompressed\b/.test(columnType.replace(/'[^']*'/g, ''))

const readableTypes = new Set(
  `tinyint smallint mediumint int bigint float double bit year decimal date datetime timestamp time enum set json char varchar varbinary
   binary vector uuid inet4 inet6`.split(/\s+/),
)

/** Of a `char`, `binary` and what the server keeps like them: above 255 bytes the upper bits are in the byte of the type. */
function stringLength({ meta }: WireColumn): 1 | 2 {
  const type = meta >> 8
  return ((type & 0x30) === 0x30 ? 0 : ((type & 0x30) ^ 0x30) << 4) + (meta & 0xff) > 255 ? 2 : 1
}

function widened(reader: ColumnReader, isUnsigned: boolean): LogValue {
  const scratch = Buffer.alloc(4)
  const put = (bytes: Buffer, at: number, _: number, row: number) => {
    scratch.writeInt32LE(isUnsigned ? bytes.readUIntLE(at, 3) : bytes.readIntLE(at, 3))
    reader.read(scratch, 0, 4, row)
  }
  return { lengthBytes: 0, bytes: 3, reader, put }
}

function yearValue(reader: ColumnReader): LogValue {
  const scratch = Buffer.alloc(2)
  const put = (bytes: Buffer, at: number, _: number, row: number) => {
    const since1900 = bytes[at] as number
    scratch.writeInt16LE(since1900 === 0 ? 0 : 1900 + since1900)
    reader.read(scratch, 0, 2, row)
  }
  return { lengthBytes: 0, bytes: 1, reader, put }
}

/** A value that becomes a text. */
function textValue(
  reader: ColumnReader,
  lengthBytes: number,
  textOf: (bytes: Buffer, at: number, length: number) => string,
  bytes = 0,
): LogValue {
  const put = (buffer: Buffer, at: number, length: number, row: number) => {
    const text = Buffer.from(textOf(buffer, at, length))
    reader.read(text, 0, text.length, row)
  }
  return { lengthBytes, bytes, reader, put }
}

function decimalValue(reader: ColumnReader, precision: number, scale: number): LogValue {
  const { textOf, bytes } = decimalText(precision, scale)
  return textValue(reader, 0, textOf, bytes)
}

function dateValue(reader: ColumnReader): LogValue {
  const scratch = Buffer.alloc(4)
  const put = (bytes: Buffer, at: number, _: number, row: number) =>
    reader.read(scratch, 0, dateParts(scratch, bytes.readUIntLE(at, 3)), row)
  return { lengthBytes: 0, bytes: 3, reader, put }
}

/** Digits of a second take a byte for each two. */
const fractionBytes = ({ meta }: WireColumn) => (meta + 1) >> 1

function datetimeValue(reader: ColumnReader, wire: WireColumn): LogValue {
  const scratch = Buffer.alloc(11)
  const isOld = wire.type === datetime
  const bytes = isOld ? 8 : 5 + fractionBytes(wire)
  const put = (buffer: Buffer, at: number, length: number, row: number) =>
    reader.read(scratch, 0, datetimeParts(scratch, buffer, at, isOld ? 0 : length), row)
  return { lengthBytes: 0, bytes, reader, put }
}

function epochValue(wire: WireColumn): LogValue {
  const isOld = wire.type === timestamp
  const reader = new EpochReader(isOld)
  const bytes = isOld ? 4 : 4 + fractionBytes(wire)
  return { lengthBytes: 0, bytes, reader, put: (buffer, at, length, row) => reader.read(buffer, at, length, row) }
}

function timeValue(reader: ColumnReader, wire: WireColumn): LogValue {
  const isOld = wire.type === time
  return textValue(reader, 0, timeText(isOld ? undefined : wire.meta), isOld ? 3 : 3 + fractionBytes(wire))
}

function chosenValue(column: MysqlColumn, reader: ColumnReader, wire: WireColumn, kind: number): LogValue | undefined {
  if (wire.meta >> 8 !== kind) return undefined
  const values = valuesOf(column.columnType)
  const all = kind === enumeration ? chosenTexts(values) : undefined
  const put = (bytes: Buffer, at: number, length: number, row: number) => {
    const text = all ? (all[bytes.readUIntLE(at, length)] ?? Buffer.alloc(0)) : chosenText(values, bytes, at, length)
    reader.read(text, 0, text.length, row)
  }
  return { lengthBytes: 0, bytes: wire.meta & 0xff, reader, put }
}

function charsetValue(
  reader: ColumnReader,
  charset: string | undefined,
  lengthBytes: number,
  tables: ByteTables,
): LogValue {
  const plain = (bytes: Buffer, at: number, length: number, row: number) => reader.read(bytes, at, length, row)
  if (charset === undefined || isUtf8Charset(charset)) return { lengthBytes, bytes: 0, reader, put: plain }
  const table = tables.get(charset)
  if (!table) {
    const ask = (literal: string) => {
      const text = `convert(convert(${literal} using ${charset}) using utf8mb4)`
      // Of half a character MySQL makes no text at all, MariaDB one that has no place here.
      return `if(length(${literal}) > 0 and length(${text}) = 0, x'ff', cast(${text} as binary))`
    }
    return { lengthBytes, bytes: 0, reader, put: plain, ask }
  }
  const put = (bytes: Buffer, at: number, length: number, row: number) => {
    const end = at + length
    let isAscii = true
    for (let i = at; i < end && isAscii; i++) isAscii = (bytes[i] as number) < 0x80
    if (isAscii && table[0x5c]?.[0] === 0x5c) return reader.read(bytes, at, length, row)
    const text = Buffer.concat(Array.from(bytes.subarray(at, end), (byte) => table[byte] as Buffer))
    reader.read(text, 0, text.length, row)
  }
  return { lengthBytes, bytes: 0, reader, put }
}

/** The log leaves out zeros at the end. */
function paddedValue(reader: ColumnReader, lengthBytes: number, length: number): LogValue {
  const put = (bytes: Buffer, at: number, kept: number, row: number) => {
    if (kept === length) return reader.read(bytes, at, kept, row)
    const whole = Buffer.alloc(length)
    bytes.copy(whole, 0, at, at + kept)
    reader.read(whole, 0, length, row)
  }
  return { lengthBytes, bytes: 0, reader, put }
}

function uuidValue(reader: ColumnReader, lengthBytes: number): LogValue {
  const put = (bytes: Buffer, at: number, length: number, row: number) => {
    const text = Buffer.from(uuidText(bytes, at, length))
    reader.read(text, 0, text.length, row)
  }
  return { lengthBytes, bytes: 0, reader, put }
}

function addressValue(reader: ColumnReader, lengthBytes: number, type: 'inet4' | 'inet6'): LogValue {
  const bytes = type === 'inet4' ? 4 : 16
  return {
    ...paddedValue(reader, lengthBytes, bytes),
    ask: (literal) => `cast(cast(rpad(${literal}, ${bytes}, x'00') as ${type}) as char)`,
  }
}

/** The vector of a column without a value in any row. */
export function emptyVector(rowCount: number): ColumnVector {
  return { data: new Uint8Array(rowCount * 16), validity: new Uint8Array(((rowCount + 63) >> 6) * 8) }
}
