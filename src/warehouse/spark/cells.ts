import type { Cell } from '../contract.js'
import type { Int64, ThriftColumn } from './driver.js'
import { nestedCell } from './nested-text.js'
import { scalarCell } from './scalar-cell.js'
import type { SparkType } from './types.js'

/** The values of one column of a piece of a result. @param zone of the session, in which timestamps are written */
export function columnCells(column: ThriftColumn, type: SparkType, zone: string): Cell[] {
  const list = Object.values(column).find((one) => one !== null)
  if (!list) return []
  const nulls = typeof list.nulls === 'string' ? Buffer.from(list.nulls, 'latin1') : list.nulls
  return list.values.map((value, row) => (((nulls[row >> 3] ?? 0) >> (row & 7)) & 1 ? null : toCell(value, type, zone)))
}

function toCell(value: unknown, type: SparkType, zone: string): Cell {
  if (typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'string')
    return type.element || type.fields ? nestedCell(value, type, zone) : scalarCell(value, type.kind, zone)
  if (value instanceof Uint8Array) return new Uint8Array(value)
  return int64(value as Int64)
}

function int64({ buffer, offset }: Int64): number | bigint {
  const value = Buffer.from(buffer).readBigInt64BE(offset)
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
