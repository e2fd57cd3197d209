import { decimalBytes } from '../../warehouse/index.js'
import { VectorReader } from './column-reader.js'

const two32 = 4_294_967_296

/** Decimals as DuckDB keeps them: whole numbers of the column's scale, in 2, 4, 8 or 16 bytes by their precision. */
export abstract class DecimalVector extends VectorReader {
  protected readonly scale: number
  /** Bytes of a value. */
  protected readonly bytes: number

  /** @param precision at most 38 */
  constructor(precision: number, scale: number) {
    const bytes = decimalBytes(precision)
    super(`DECIMAL(${precision},${scale})`, bytes)
    this.scale = scale
    this.bytes = bytes
  }

  /** @param value a whole number of at most 53 bits */
  protected putNumber(row: number, value: number): void {
    const { view, bytes } = this
    if (bytes >= 8) {
      const at = row * bytes
      view.setUint32(at, value >>> 0, true)
      view.setInt32(at + 4, Math.floor(value / two32), true)
      if (bytes === 16 && value < 0) view.setBigInt64(at + 8, -1n, true)
    } else if (bytes === 4) view.setInt32(row * 4, value, true)
    else view.setInt16(row * 2, value, true)
  }

  protected putBigInt(row: number, value: bigint): void {
    const { view, bytes } = this
    if (bytes === 16) {
      view.setBigInt64(row * 16 + 8, value >> 64n, true)
      view.setBigUint64(row * 16, value & 0xffff_ffff_ffff_ffffn, true)
    } else if (bytes === 8) view.setBigInt64(row * 8, value, true)
    else this.putNumber(row, Number(value))
  }
}
