/** Spreads 32 bits over 32 others, so that neighbours have nothing in common. Every value has one of its own. */
function spread(bits: number): number {
  let x = bits
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return x ^ (x >>> 15)
}

const twoTo32 = 2 ** 32

/**
 * Random numbers that depend on the seed, the stream and the number of the row alone: a row is the same whichever rows are made before
 * it, so that a later sync can go on at any of them.
 */
export class Draws {
  readonly #key: number
  #state = 0

  /** @param stream another one for each stream, so that their rows do not resemble each other */
  constructor(seed: number, stream: number) {
    this.#key = spread(spread((seed | 0) ^ spread(stream)) ^ Math.floor(seed / twoTo32))
  }

  /** Begins with a row; what is drawn next is its own. */
  row(id: number): this {
    this.#state = spread(this.#key ^ id)
    return this
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    return Math.floor((spread(this.#state) >>> 0) * (limit / twoTo32))
  }

  /** @param from the first that can be drawn @param to the last one */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1)
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** Whether something happens that happens so many times of a hundred. */
  percent(chance: number): boolean {
    return this.below(100) < chance
  }
}
