/** What is to be known of a RECORD message. */
export interface ScannedRecord {
  readonly stream: string
  readonly namespace: string | undefined
}

/** Numbers that are noted of a record: how many members its data has, then where `emitted_at` and `meta` begin and end; 0 where they are missing. */
export const numbersOfRecord = 5
/** And of each member: where its key and its value begin and end (of a key without the quotes), and what is in them. */
export const numbersOfMember = 5

/** What is in a value or a key, as bits. */
export const holds = {
  /** A text with escapes. */
  escapes: 1,
  /** White space between the parts of a nested value. */
  spaces: 2,
  /** An escape of half of a surrogate pair; whether the other half follows was not looked at. */
  halves: 4,
  /** The key has escapes. */
  keyEscapes: 8,
} as const

const quote = 0x22
const backslash = 0x5c
const braceOpen = 0x7b
const braceClose = 0x7d
const bracketOpen = 0x5b
const bracketClose = 0x5d
const comma = 0x2c
const colon = 0x3a
const letterU = 0x75
const space = 0x20

const typeKey = Buffer.from('"type"')
const recordKey = Buffer.from('"record"')
const streamKey = Buffer.from('"stream"')
const namespaceKey = Buffer.from('"namespace"')
const dataKey = Buffer.from('"data"')
const emittedKey = Buffer.from('"emitted_at"')
const metaKey = Buffer.from('"meta"')
const recordType = Buffer.from('"RECORD"')

/**
 * Finds out what a RECORD message is of, and where its values are, without making a value of anything in it. Keeps what it saw last:
 * records of a stream come in rows.
 */
export class RecordScanner {
  /** The numbers of the records so far, one after the other. Whoever has taken them sets `noted` back. */
  numbers = new Int32Array(4096)
  noted = 0
  #bytes: Buffer = Buffer.alloc(0)
  #to = 0
  /** Of the value or the text that was passed over last. */
  #kind = 0
  #isBroken = false
  #isRecord = false
  #name = { bytes: Buffer.alloc(0), text: '' }
  #space = { bytes: Buffer.alloc(0), text: '' }

  /**
   * Notes the numbers of a record. `broken`: one with something in it that is no JSON. Undefined for every other message, for lines that are
   * none, and for records without a stream or data: those are looked at by `JSON.parse`.
   */
  scan(bytes: Buffer, from: number, to: number): ScannedRecord | 'broken' | undefined {
    this.#bytes = bytes
    this.#to = to
    this.#isBroken = false
    this.#isRecord = false
    const noted = this.noted
    const found = this.#message(from)
    if (found && !this.#isBroken) return found
    this.noted = noted
    return found || (this.#isRecord && this.#isBroken) ? 'broken' : undefined
  }

  #message(from: number): ScannedRecord | undefined {
    const noted = this.noted
    let record: ScannedRecord | undefined
    let at = this.#open(this.#afterSpace(from))
    while (at > 0 && this.#bytes[at] === quote) {
      const keyEnd = this.#string(at)
      const value = this.#valueAfter(keyEnd)
      if (value < 0) return undefined
      let end: number
      if (this.#is(at, keyEnd, typeKey)) {
        end = this.#value(value)
        // Of another type nothing else is asked.
        this.#isRecord = this.#is(value, end, recordType)
        if (!this.#isRecord) return undefined
      } else if (this.#is(at, keyEnd, recordKey)) {
        // Of what comes twice the last one counts.
        this.noted = noted
        record = this.#record(value)
        if (!record) return undefined
        end = this.#recordEnd
      } else end = this.#value(value)
      at = this.#next(end)
    }
    return at < 0 && this.#isRecord && this.#afterSpace(-at) === this.#to ? record : undefined
  }

  #recordEnd = 0

  /** The value of `record`; where it ends is noted. */
  #record(from: number): ScannedRecord | undefined {
    const start = this.noted
    this.#note(0, 0, 0, 0, 0)
    let stream: string | undefined
    let namespace: string | undefined
    let hasData = false
    let at = this.#open(from)
    while (at > 0 && this.#bytes[at] === quote) {
      const keyEnd = this.#string(at)
      const value = this.#valueAfter(keyEnd)
      if (value < 0) return undefined
      let end: number
      if (this.#is(at, keyEnd, dataKey)) {
        hasData = this.#bytes[value] === braceOpen
        this.noted = start + numbersOfRecord
        end = hasData ? this.#members(value) : -1
        this.numbers[start] = (this.noted - start - numbersOfRecord) / numbersOfMember
      } else {
        end = this.#value(value)
        if (this.#is(at, keyEnd, streamKey)) stream = this.#text(value, end, this.#name)
        else if (this.#is(at, keyEnd, namespaceKey)) namespace = this.#text(value, end, this.#space)
        else if (this.#is(at, keyEnd, emittedKey)) {
          this.#noteAt(start + 1, value, end)
          // A number, or null.
          if (!isEmitted(this.#bytes[value] as number)) this.#isBroken = true
        } else if (this.#is(at, keyEnd, metaKey)) this.#noteAt(start + 3, value, end)
      }
      at = this.#next(end)
    }
    this.#recordEnd = -at
    return at < 0 && stream !== undefined && hasData ? { stream, namespace } : undefined
  }

  /** Notes the members of an object. @returns where it ends; -1 when the line ends within it */
  #members(from: number): number {
    let at = this.#open(from)
    while (at > 0 && this.#bytes[at] === quote) {
      const keyEnd = this.#string(at)
      const ofKey = this.#kind === 0 ? 0 : holds.keyEscapes
      const value = this.#valueAfter(keyEnd)
      if (value < 0) return -1
      const end = this.#value(value)
      this.#note(at + 1, keyEnd - 1, value, end, this.#kind | ofKey)
      at = this.#next(end)
    }
    return at < 0 ? -at : -1
  }

  #note(a: number, b: number, c: number, d: number, e: number): void {
    if (this.noted + 5 > this.numbers.length) {
      const larger = new Int32Array(this.numbers.length * 2)
      larger.set(this.numbers)
      this.numbers = larger
    }
    const { numbers, noted } = this
    numbers[noted] = a
    numbers[noted + 1] = b
    numbers[noted + 2] = c
    numbers[noted + 3] = d
    numbers[noted + 4] = e
    this.noted += 5
  }

  #noteAt(at: number, from: number, end: number): void {
    this.numbers[at] = from
    this.numbers[at + 1] = end
  }

  /**
   * Looks for what lies in a value at the end of some keys.
   * @returns the numbers of the member that has it
   */
  find(bytes: Buffer, from: number, to: number, keys: readonly string[]): Int32Array | undefined {
    this.#bytes = bytes
    this.#to = to
    const noted = this.noted
    let start = from
    let found: Int32Array | undefined
    for (const key of keys) {
      if (bytes[start] !== braceOpen) return undefined
      this.noted = noted
      this.#members(start)
      found = undefined
      for (let at = noted; at < this.noted; at += numbersOfMember) {
        const [keyStart = 0, keyEnd = 0, , , kind = 0] = this.numbers.subarray(at, at + numbersOfMember)
        if (keyText(bytes, keyStart, keyEnd, kind) === key) found = this.numbers.slice(at, at + numbersOfMember)
      }
      this.noted = noted
      if (!found) return undefined
      start = found[2] as number
    }
    return found
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
    const code = this.#bytes[from]
    if (code === quote) return this.#string(from)
    if (code === braceOpen || code === bracketOpen) return this.#nested(from)
    this.#kind = 0
    let end = from
    while (end < this.#to && !isEnd(this.#bytes[end] as number)) end++
    if (end === this.#to) return -1
    if (!isScalar(this.#bytes, from, end)) this.#isBroken = true
    // Whatever it is, it takes room: nobody stands still at it.
    return Math.max(end, from + 1)
  }

  /** Whether keys and values are in the right places is for the warehouse to see; that nothing stands between them, here. */
  #nested(from: number): number {
    const bytes = this.#bytes
    let kind = 0
    let depth = 0
    let isBehindValue = false
    let isBehindComma = false
    for (let at = from; at < this.#to; ) {
      const code = bytes[at] as number
      if (code === space || code === 9 || code === 13) {
        kind |= holds.spaces
        at++
        continue
      }
      if (code === comma || code === colon) {
        if (!isBehindValue) this.#isBroken = true
        isBehindValue = false
        isBehindComma = true
        at++
        continue
      }
      if (code === braceClose || code === bracketClose) {
        if (isBehindComma) this.#isBroken = true
        at++
        if (--depth === 0) {
          // That some text in it has escapes is nobody's concern.
          this.#kind = kind & ~holds.escapes
          return at
        }
        isBehindValue = true
        continue
      }
      if (isBehindValue) this.#isBroken = true
      isBehindComma = false
      if (code === braceOpen || code === bracketOpen) {
        depth++
        at++
        continue
      }
      at = this.#value(at)
      if (at < 0) return -1
      kind |= this.#kind
      isBehindValue = true
    }
    return -1
  }

  #string(from: number): number {
    const bytes = this.#bytes
    const to = this.#to
    this.#kind = 0
    for (let at = from + 1; at < to; at++) {
      const code = bytes[at] as number
      if (code === quote) return at + 1
      if (code < space) this.#isBroken = true
      if (code !== backslash) continue
      at++
      this.#kind |= holds.escapes
      if (bytes[at] === letterU) {
        if (!areHexDigits(bytes, at + 1)) this.#isBroken = true
        else if (isSurrogate(bytes, at + 1)) this.#kind |= holds.halves
      } else if (!shortEscapes.includes(bytes[at] as number)) this.#isBroken = true
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
    return isSame(this.#bytes, from, end, wanted)
  }

  /** A string value; undefined for every other one. */
  #text(from: number, end: number, last: { bytes: Buffer; text: string }): string | undefined {
    if (end < 0 || this.#bytes[from] !== quote) return undefined
    if (this.#is(from, end, last.bytes)) return last.text
    try {
      last.text = JSON.parse(this.#bytes.toString('utf8', from, end)) as string
      last.bytes = Buffer.from(this.#bytes.subarray(from, end))
      return last.text
    } catch {
      this.#isBroken = true
      return ''
    }
  }
}

/** Makes the places of records those of bytes that were moved. */
export function movePlaces(places: Int32Array, by: number): void {
  for (let at = 0; at < places.length; ) {
    const members = places[at] as number
    for (let i = 1; i < numbersOfRecord; i++) if (places[at + i] !== 0) places[at + i] = (places[at + i] as number) + by
    at += numbersOfRecord
    for (const end = at + members * numbersOfMember; at < end; at += numbersOfMember)
      for (let i = 0; i < numbersOfMember - 1; i++) places[at + i] = (places[at + i] as number) + by
  }
}

/** A key as it is meant. */
export function keyText(bytes: Buffer, start: number, end: number, kind: number): string {
  const text = bytes.toString('utf8', start, end)
  return kind & holds.keyEscapes ? (JSON.parse(`"${text}"`) as string) : text
}

const shortEscapes = Buffer.from('"\\/bfnrt')

const isEnd = (code: number) => code === comma || code === braceClose || code === bracketClose || code <= space

const isDigit = (code: number | undefined) => code !== undefined && code >= 0x30 && code <= 0x39

const isEmitted = (first: number) => isDigit(first) || first === 0x2d || first === 0x6e

/** Those of Python as well, which `json.dumps` writes. */
const literals = ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'].map((text) => Buffer.from(text))

/** Whether this is a number, or a literal. */
function isScalar(bytes: Buffer, from: number, end: number): boolean {
  if (isDigit(bytes[end - 1]) && isNumber(bytes, from, end)) return true
  return literals.some((literal) => isSame(bytes, from, end, literal))
}

/** Whether these bytes stand there. */
export function isSame(bytes: Buffer, from: number, end: number, wanted: Uint8Array): boolean {
  if (end - from !== wanted.length) return false
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted[i]) return false
  return true
}

function isNumber(bytes: Buffer, from: number, end: number): boolean {
  const first = bytes[from] === 0x2d ? from + 1 : from
  if (!isDigit(bytes[first])) return false
  let at = afterDigits(bytes, first, end)
  if (bytes[first] === 0x30 && at > first + 1) return false
  if (bytes[at] === 0x2e && at < end) {
    const digits = afterDigits(bytes, at + 1, end)
    if (digits === at + 1) return false
    at = digits
  }
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    at++
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
    if (!isDigit(bytes[at])) return false
    at = afterDigits(bytes, at, end)
  }
  return at === end
}

function afterDigits(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && isDigit(bytes[at])) at++
  return at
}

function areHexDigits(bytes: Buffer, from: number): boolean {
  for (let at = from; at < from + 4; at++) {
    const code = bytes[at] as number
    const letter = code | 0x20
    if (!isDigit(code) && !(letter >= 0x61 && letter <= 0x66)) return false
  }
  return true
}

/** \uD800 to \uDFFF. */
const isSurrogate = (bytes: Uint8Array, at: number) => {
  const [first, second] = [bytes[at], bytes[at + 1] ?? 0]
  return (first === 0x64 || first === 0x44) && (second === 0x38 || second === 0x39 || (second | 0x20) >= 0x61)
}
