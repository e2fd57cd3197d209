/** Where the parts of a RECORD message lie in its line, in bytes. */
export interface ScannedRecord {
  readonly stream: string
  readonly namespace: string | undefined
  /** The value of `record`: `{"stream": …, "data": …, "emitted_at": …}`. */
  readonly start: number
  readonly end: number
  /** `data` holds what a quick reader would not keep as it is: a number of many digits, half of a surrogate pair. */
  readonly isOdd: boolean
}

const quote = 0x22
const backslash = 0x5c
const braceOpen = 0x7b
const braceClose = 0x7d
const bracketOpen = 0x5b
const bracketClose = 0x5d
const comma = 0x2c
const colon = 0x3a
const letterU = 0x75
const digit0 = 0x30
const digit9 = 0x39
const point = 0x2e
const letterE = 0x65
const minus = 0x2d
const plus = 0x2b

/** A DOUBLE holds every number of so many digits. */
const exactDigits = 15

/**
 * Finds the parts of a RECORD message without making a value of anything in it. Answers undefined for every other message, and for
 * lines that are none: those are looked at by `JSON.parse`.
 */
export function scanRecord(bytes: Buffer, from: number, to: number): ScannedRecord | undefined {
  return new RecordScanner(bytes, to).scan(from)
}

class RecordScanner {
  readonly #bytes: Buffer
  readonly #to: number
  #isOdd = false

  constructor(bytes: Buffer, to: number) {
    this.#bytes = bytes
    this.#to = to
  }

  scan(from: number): ScannedRecord | undefined {
    let isRecord = false
    let start = -1
    let end = -1
    let stream: string | undefined
    let namespace: string | undefined
    let hasData = false
    const at = this.#members(this.#afterSpace(from), (key, valueAt) => {
      if (key === 'type') {
        const after = this.#value(valueAt)
        isRecord = this.#text(valueAt, after) === 'RECORD'
        // Of another type nothing else is asked.
        return isRecord ? after : -1
      }
      if (key !== 'record') return this.#value(valueAt)
      start = valueAt
      end = this.#members(valueAt, (part, partAt) => {
        const before = this.#isOdd
        const after = this.#value(partAt)
        if (part === 'data') hasData = this.#bytes[partAt] === braceOpen
        else this.#isOdd = before
        if (part === 'stream') stream = this.#text(partAt, after)
        else if (part === 'namespace') namespace = this.#text(partAt, after)
        return after
      })
      return end
    })
    if (at < 0 || !isRecord || end < 0 || stream === undefined || !hasData) return undefined
    if (this.#afterSpace(at) !== this.#to) return undefined
    return { stream, namespace, start, end, isOdd: this.#isOdd }
  }

  /** Goes through an object; `visit` answers where a member's value ends. @returns where the object ends; -1: it is none */
  #members(from: number, visit: (key: string, at: number) => number): number {
    const bytes = this.#bytes
    if (bytes[from] !== braceOpen) return -1
    let at = this.#afterSpace(from + 1)
    if (bytes[at] === braceClose) return at + 1
    while (bytes[at] === quote) {
      const keyEnd = this.#string(at)
      if (keyEnd < 0) return -1
      const key = this.#text(at, keyEnd) ?? ''
      at = this.#afterSpace(keyEnd)
      if (bytes[at] !== colon) return -1
      at = visit(key, this.#afterSpace(at + 1))
      if (at < 0) return -1
      at = this.#afterSpace(at)
      if (bytes[at] === braceClose) return at + 1
      if (bytes[at] !== comma) return -1
      at = this.#afterSpace(at + 1)
    }
    return -1
  }

  /** Where the value ends that starts at `from`; -1 when the line ends within it. */
  #value(from: number): number {
    const bytes = this.#bytes
    const to = this.#to
    let depth = 0
    for (let at = from; at < to; at++) {
      const code = bytes[at] as number
      if (code === quote) {
        at = this.#string(at) - 1
        if (at < 0) return -1
        if (depth === 0) return at + 1
      } else if (code >= digit0 && code <= digit9) at = this.#number(at) - 1
      else if (code === braceOpen || code === bracketOpen) depth++
      else if (code === braceClose || code === bracketClose) {
        if (depth === 0) return at
        if (--depth === 0) return at + 1
      } else if (code === comma && depth === 0) return at
    }
    return -1
  }

  /** From a number's first digit to behind its last. Whole numbers are kept whatever their length; fractions are read as DOUBLE. */
  #number(from: number): number {
    const bytes = this.#bytes
    let digits = 0
    let isWhole = true
    let at = from
    for (; at < this.#to; at++) {
      const code = bytes[at] as number
      if (code >= digit0 && code <= digit9) digits++
      else if (code === point || (code | 0x20) === letterE || code === minus || code === plus) isWhole = false
      else break
    }
    if (!isWhole && digits > exactDigits && !this.#isOdd) {
      const text = bytes.toString('latin1', from, at)
      this.#isOdd = String(Number(text)) !== text
    }
    return at
  }

  #string(from: number): number {
    const bytes = this.#bytes
    const to = this.#to
    for (let at = from + 1; at < to; at++) {
      const code = bytes[at]
      if (code === quote) return at + 1
      if (code !== backslash) continue
      at++
      // \uD800 to \uDFFF: whether the other half follows is looked at where it is rare enough to be slow.
      if (bytes[at] === letterU && isSurrogate(bytes, at + 1)) this.#isOdd = true
    }
    return -1
  }

  #afterSpace(from: number): number {
    const bytes = this.#bytes
    let at = from
    while (at < this.#to && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++
    return at
  }

  /** A string value; undefined for every other one. */
  #text(from: number, end: number): string | undefined {
    if (end < 0 || this.#bytes[from] !== quote) return undefined
    const text = this.#bytes.toString('utf8', from, end)
    return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1)
  }
}

const isSurrogate = (bytes: Uint8Array, at: number) => {
  const [first, second] = [bytes[at], bytes[at + 1] ?? 0]
  return (first === 0x64 || first === 0x44) && (second === 0x38 || second === 0x39 || (second | 0x20) >= 0x61)
}
