import { holds, isDigit, JsonScanner } from './scan-json.js'

/** What is to be known of a RECORD message. */
export interface ScannedRecord {
  readonly stream: string
  readonly namespace: string | undefined
}

/** Numbers that are noted of a record: how many members its data has, then where `emitted_at` and `meta` begin and end; 0 where they are missing. */
export const numbersOfRecord = 5
/** And of each member: where its key and its value begin and end (of a key without the quotes), and what is in them. */
export const numbersOfMember = 5

const quote = 0x22
const braceOpen = 0x7b

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
export class RecordScanner extends JsonScanner {
  /** The numbers of the records so far, one after the other. Whoever has taken them sets `noted` back. */
  numbers = new Int32Array(4096)
  noted = 0
  #isRecord = false
  #name = { bytes: Buffer.alloc(0), text: '' }
  #space = { bytes: Buffer.alloc(0), text: '' }

  /**
   * Notes the numbers of a record. `broken`: one with something in it that is no JSON. Undefined for every other message, for lines that are
   * none, and for records without a stream or data: those are looked at by `JSON.parse`.
   */
  scan(bytes: Buffer, from: number, to: number): ScannedRecord | 'broken' | undefined {
    this.bytes = bytes
    this.to = to
    this.isBroken = false
    this.#isRecord = false
    const noted = this.noted
    const found = this.#message(from)
    if (found && !this.isBroken) return found
    this.noted = noted
    return found || (this.#isRecord && this.isBroken) ? 'broken' : undefined
  }

  #message(from: number): ScannedRecord | undefined {
    const noted = this.noted
    let record: ScannedRecord | undefined
    let at = this.open(this.afterSpace(from))
    while (at > 0 && this.bytes[at] === quote) {
      const keyEnd = this.string(at)
      const value = this.valueAfter(keyEnd)
      if (value < 0) return undefined
      let end: number
      if (this.is(at, keyEnd, typeKey)) {
        end = this.value(value)
        // Of another type nothing else is asked.
        this.#isRecord = this.is(value, end, recordType)
        if (!this.#isRecord) return undefined
      } else if (this.is(at, keyEnd, recordKey)) {
        // Of what comes twice the last one counts.
        this.noted = noted
        record = this.#record(value)
        if (!record) return undefined
        end = this.#recordEnd
      } else end = this.value(value)
      at = this.next(end)
    }
    return at < 0 && this.#isRecord && this.afterSpace(-at) === this.to ? record : undefined
  }

  #recordEnd = 0

  /** The value of `record`; where it ends is noted. */
  #record(from: number): ScannedRecord | undefined {
    const start = this.noted
    this.note(0, 0, 0, 0, 0)
    let stream: string | undefined
    let namespace: string | undefined
    let hasData = false
    let at = this.open(from)
    while (at > 0 && this.bytes[at] === quote) {
      const keyEnd = this.string(at)
      const value = this.valueAfter(keyEnd)
      if (value < 0) return undefined
      let end: number
      if (this.is(at, keyEnd, dataKey)) {
        hasData = this.bytes[value] === braceOpen
        this.noted = start + numbersOfRecord
        end = hasData ? this.members(value) : -1
        this.numbers[start] = (this.noted - start - numbersOfRecord) / numbersOfMember
      } else {
        end = this.value(value)
        if (this.is(at, keyEnd, streamKey)) stream = this.text(value, end, this.#name)
        else if (this.is(at, keyEnd, namespaceKey)) namespace = this.text(value, end, this.#space)
        else if (this.is(at, keyEnd, emittedKey)) {
          this.#noteAt(start + 1, value, end)
          // A number, or null.
          if (!isEmitted(this.bytes[value] as number)) this.isBroken = true
        } else if (this.is(at, keyEnd, metaKey)) this.#noteAt(start + 3, value, end)
      }
      at = this.next(end)
    }
    this.#recordEnd = -at
    return at < 0 && stream !== undefined && hasData ? { stream, namespace } : undefined
  }

  /** Notes the members of an object. @returns where it ends; -1 when the line ends within it */
  protected members(from: number): number {
    let at = this.open(from)
    while (at > 0 && this.bytes[at] === quote) {
      const keyEnd = this.string(at)
      const ofKey = this.kind === 0 ? 0 : holds.keyEscapes
      const value = this.valueAfter(keyEnd)
      if (value < 0) return -1
      const end = this.value(value)
      this.note(at + 1, keyEnd - 1, value, end, this.kind | ofKey)
      at = this.next(end)
    }
    return at < 0 ? -at : -1
  }

  /**
   * Notes the numbers of a record of which only the data stand there, as JSON that is known to be right.
   * @param emitted where in the same bytes its `emitted_at` begins and ends
   */
  scanData(
    bytes: Buffer,
    from: number,
    to: number,
    emitted: { readonly emittedStart: number; readonly emittedEnd: number },
  ): void {
    this.bytes = bytes
    this.to = to
    this.data(from, emitted.emittedStart, emitted.emittedEnd)
  }

  /** Notes the numbers of the data that begin here. @returns where they end; -1 where they do not */
  protected data(from: number, emittedStart: number, emittedEnd: number): number {
    const start = this.noted
    this.note(0, emittedStart, emittedEnd, 0, 0)
    const end = this.members(from)
    this.numbers[start] = (this.noted - start - numbersOfRecord) / numbersOfMember
    return end
  }

  /** Of a record, or of a member: as many of each. */
  protected note(a: number, b: number, c: number, d: number, e: number): void {
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
    this.bytes = bytes
    this.to = to
    const noted = this.noted
    let start = from
    let found: Int32Array | undefined
    for (const key of keys) {
      if (bytes[start] !== braceOpen) return undefined
      this.noted = noted
      this.members(start)
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

/** A number, or null. */
const isEmitted = (first: number) => isDigit(first) || first === 0x2d || first === 0x6e
