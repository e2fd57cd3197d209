import { RecordScanner } from './scan-record.js'

const quote = 0x22
const comma = 0x2c
const bracketOpen = 0x5b
const bracketClose = 0x5d
const braceOpen = 0x7b

/** Finds the records of a page that an API answered, and notes where their members are, without making a value of anything in it. */
export class PageScanner extends RecordScanner {
  readonly #path: readonly Buffer[]
  /**
   * Records with numbers that a double may not have, or that only Python reads: by where they begin in `numbers`, from where to where they stand.
   * What becomes of such a number is for who makes a value of it.
   */
  readonly odd = new Map<number, readonly [from: number, to: number]>()

  /** @param path the keys at whose end the list of records lies */
  constructor(path: readonly string[]) {
    super()
    this.#path = path.map((key) => Buffer.from(JSON.stringify(key)))
  }

  /**
   * Notes each record of the list: how many members it has (and no time), then each member.
   * @returns where in `numbers` each record begins; undefined where the body is something else, which is looked at otherwise then
   */
  records(body: Buffer): Int32Array | undefined {
    this.bytes = body
    this.to = body.length
    this.isBroken = false
    this.noted = 0
    this.odd.clear()
    const starts: number[] = []
    const end = this.#within(this.afterSpace(0), 0, starts)
    return end > 0 && !this.isBroken && this.#afterLines(end) === body.length ? Int32Array.from(starts) : undefined
  }

  /** @returns where the value ends; -1 where it does not hold what is sought, or that twice */
  #within(from: number, depth: number, starts: number[]): number {
    const key = this.#path[depth]
    if (!key) return this.#list(from, starts)
    let isFound = false
    let at = this.open(from)
    while (at > 0 && this.bytes[at] === quote) {
      const keyEnd = this.string(at)
      const value = this.valueAfter(keyEnd)
      if (value < 0) return -1
      const isSought = this.is(at, keyEnd, key)
      if (isSought && isFound) return -1
      isFound ||= isSought
      const end = isSought ? this.#within(value, depth + 1, starts) : this.value(value)
      if (end < 0) return -1
      at = this.next(end)
    }
    return isFound && at < 0 ? -at : -1
  }

  #list(from: number, starts: number[]): number {
    const { bytes } = this
    if (bytes[from] !== bracketOpen) return -1
    let at = this.afterSpace(from + 1)
    if (bytes[at] === bracketClose) return at + 1
    while (bytes[at] === braceOpen) {
      const start = this.noted
      starts.push(start)
      this.isBeyondDouble = false
      const end = this.data(at, 0, 0)
      if (end < 0) return -1
      if (this.isBeyondDouble) this.odd.set(start, [at, end])
      at = this.afterSpace(end)
      if (bytes[at] === bracketClose) return at + 1
      if (bytes[at] !== comma) return -1
      at = this.afterSpace(at + 1)
    }
    return -1
  }

  /** Lines may end behind the body. */
  #afterLines(from: number): number {
    let at = from
    while (at < this.to && (this.bytes[at] as number) <= 0x20) at++
    return at
  }
}
