import type { RecordRun } from '../../connectors/connector.js'
import { holds, isSame } from '../../protocol/scan-json.js'
import { keyText, numbersOfMember, numbersOfRecord } from '../../protocol/scan-record.js'
import type { RecordData } from '../component-contract.js'
import { type PackedPage, type PackedRecord, packedAt } from './packed-page.js'

/** What becomes of the member that records have in some place. */
interface KnownMember {
  readonly key: Buffer
  readonly isKept: boolean
}

/** Writes packed records as a sync takes them: what nobody changed stays where it is, in the body of its page. */
export class PackedRuns {
  #known: KnownMember[] = []
  #knownOf: PackedPage['fields'] | undefined

  /** @param records of one page @param emittedAt when they were read, as JSON */
  write(page: PackedPage, records: readonly RecordData[], emittedAt: string): RecordRun {
    if (this.#knownOf !== page.fields) this.#known = []
    this.#knownOf = page.fields
    const { text } = page
    const time = text.add(emittedAt)
    const timeEnd = text.end
    if (isWhole(page, records)) return wholeRun(page, time, timeEnd)
    const keys = page.fields.written.map((name) => {
      const start = text.add(JSON.stringify(name))
      const end = text.end - 1
      return { name, start: start + 1, end, kind: end - start - 1 === Buffer.byteLength(name) ? 0 : holds.keyEscapes }
    })
    const places = new Places(page.places.length + records.length * keys.length * numbersOfMember)
    for (const record of records) {
      const at = (record as PackedRecord)[packedAt]
      const start = places.begin(time, timeEnd)
      this.#keep(page, at, places)
      for (const key of keys) {
        const value = record[key.name]
        if (value === undefined || value === null) continue
        const json = text.value(value)
        places.add(key.start, key.end, json.start, json.end, json.kind | key.kind)
      }
      places.close(start)
    }
    const sizeBytes = Math.ceil((page.sizeBytes * records.length) / page.rows)
    return { bytes: text.bytes, places: places.numbers, rows: records.length, sizeBytes }
  }

  #keep({ text, places, fields }: PackedPage, at: number, kept: Places): void {
    const { bytes: body } = text
    const members = places[at] as number
    let member = at + numbersOfRecord
    for (let place = 0; place < members; place++, member += numbersOfMember) {
      const start = places[member] as number
      const end = places[member + 1] as number
      let known = this.#known[place]
      if (!known || !isSame(body, start, end, known.key)) {
        const name = keyText(body, start, end, places[member + 4] as number)
        const isKept = !fields.written.includes(name) && !fields.removed.includes(name)
        known = { key: Buffer.from(body.subarray(start, end)), isKept }
        this.#known[place] = known
      }
      if (known.isKept) kept.copy(places, member)
    }
  }
}

/** Whether the records are all that the page has, as they came: then nothing is copied. */
const isWhole = ({ fields, rows }: PackedPage, records: readonly RecordData[]) =>
  fields.written.length === 0 && fields.removed.length === 0 && records.length === rows

function wholeRun({ text, places, rows, sizeBytes }: PackedPage, time: number, timeEnd: number): RecordRun {
  for (let at = 0; at < places.length; at += numbersOfRecord + (places[at] as number) * numbersOfMember) {
    places[at + 1] = time
    places[at + 2] = timeEnd
  }
  return { bytes: text.bytes, places, rows, sizeBytes }
}

/** The numbers of records, as `RecordScanner` notes them. */
class Places {
  readonly #numbers: Int32Array
  #noted = 0

  constructor(size: number) {
    this.#numbers = new Int32Array(size)
  }

  get numbers(): Int32Array {
    return this.#numbers.subarray(0, this.#noted)
  }

  begin(timeStart: number, timeEnd: number): number {
    const start = this.#noted
    this.add(0, timeStart, timeEnd, 0, 0)
    return start
  }

  close(start: number): void {
    this.#numbers[start] = (this.#noted - start - numbersOfRecord) / numbersOfMember
  }

  add(a: number, b: number, c: number, d: number, e: number): void {
    const numbers = this.#numbers
    let at = this.#noted
    numbers[at++] = a
    numbers[at++] = b
    numbers[at++] = c
    numbers[at++] = d
    numbers[at++] = e
    this.#noted = at
  }

  copy(from: Int32Array, at: number): void {
    this.add(
      from[at] as number,
      from[at + 1] as number,
      from[at + 2] as number,
      from[at + 3] as number,
      from[at + 4] as number,
    )
  }
}
