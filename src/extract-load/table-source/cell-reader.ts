import { type Cell, decimalBytes } from '../../warehouse/index.js'
import { VectorReader } from './column-reader.js'
import { TextReader } from './text-reader.js'

/** Turns values that a warehouse answers, as its contract has them, into the vectors of a column. */
export interface CellReader {
  cell(value: Cell, row: number): void
}

/** Values of one width. */
class FixedCells extends VectorReader implements CellReader {
  readonly #width: number
  readonly #write: (view: DataView, at: number, value: Exclude<Cell, null>) => boolean

  /** @param write answers whether the value has a place in the type */
  constructor(type: string, width: number, write: (view: DataView, at: number, value: Exclude<Cell, null>) => boolean) {
    super(type, width)
    this.#width = width
    this.#write = write
  }

  cell(value: Cell, row: number): void {
    if (value === null) this.skip(row)
    else if (!this.#write(this.view, row * this.#width, value)) this.refuse(row)
  }

  read(): void {
    throw new Error('This column is read cell by cell.')
  }
}

/** Texts, and whatever else is bytes. */
class TextCells extends TextReader implements CellReader {
  cell(value: Cell, row: number): void {
    if (value === null) {
      this.skip(row)
      return
    }
    const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))
    this.read(bytes, 0, bytes.length, row)
  }
}

export type CellColumnReader = FixedCells | TextCells

export const textCells = (type = 'VARCHAR'): CellColumnReader => new TextCells(type)

export const booleanCells = (): CellColumnReader =>
  new FixedCells('BOOLEAN', 1, (view, at, value) => {
    view.setUint8(at, value === true ? 1 : 0)
    return true
  })

export const doubleCells = (): CellColumnReader =>
  new FixedCells('DOUBLE', 8, (view, at, value) => {
    view.setFloat64(at, Number(value), true)
    return true
  })

const fits = (value: bigint, bits: bigint) => value >= -(1n << (bits - 1n)) && value < 1n << (bits - 1n)

function writeInteger(view: DataView, at: number, value: bigint, bytes: number): boolean {
  if (!fits(value, BigInt(bytes * 8))) return false
  if (bytes === 2) view.setInt16(at, Number(value), true)
  else if (bytes === 4) view.setInt32(at, Number(value), true)
  else {
    view.setBigUint64(at, BigInt.asUintN(64, value), true)
    if (bytes === 16) view.setBigInt64(at + 8, value >> 64n, true)
  }
  return true
}

/** @param digits how many a value has at most */
export const integerCells = (digits: number): CellColumnReader => {
  const [type, bytes] =
    digits <= 9 ? (['INTEGER', 4] as const) : digits <= 18 ? (['BIGINT', 8] as const) : (['HUGEINT', 16] as const)
  return new FixedCells(type, bytes, (view, at, value) => writeInteger(view, at, BigInt(value as number), bytes))
}

/** @param precision at most 38 */
export const decimalCells = (precision: number, scale: number): CellColumnReader => {
  const bytes = decimalBytes(precision)
  return new FixedCells(`DECIMAL(${precision},${scale})`, bytes, (view, at, value) => {
    const [, sign, whole = '', part = ''] = /^(-?)(?=\.?\d)(\d*)(?:\.(\d*?)0*)?$/.exec(String(value)) ?? []
    if (sign === undefined || part.length > scale) return false
    const digits = BigInt(`${whole}${part.padEnd(scale, '0')}`)
    if (digits >= 10n ** BigInt(precision)) return false
    return writeInteger(view, at, sign === '-' ? -digits : digits, bytes)
  })
}

const dayMs = 86_400_000

export const dateCells = (): CellColumnReader =>
  new FixedCells('DATE', 4, (view, at, value) => {
    const ms = Date.parse(`${isoYear(String(value))}T00:00:00Z`)
    if (Number.isNaN(ms)) return false
    view.setInt32(at, ms / dayMs, true)
    return true
  })

/** Of nanoseconds the microseconds are kept. */
export const timestampCells = (hasZone: boolean): CellColumnReader =>
  new FixedCells(hasZone ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP', 8, (view, at, value) => {
    const [, seconds = '', part = ''] = /^(.*?T\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/.exec(String(value)) ?? []
    const ms = Date.parse(`${isoYear(seconds)}Z`)
    if (Number.isNaN(ms)) return false
    view.setBigInt64(at, BigInt(ms) * 1000n + BigInt(part.padEnd(6, '0').slice(0, 6)), true)
    return true
  })

export const timeCells = (): CellColumnReader =>
  new FixedCells('TIME', 8, (view, at, value) => {
    const [, hours, minutes, seconds, part = ''] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(String(value)) ?? []
    if (hours === undefined) return false
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
    view.setBigInt64(at, BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0').slice(0, 6)), true)
    return true
  })

/** JavaScript reads years of more than four digits with a sign before six. */
const isoYear = (text: string) => text.replace(/^(\d{5,6})-/, (_, year: string) => `+${year.padStart(6, '0')}-`)
