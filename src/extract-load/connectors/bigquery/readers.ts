import type { Cell } from '../../../warehouse/index.js'
import { VectorReader } from '../../table-source/column-reader.js'
import { DecimalVector } from '../../table-source/decimal-vector.js'
import { TextReader } from '../../table-source/text-reader.js'

/** A column that takes cells of the warehouse, one row after the other. */
export interface CellReader {
  put(cell: NonNullable<Cell>, row: number): void
}

const unread = () => {
  throw new Error('Cells are put, not read.')
}

abstract class CellVector extends VectorReader implements CellReader {
  abstract put(cell: NonNullable<Cell>, row: number): void
  read(): void {
    unread()
  }
}

export class BooleanCells extends CellVector {
  constructor() {
    super('BOOLEAN', 1)
  }
  put(cell: NonNullable<Cell>, row: number): void {
    this.data[row] = cell === true ? 1 : 0
  }
}

export class IntegerCells extends CellVector {
  constructor() {
    super('BIGINT', 8)
  }
  put(cell: NonNullable<Cell>, row: number): void {
    this.view.setBigInt64(row * 8, BigInt(cell as number | bigint), true)
  }
}

export class FloatCells extends CellVector {
  constructor() {
    super('DOUBLE', 8)
  }
  put(cell: NonNullable<Cell>, row: number): void {
    this.view.setFloat64(row * 8, Number(cell), true)
  }
}

const msPerDay = 86_400_000

export class DateCells extends CellVector {
  constructor() {
    super('DATE', 4)
  }
  put(cell: NonNullable<Cell>, row: number): void {
    this.view.setInt32(row * 4, Date.parse(`${String(cell)}T00:00:00Z`) / msPerDay, true)
  }
}

/** `12:34:56.5` */
export class TimeCells extends CellVector {
  constructor() {
    super('TIME', 8)
  }
  put(cell: NonNullable<Cell>, row: number): void {
    this.view.setBigInt64(row * 8, microsOf(`1970-01-01T${String(cell)}`), true)
  }
}

export class TimestampCells extends CellVector {
  constructor(type: 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE') {
    super(type, 8)
  }
  put(cell: NonNullable<Cell>, row: number): void {
    this.view.setBigInt64(row * 8, microsOf(String(cell)), true)
  }
}

/** Microseconds since 1970 of ISO text in UTC. */
function microsOf(text: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(text) ?? []
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

export class DecimalCells extends DecimalVector implements CellReader {
  read(): void {
    unread()
  }
  put(cell: NonNullable<Cell>, row: number): void {
    const [whole = '', fraction = ''] = String(cell).split('.')
    // Zeros behind say nothing.
    const digits = fraction.replace(/0+$/, '')
    if (digits.length > this.scale) this.refuse(row)
    else this.putBigInt(row, BigInt(whole + digits.padEnd(this.scale, '0')))
  }
}

export class TextCells extends TextReader implements CellReader {
  put(cell: NonNullable<Cell>, row: number): void {
    const bytes = cell instanceof Uint8Array ? Buffer.from(cell) : Buffer.from(String(cell))
    this.read(bytes, 0, bytes.length, row)
  }
}
