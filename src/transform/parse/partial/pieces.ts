/** Bytes that lie in several buffers and are counted as one: putting eighty megabytes together takes longer than writing them. */
export class Pieces {
  readonly all: readonly Buffer[]
  readonly length: number
  /** Where each piece starts. */
  readonly #starts: readonly number[]

  constructor(pieces: readonly Buffer[]) {
    let at = 0
    this.#starts = pieces.map((piece) => {
      at += piece.length
      return at - piece.length
    })
    this.all = pieces
    this.length = at
  }

  /** The bytes from `start` to before `end`. */
  between(start: number, end: number): Buffer[] {
    const found: Buffer[] = []
    for (let i = this.#pieceAt(start); i < this.all.length; i++) {
      const from = this.#starts[i] as number
      if (from >= end) break
      found.push((this.all[i] as Buffer).subarray(Math.max(0, start - from), end - from))
    }
    return found
  }

  text(start: number, end: number): string {
    const [only, ...more] = this.between(start, end)
    if (!only) return ''
    return more.length === 0 ? only.toString('utf8') : Buffer.concat([only, ...more]).toString('utf8')
  }

  /** The last piece that starts at or before a place. */
  #pieceAt(place: number): number {
    let low = 0
    let high = this.all.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] as number) <= place) low = middle
      else high = middle - 1
    }
    return low
  }
}

const bufferSize = 2 ** 20

/**
 * Makes pieces of texts and bytes that come one after the other. Each text goes into its place at once: joined first, a large
 * manifest would be held twice, and with two bytes a letter because of one that needs them.
 */
export class PiecesWriter {
  readonly #pieces: Buffer[] = []
  #buffer = Buffer.alloc(0)
  /** What of the buffer is no piece yet. */
  #start = 0
  #end = 0

  /** Answers how many bytes the text takes. */
  text(text: string): number {
    // A letter of JavaScript takes three bytes at most.
    const most = text.length * 3
    if (this.#end + most > this.#buffer.length) {
      this.#closePiece()
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(bufferSize, most))
      this.#start = 0
      this.#end = 0
    }
    const length = this.#buffer.write(text, this.#end)
    this.#end += length
    return length
  }

  bytes(pieces: readonly Buffer[]): void {
    this.#closePiece()
    this.#pieces.push(...pieces)
  }

  pieces(): Pieces {
    this.#closePiece()
    return new Pieces(this.#pieces)
  }

  #closePiece(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#buffer.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}
