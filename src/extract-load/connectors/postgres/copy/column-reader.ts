import { type ValuePlaces, VectorReader } from '../../../table-source/column-reader.js'
import { DecimalVector } from '../../../table-source/decimal-vector.js'
import { int32At } from './int32-at.js'

/** Integers and floats of 1, 2, 4 or 8 bytes, which only have their bytes in the other order. */
export class SwappedReader extends VectorReader {
  readonly #bytes: number

  constructor(type: string, bytes: number) {
    super(type, bytes)
    this.#bytes = bytes
  }

  read(bytes: Buffer, at: number, _: number, row: number): void {
    const { data } = this
    const size = this.#bytes
    let to = row * size + size
    for (let i = at; i < at + size; i++) data[--to] = bytes[i] as number
  }

  // Code of its own on purpose: see VectorReader.
  override readRows(values: ValuePlaces, from: number, to: number): void {
    if (this.#bytes !== 4 && this.#bytes !== 8) {
      super.readRows(values, from, to)
      return
    }
    const { bytes, starts, first } = values
    const words = new Int32Array(this.data.buffer)
    const isLong = this.#bytes === 8
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else if (isLong) {
        words[row * 2] = int32At(bytes, at + 4)
        words[row * 2 + 1] = int32At(bytes, at)
      } else words[row] = int32At(bytes, at)
    }
  }
}

/** Microseconds since 2000 become microseconds since 1970. */
const epochMicros = 946_684_800_000_000n
const infinity = 9_223_372_036_854_775_807n
const two32 = 4_294_967_296
const epochHigh = Number(epochMicros >> 32n)
const epochLow = Number(epochMicros & 0xffff_ffffn)
/** From here on the sum may be too large. */
const lastHigh = 0x7fff_ffff - epochHigh

/** `timestamp` and `timestamptz`; DuckDB's -infinity is one above PostgreSQL's. */
export class TimestampReader extends VectorReader {
  constructor(type: 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE') {
    super(type, 8)
  }

  read(bytes: Buffer, at: number, _: number, row: number): void {
    this.#put(new Int32Array(this.data.buffer), bytes, at, row)
  }

  // Code of its own on purpose: see VectorReader.
  override readRows({ bytes, starts, first }: ValuePlaces, from: number, to: number): void {
    const words = new Int32Array(this.data.buffer)
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.#put(words, bytes, at, row)
    }
  }

  #put(words: Int32Array, bytes: Buffer, at: number, row: number): void {
    const high = int32At(bytes, at)
    if (high >= lastHigh || high === -0x8000_0000) {
      this.#putExtreme(bytes.readBigInt64BE(at), row)
      return
    }
    const low = (int32At(bytes, at + 4) >>> 0) + epochLow
    words[row * 2] = low
    words[row * 2 + 1] = high + epochHigh + (low >= two32 ? 1 : 0)
  }

  /** Infinity, and years up to PostgreSQL's 294276 where DuckDB's last one is 294247. */
  #putExtreme(micros: bigint, row: number): void {
    const shifted = micros === infinity ? infinity : micros === -infinity - 1n ? -infinity : micros + epochMicros
    if (shifted < infinity || micros === infinity) this.view.setBigInt64(row * 8, shifted, true)
    else this.refuse(row)
  }
}

const epochDays = 10_957

/** Days since 2000 become days since 1970. */
export class DateReader extends VectorReader {
  constructor() {
    super('DATE', 4)
  }

  read(bytes: Buffer, at: number, _: number, row: number): void {
    const days = bytes.readInt32BE(at)
    const shifted = days === 0x7fff_ffff ? days : days === -0x8000_0000 ? -0x7fff_ffff : days + epochDays
    this.view.setInt32(row * 4, shifted, true)
  }
}

/** PostgreSQL's sixteen bytes are DuckDB's 128-bit integer with its highest bit turned. */
export class UuidReader extends VectorReader {
  constructor() {
    super('UUID', 16)
  }

  read(bytes: Buffer, at: number, _: number, row: number): void {
    const { data } = this
    const to = row * 16
    for (let i = 0; i < 16; i++) data[to + 15 - i] = bytes[at + i] as number
    data[to + 15] = (data[to + 15] as number) ^ 0x80
  }
}

/** As PostgreSQL's server sends it, with a sign. */
const int16At = (bytes: Uint8Array, at: number) => (((bytes[at] as number) << 24) >> 16) | (bytes[at + 1] as number)

const smallPowers = Array.from({ length: 20 }, (_, i) => 10 ** i)
const powers = Array.from({ length: 39 }, (_, i) => 10n ** BigInt(i))

/** `numeric(p, s)`: groups of four digits become one whole number of the column's scale. NaN and infinity become NULL. */
export class DecimalReader extends DecimalVector {
  // Code of its own on purpose: see VectorReader.
  override readRows({ bytes, starts, first }: ValuePlaces, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.read(bytes, at, 0, row)
    }
  }

  read(bytes: Buffer, at: number, _: number, row: number): void {
    // 0xc000 NaN, 0xd000 infinity, 0xf000 -infinity: there is no such decimal.
    if ((bytes[at + 4] as number) >= 0xc0) {
      this.refuse(row)
      return
    }
    const groups = int16At(bytes, at)
    const weight = int16At(bytes, at + 2)
    const isNegative = bytes[at + 4] === 0x40
    // The last group stands for 10000^(weight - groups + 1); the value is counted in 10^-scale.
    const shift = 4 * (weight - groups + 1) + this.scale
    if (groups <= 3 && shift >= -3 && shift + 4 * groups <= 15) {
      let value = 0
      for (let i = 0; i < groups; i++) value = value * 10_000 + int16At(bytes, at + 8 + 2 * i)
      value = shift >= 0 ? value * (smallPowers[shift] as number) : value / (smallPowers[-shift] as number)
      this.putNumber(row, isNegative ? -value : value)
      return
    }
    let value = 0n
    for (let i = 0; i < groups; i++) value = value * 10_000n + BigInt(bytes.readUInt16BE(at + 8 + 2 * i))
    value = shift >= 0 ? value * 10n ** BigInt(shift) : value / (powers[-shift] ?? 10n ** BigInt(-shift))
    this.putBigInt(row, isNegative ? -value : value)
  }
}
