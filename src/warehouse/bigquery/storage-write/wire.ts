const firstBytes = 4096
/** A varint takes so many bytes at most. https://protobuf.dev/programming-guides/encoding/ */
const varintBytes = 10

/** Messages of protobuf, written one after the other into memory that is used again. */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(firstBytes)
  #length = 0

  /** Takes out what was written since, as bytes of its own. */
  take(): Buffer {
    const message = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return message
  }

  /** Whole numbers, also below zero: as 64 bits, two's complement. */
  varint(value: number | bigint): void {
    this.#reserve(varintBytes)
    if (typeof value === 'number' && value >= 0) this.#small(value)
    else this.#large(BigInt.asUintN(64, BigInt(value)))
  }

  double(value: number): void {
    this.#reserve(8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
  }

  text(value: string): void {
    const size = Buffer.byteLength(value)
    this.#reserve(varintBytes + size)
    this.#small(size)
    this.#length += this.#bytes.write(value, this.#length, 'utf8')
  }

  bytes(value: Uint8Array): void {
    this.#reserve(varintBytes + value.length)
    this.#small(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** Divided, not shifted: what is shifted has 32 bits. */
  #small(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80
    this.#bytes[this.#length++] = rest
  }

  #large(value: bigint): void {
    let rest = value
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#length++] = Number(rest)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
