/** What is to be known of a RECORD message. */
export interface ScannedRecord {
  readonly stream: string
  readonly namespace: string | undefined
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

const typeKey = Buffer.from('"type"')
const recordKey = Buffer.from('"record"')
const streamKey = Buffer.from('"stream"')
const namespaceKey = Buffer.from('"namespace"')
const dataKey = Buffer.from('"data"')
const recordType = Buffer.from('"RECORD"')

/** Finds out what a RECORD message is of, without making a value of anything in it. Keeps what it saw last: records of a stream come in rows. */
export class RecordScanner {
  #bytes: Buffer = Buffer.alloc(0)
  #to = 0
  #isOdd = false
  #name = { bytes: Buffer.alloc(0), text: '' }
  #space = { bytes: Buffer.alloc(0), text: '' }

  /** Undefined for every other message, and for lines that are none: those are looked at by `JSON.parse`. */
  scan(bytes: Buffer, from: number, to: number): ScannedRecord | undefined {
    this.#bytes = bytes
    this.#to = to
    this.#isOdd = false
    let isRecord = false
    let record: Pick<ScannedRecord, 'stream' | 'namespace'> | undefined
    let at = this.#open(this.#afterSpace(from))
    while (at > 0 && bytes[at] === quote) {
      const keyEnd = this.#string(at)
      const value = this.#valueAfter(keyEnd)
      if (value < 0) return undefined
      let end: number
      if (this.#is(at, keyEnd, typeKey)) {
        end = this.#value(value)
        // Of another type nothing else is asked.
        isRecord = this.#is(value, end, recordType)
        if (!isRecord) return undefined
      } else if (this.#is(at, keyEnd, recordKey)) {
        record = this.#record(value)
        if (!record) return undefined
        end = this.#recordEnd
      } else end = this.#value(value)
      at = this.#next(end)
    }
    if (at >= 0 || !isRecord || !record || this.#afterSpace(-at) !== to) return undefined
    return { ...record, isOdd: this.#isOdd }
  }

  #recordEnd = 0

  /** The value of `record`; where it ends is noted. */
  #record(from: number): Pick<ScannedRecord, 'stream' | 'namespace'> | undefined {
    let stream: string | undefined
    let namespace: string | undefined
    let hasData = false
    let at = this.#open(from)
    while (at > 0 && this.#bytes[at] === quote) {
      const keyEnd = this.#string(at)
      const value = this.#valueAfter(keyEnd)
      if (value < 0) return undefined
      const isOdd = this.#isOdd
      const end = this.#value(value)
      if (this.#is(at, keyEnd, dataKey)) hasData = this.#bytes[value] === braceOpen
      else {
        this.#isOdd = isOdd
        if (this.#is(at, keyEnd, streamKey)) stream = this.#text(value, end, this.#name)
        else if (this.#is(at, keyEnd, namespaceKey)) namespace = this.#text(value, end, this.#space)
      }
      at = this.#next(end)
    }
    this.#recordEnd = -at
    return at < 0 && stream !== undefined && hasData ? { stream, namespace } : undefined
  }

  /** Where the first key of an object stands; negative: behind the end of an empty one; 0: it is no object. */
  #open(from: number): number {
    if (this.#bytes[from] !== braceOpen) return 0
    const at = this.#afterSpace(from + 1)
    return this.#bytes[at] === braceClose ? -(at + 1) : at
  }

  /** Where the value of a key stands; -1 when there is none. */
  #valueAfter(keyEnd: number): number {
    if (keyEnd < 0) return -1
    const at = this.#afterSpace(keyEnd)
    return this.#bytes[at] === colon ? this.#afterSpace(at + 1) : -1
  }

  /** Where the next key stands; negative: behind the end of the object; 0: neither. */
  #next(valueEnd: number): number {
    if (valueEnd < 0) return 0
    const at = this.#afterSpace(valueEnd)
    if (this.#bytes[at] === braceClose) return -(at + 1)
    return this.#bytes[at] === comma ? this.#afterSpace(at + 1) : 0
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

  #is(from: number, end: number, wanted: Buffer): boolean {
    if (end - from !== wanted.length) return false
    for (let i = 0; i < wanted.length; i++) if (this.#bytes[from + i] !== wanted[i]) return false
    return true
  }

  /** A string value; undefined for every other one. */
  #text(from: number, end: number, last: { bytes: Buffer; text: string }): string | undefined {
    if (end < 0 || this.#bytes[from] !== quote) return undefined
    if (this.#is(from, end, last.bytes)) return last.text
    const text = this.#bytes.toString('utf8', from, end)
    const value = text.includes('\\') ? parsed(text) : text.slice(1, -1)
    if (value === undefined) return undefined
    last.bytes = Buffer.from(this.#bytes.subarray(from, end))
    last.text = value
    return value
  }
}

/** A text with escapes; undefined where they are none of JSON's. */
function parsed(text: string): string | undefined {
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}

const isSurrogate = (bytes: Uint8Array, at: number) => {
  const [first, second] = [bytes[at], bytes[at + 1] ?? 0]
  return (first === 0x64 || first === 0x44) && (second === 0x38 || second === 0x39 || (second | 0x20) >= 0x61)
}
