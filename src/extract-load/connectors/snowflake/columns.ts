import type { ColumnInfo } from '../../../warehouse/index.js'
import { requireValues, windowBounds } from '../../fields/row-window.js'
import {
  booleanCells,
  type CellColumnReader,
  dateCells,
  decimalCells,
  doubleCells,
  integerCells,
  textCells,
  timeCells,
  timestampCells,
} from '../../table-source/cell-reader.js'
import type { AskedColumn } from '../../table-source/wanted-rows.js'

/** How a column is asked for and read. */
export interface SnowflakeReadColumn extends AskedColumn {
  reader(): CellColumnReader
}

export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`
const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
/** Without digits Snowflake reads no zone. */
const moment = (text: string) => literal(text.replace(/([+-]\d\d)$/, '$1:00'))

export function readColumn(info: ColumnInfo): SnowflakeReadColumn {
  const { name, type } = info
  // 38 digits anywhere, from 1E-16383 on: what the values need is known when all are there.
  const isUnboundedNumber = /^decfloat/i.test(type)
  const isText = isUnboundedNumber || info.kind === 'unknown'
  const kind = ['list', 'struct'].includes(info.kind) ? 'json' : isText ? 'text' : info.kind
  const sql = quoteName(name)
  const cast = (text: string) => `cast(${text} as ${type})`
  const isNumber = isUnboundedNumber || kind === 'integer' || kind === 'decimal' || kind === 'float'
  return {
    name,
    kind,
    sql: isDocument(type) ? `st_aswkt(${sql})` : sql,
    isUnboundedNumber,
    reader: readerOf({ ...info, kind }),
    rowsFrom(value) {
      if (isNumber && !/^-?(\d+|\d*\.\d+)(?:e[+-]?\d+)?$/i.test(value)) return ''
      return `where ${sql} >= ${isNumber ? value : cast(moment(value))} or ${sql} is null`
    },
    rowsIn(window) {
      if (window.type === 'values') {
        requireValues({ name, kind })
        const text = kind === 'text' && !isUnboundedNumber ? sql : `cast(${sql} as varchar)`
        return `where ${text} in (${window.values.map(literal).join(', ')})`
      }
      const { kind: bounded, from, to } = windowBounds(window, { name, kind })
      const bound = (text: string) => (bounded === 'integer' ? text : cast(moment(text)))
      return `where ${sql} >= ${bound(from)} and ${sql} < ${bound(to)}`
    },
  }
}

const isDocument = (type: string) => /^(?:geography|geometry)/i.test(type)

function readerOf({ kind, type }: ColumnInfo): () => CellColumnReader {
  const [precision = 38, scale = 0] = (/\(([\d,\s]+)\)/.exec(type)?.[1] ?? '').split(',').filter(Boolean).map(Number)
  switch (kind) {
    case 'boolean':
      return booleanCells
    case 'integer':
      return () => integerCells(precision)
    case 'decimal':
      return () => decimalCells(precision, scale)
    case 'float':
      return doubleCells
    case 'date':
      return dateCells
    case 'time':
      return timeCells
    case 'timestamp':
      return () => timestampCells(false)
    case 'timestamptz':
      return () => timestampCells(true)
    case 'binary':
      return () => textCells('BLOB')
    case 'json':
      return () => textCells('JSON')
    default:
      return () => textCells()
  }
}
