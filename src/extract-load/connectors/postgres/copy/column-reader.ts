import { VectorReader } from '../../../table-source/column-reader.js'
import { DecimalVector } from '../../../table-source/decimal-vector.js'

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
    const high = bytes.readInt32BE(at)
    if (high >= lastHigh || high === -0x8000_0000) {
      this.#putExtreme(bytes.readBigInt64BE(at), row)
      return
    }
    const low = bytes.readUInt32BE(at + 4) + epochLow
    const carry = low >= two32 ? 1 : 0
    this.view.setUint32(row * 8, low, true)
    this.view.setInt32(row * 8 + 4, high + epochHigh + carry, true)
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

const powers = Array.from({ length: 39 }, (_, i) => 10n ** BigInt(i))

/** `numeric(p, s)`: groups of four digits become one whole number of the column's scale. NaN and infinity become NULL. */
export class DecimalReader extends DecimalVector {
  read(bytes: Buffer, at: number, _: number, row: number): void {
    // 0xc000 NaN, 0xd000 infinity, 0xf000 -infinity: there is no such decimal.
    if ((bytes[at + 4] as number) >= 0xc0) {
      this.refuse(row)
      return
    }
    const groups = bytes.readInt16BE(at)
    const weight = bytes.readInt16BE(at + 2)
    const isNegative = bytes[at + 4] === 0x40
    // The last group stands for 10000^(weight - groups + 1); the value is counted in 10^-scale.
    const shift = 4 * (weight - groups + 1) + this.scale
    if (groups <= 3 && shift >= -3 && shift + 4 * groups <= 15) {
      let value = 0
      for (let i = 0; i < groups; i++) value = value * 10_000 + bytes.readUInt16BE(at + 8 + 2 * i)
      value = shift >= 0 ? value * 10 ** shift : value / 10 ** -shift
      this.putNumber(row, isNegative ? -value : value)
      return
    }
    let value = 0n
    for (let i = 0; i < groups; i++) value = value * 10_000n + BigInt(bytes.readUInt16BE(at + 8 + 2 * i))
    value = shift >= 0 ? value * 10n ** BigInt(shift) : value / (powers[-shift] ?? 10n ** BigInt(-shift))
    this.putBigInt(row, isNegative ? -value : value)
  }
}
