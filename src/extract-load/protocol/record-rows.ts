import type { ColumnChunk } from '../../warehouse/index.js'
import type { RecordRun } from '../connectors/connector.js'
import { RowChunks } from '../table-source/row-chunks.js'
import { TextReader } from '../table-source/text-reader.js'
import type { DeclaredColumn } from './declared-types.js'
import { InnerValues } from './inner-values.js'
import { holds, isSame } from './scan-json.js'
import { keyText, movePlaces, numbersOfMember, numbersOfRecord } from './scan-record.js'
import { isNull, settleValue, textStart } from './settle-value.js'

/** A column, by its number. */
interface Target {
  readonly column: number
  readonly isJson: boolean
}

/** What the key is that a record has in some place, and the column that wants its value. */
interface KnownKey {
  readonly bytes: Buffer
  readonly target: Target | undefined
}

const letterE = 0x65
const smallBytes = 4096
const pageBytes = 64 * 1024

/**
 * Puts the values of records into columns of texts, as they are written: of a string the string itself, of everything else its JSON, as of strings
 * that are to be JSON. Nothing is rounded. Half surrogate pairs, which are no text, become U+FFFD; of a key that comes twice the last value counts;
 * a value that is `null` is none. Behind the columns that are asked for come `emitted_at` and `meta`, as they are written.
 */
export class RecordRows {
  readonly #rows: RowChunks
  readonly #width: number
  readonly #targets: ReadonlyMap<string, Target>
  /** By the place that it has in a record: records of a stream have their keys in the same order, as a rule. */
  readonly #known: KnownKey[] = []
  readonly #inner: InnerValues
  readonly #isInteger: readonly boolean[]
  readonly #isLong: boolean[]
  #page = Buffer.alloc(0)
  #filled = 0

  constructor(columns: readonly DeclaredColumn[]) {
    this.#targets = new Map(
      [...columns.entries()].flatMap(([column, { key, type, inside }]) =>
        inside ? [] : [[key, { column, isJson: type === 'json' }]],
      ),
    )
    this.#inner = new InnerValues(columns)
    this.#isInteger = columns.map(({ type }) => type === 'integer')
    this.#isLong = columns.map(() => false)
    this.#width = columns.length
    this.#rows = new RowChunks(Array.from({ length: columns.length + 2 }, () => new TextReader('VARCHAR')))
  }

  /** Answers the chunks that are complete with these records. */
  add(given: RecordRun): ColumnChunk[] {
    const chunks: ColumnChunk[] = []
    const run = given.bytes.length <= smallBytes && !this.#inner.isWanted ? this.#gathered(given) : given
    const { places, rows, sizeBytes } = run
    const usualSize = Math.ceil(sizeBytes / rows)
    // Before anything is written over the values that they lie in.
    const { bytes, columns: inner, places: innerPlaces } = this.#inner.of(run)
    let at = 0
    for (let row = 0; row < rows; row++) {
      this.#rows.beginRow(bytes)
      for (let column = 0; column < this.#width; column++) this.#rows.none(column)
      for (const [i, column] of inner.entries()) {
        const place = (row * inner.length + i) * 2
        this.#value(bytes, column, innerPlaces[place] as number, innerPlaces[place + 1] as number)
      }
      this.#own(bytes, this.#width, places[at + 1] as number, places[at + 2] as number, 0)
      // What is in it nobody noted: it is rare.
      this.#own(bytes, this.#width + 1, places[at + 3] as number, places[at + 4] as number, holds.halves)
      const members = places[at] as number
      at += numbersOfRecord
      for (let member = 0; member < members; member++) {
        this.#member(member, bytes, places, at)
        at += numbersOfMember
      }
      const chunk = this.#rows.endRow(usualSize)
      if (chunk) chunks.push(chunk)
    }
    return chunks
  }

  /** The last rows. */
  end(): ColumnChunk | undefined {
    return this.#rows.end()
  }

  /** The columns of integers that had one which may need more than 64 bits. */
  get longColumns(): readonly number[] {
    return [...this.#isLong.keys()].filter((column) => this.#isLong[column])
  }

  /** A run that is small, in the bytes that others are in: the columns of those that lie in the same are read together. */
  #gathered(run: RecordRun): RecordRun {
    const { bytes, places } = run
    if (bytes.length > this.#page.length - this.#filled) {
      this.#page = Buffer.allocUnsafeSlow(pageBytes)
      this.#filled = 0
    }
    bytes.copy(this.#page, this.#filled)
    movePlaces(places, this.#filled)
    this.#filled += bytes.length
    return { ...run, bytes: this.#page }
  }

  #own(bytes: Buffer, column: number, start: number, end: number, kind: number): void {
    if (start === 0 || isNull(bytes, start, end)) this.#rows.none(column)
    else this.#value(bytes, column, start, settleValue(bytes, start, end, kind, true))
  }

  /** @param start 0: there is none */
  #value(bytes: Buffer, column: number, start: number, end: number): void {
    if (start === 0) this.#rows.none(column)
    else this.#rows.value(column, start, end - start)
    if (this.#isInteger[column] && mayBeLong(bytes, start, end)) this.#isLong[column] = true
  }

  #member(member: number, bytes: Buffer, places: Int32Array, at: number): void {
    const kind = places[at + 4] as number
    const target = this.#targetOf(member, bytes, places[at] as number, places[at + 1] as number, kind)
    if (!target) return
    const { column, isJson } = target
    const start = places[at + 2] as number
    const end = places[at + 3] as number
    if (isNull(bytes, start, end)) this.#rows.none(column)
    else {
      this.#value(bytes, column, textStart(bytes, start, isJson), settleValue(bytes, start, end, kind, isJson))
    }
  }

  #targetOf(member: number, bytes: Buffer, start: number, end: number, kind: number): Target | undefined {
    const known = this.#known[member]
    if (known && isSame(bytes, start, end, known.bytes)) return known.target
    const target = this.#targets.get(keyText(bytes, start, end, kind))
    this.#known[member] = { bytes: Buffer.from(bytes.subarray(start, end)), target }
    return target
  }
}

/** So many digits, with or without a sign, are no number of more than 64 bits. */
const shortDigits = 18

function mayBeLong(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > shortDigits) return true
  for (let at = start; at < end; at++) if (((bytes[at] as number) | 0x20) === letterE) return true
  return false
}
