import { type ValuePlaces, VectorReader } from '../../../table-source/column-reader.js'
import { DecimalVector } from '../../../table-source/decimal-vector.js'

const minus = 0x2d
const point = 0x2e
const zero = 0x30
/** So many always are exact. */
const exactDigits = 15

/** `decimal(p, s)`, which comes as `-12.50`, with all digits behind the point. */
export class DecimalReader extends DecimalVector {
  // Code of its own on purpose: see VectorReader.
  override readRows({ bytes, starts, lengths, first }: ValuePlaces, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const at = starts[first + row] as number
      if (at < 0) this.skip(row)
      else this.read(bytes, at, lengths[first + row] as number, row)
    }
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const isNegative = bytes[at] === minus
    const end = at + length
    let value = 0
    let digits = 0
    let fraction = -1
    for (let i = isNegative ? at + 1 : at; i < end; i++) {
      const byte = bytes[i] as number
      if (byte === point) {
        fraction = 0
        continue
      }
      if (fraction >= 0) fraction++
      if (digits > 0 || byte !== zero) digits++
      if (digits > exactDigits) break
      value = value * 10 + byte - zero
    }
    const missing = this.scale - Math.max(fraction, 0)
    if (digits > exactDigits || missing !== 0) this.#putLarge(bytes.toString('latin1', at, end), row)
    else this.putNumber(row, isNegative ? -value : value)
  }

  #putLarge(text: string, row: number): void {
    const [whole = '', fraction = ''] = text.split('.')
    // A view may say another number of digits than it gives.
    if (fraction.length > this.scale) this.refuse(row)
    else this.putBigInt(row, BigInt(whole + fraction.padEnd(this.scale, '0')))
  }
}

const hexDigit = Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16))

/** MariaDB's `uuid`, which comes as text; DuckDB's is a 128-bit integer with its highest bit turned. */
export class UuidReader extends VectorReader {
  constructor() {
    super('UUID', 16)
  }

  read(bytes: Buffer, at: number, length: number, row: number): void {
    const { data } = this
    let to = row * 16 + 16
    for (let i = at; i < at + length; i += 2) {
      if (bytes[i] === minus) i++
      data[--to] = ((hexDigit[bytes[i] as number] as number) << 4) | (hexDigit[bytes[i + 1] as number] as number)
    }
    data[row * 16 + 15] = (data[row * 16 + 15] as number) ^ 0x80
  }
}
