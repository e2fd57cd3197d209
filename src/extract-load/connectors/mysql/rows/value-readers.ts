import { type ValuePlaces, VectorReader } from '../../../table-source/column-reader.js'

/** Integers and floats, whose bytes already are in the machine's order. */
export class FixedReader extends VectorReader {
  readonly #bytes: number

  constructor(type: string, bytes: number) {
    super(type, bytes)
    this.#bytes = bytes
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const size = this.#bytes
    if (length !== size) {
      this.#readOther(bytes, at, length, row)
      return
    }
    const { data } = this
    let to = row * size
    for (let i = at; i < at + size; i++) data[to++] = bytes[i] as number
  }

  // Code of its own on purpose: see VectorReader.
  override readRows({ bytes, starts, lengths, first }: ValuePlaces, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.read(bytes, at, lengths[first + row] as number, row)
    }
  }

  /** Of a view MySQL's catalogue says `int` where it gives eight bytes. What has no place in the column is refused. */
  #readOther(bytes: Buffer, at: number, length: number, row: number): void {
    const { type, view } = this
    if (type === 'DOUBLE' && length === 4) view.setFloat64(row * 8, bytes.readFloatLE(at), true)
    else if (type === 'FLOAT' && length === 8) view.setFloat32(row * 4, bytes.readDoubleLE(at), true)
    else if (type === 'FLOAT' || type === 'DOUBLE' || ![1, 2, 4, 8].includes(length))
      throw new Error(`A value of ${length} bytes came for a column of ${type}.`)
    else this.#putWhole(wholeAt(bytes, at, length, type.startsWith('U')), row)
  }

  #putWhole(value: bigint, row: number): void {
    const size = this.#bytes
    const kept = this.type.startsWith('U') ? BigInt.asUintN(size * 8, value) : BigInt.asIntN(size * 8, value)
    if (kept !== value) {
      this.refuse(row)
      return
    }
    for (let i = 0; i < size; i++) this.data[row * size + i] = Number((value >> BigInt(8 * i)) & 0xffn)
  }
}

function wholeAt(bytes: Buffer, at: number, length: number, isUnsigned: boolean): bigint {
  if (length === 8) return isUnsigned ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at)
  return BigInt(isUnsigned ? bytes.readUIntLE(at, length) : bytes.readIntLE(at, length))
}

/** `bit(n)`: up to eight bytes, the highest first. */
export class BitReader extends VectorReader {
  readonly #bytes: number

  constructor(type: 'BOOLEAN' | 'UBIGINT', bytes: number) {
    super(type, bytes)
    this.#bytes = bytes
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const { data } = this
    let to = row * this.#bytes
    for (let i = at + length - 1; i >= at; i--) data[to++] = bytes[i] as number
  }
}

const daysInMonth = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Days since 1970 of two bytes for the year, one for month and day each; undefined where there is no such day: the server knows
 * 0000-00-00, days and months 0, and in some modes the 31st of February.
 */
function daysAt(bytes: Buffer, at: number): number | undefined {
  const year = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
  const month = bytes[at + 2] as number
  const day = bytes[at + 3] as number
  if (month === 0 || day === 0 || day > (daysInMonth[month] ?? 0)) return undefined
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return undefined
  // Years begin with March, so that the day that only some of them have is the last one: http://howardhinnant.github.io/date_algorithms.html
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + (yearOfEra >> 2) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** `date`. What is no day becomes NULL. */
export class DateReader extends VectorReader {
  constructor() {
    super('DATE', 4)
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const days = length === 0 ? undefined : daysAt(bytes, at)
    if (days === undefined) this.refuse(row)
    else this.view.setInt32(row * 4, days, true)
  }
}

const two32 = 4_294_967_296
/** Up to the year 2255 microseconds are whole numbers of 53 bits. */
const exactSeconds = 9_007_199_254

/** `datetime` and `timestamp`: the parts of them, of which those at the end are left out while they are zero. */
export class TimestampReader extends VectorReader {
  constructor(type: 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE') {
    super(type, 8)
  }

  // Code of its own on purpose: see VectorReader.
  override readRows({ bytes, starts, lengths, first }: ValuePlaces, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.read(bytes, at, lengths[first + row] as number, row)
    }
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const days = length === 0 ? undefined : daysAt(bytes, at)
    if (days === undefined) {
      this.refuse(row)
      return
    }
    let seconds = days * 86_400
    if (length > 4)
      seconds += (bytes[at + 4] as number) * 3600 + (bytes[at + 5] as number) * 60 + (bytes[at + 6] as number)
    const micros = length > 7 ? bytes.readUInt32LE(at + 7) : 0
    const { view } = this
    if (seconds >= exactSeconds || seconds <= -exactSeconds) {
      view.setBigInt64(row * 8, BigInt(seconds) * 1_000_000n + BigInt(micros), true)
      return
    }
    const total = seconds * 1_000_000 + micros
    view.setUint32(row * 8, total >>> 0, true)
    view.setInt32(row * 8 + 4, Math.floor(total / two32), true)
  }
}
