import { randomFillSync } from 'node:crypto'
import type { Client } from 'pg'
import { copyOut } from './copy-out.js'
import { headerBytes } from './decode-copy.js'

const pieceBytes = 128 * 1024
/** A length, and the sixteen bytes. */
const rowIdBytes = 20

/**
 * What `copy … to stdout (format binary)` says, in pieces of about 128 kB, with one more value behind those of each row: a UUID of its own.
 * @param onRows is told how many rows came, and their bytes, since it was told last
 */
export async function* copyBytes(
  client: Client,
  sql: string,
  onRows: (rows: number, bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const ids = new RowIds()
  let piece = Buffer.allocUnsafe(pieceBytes)
  let filled = 0
  let hasHeader = false
  let rows = 0
  const add = (bytes: Buffer, start: number, end: number): [Buffer] | undefined => {
    const size = end - start + rowIdBytes
    let full: [Buffer] | undefined
    if (size > pieceBytes - filled) {
      onRows(rows, filled)
      rows = 0
      full = [piece.subarray(0, filled)]
      // Whoever got the last one may still be sending it.
      piece = Buffer.allocUnsafe(Math.max(pieceBytes, size))
      filled = 0
    }
    let at = start
    if (!hasHeader) {
      at += headerBytes
      hasHeader = true
      filled += bytes.copy(piece, filled, start, at)
    }
    const fields = bytes.readInt16BE(at)
    // -1: the end.
    if (fields < 0) {
      filled += bytes.copy(piece, filled, at, end)
      return full
    }
    rows++
    filled = piece.writeInt16BE(fields + 1, filled)
    filled += bytes.copy(piece, filled, at + 2, end)
    filled = ids.write(piece, filled)
    return full
  }
  for await (const [full] of copyOut(client, sql, add)) yield full
  onRows(rows, filled)
  yield piece.subarray(0, filled)
}

/** Random UUIDs (version 4), made many at once. */
class RowIds {
  readonly #random = Buffer.allocUnsafe(16 * 4096)
  #at = this.#random.length

  /** @returns where the value ends */
  write(into: Buffer, at: number): number {
    if (this.#at === this.#random.length) {
      randomFillSync(this.#random)
      this.#at = 0
    }
    const from = at + 4
    into.writeInt32BE(16, at)
    this.#random.copy(into, from, this.#at, this.#at + 16)
    this.#at += 16
    into[from + 6] = ((into[from + 6] as number) & 0x0f) | 0x40
    into[from + 8] = ((into[from + 8] as number) & 0x3f) | 0x80
    return from + 16
  }
}
