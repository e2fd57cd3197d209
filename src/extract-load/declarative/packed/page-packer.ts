import { holds, isSame } from '../../protocol/scan-json.js'
import { PageScanner } from '../../protocol/scan-page.js'
import { keyText, numbersOfMember, numbersOfRecord } from '../../protocol/scan-record.js'
import type { RecordData } from '../contract.js'
import { readJson } from '../values/index.js'
import { type PackedFields, type PackedPage, type PackedRecord, packedAt, packedPage } from './packed-page.js'
import { PageText } from './page-text.js'

const quote = 0x22

/** Makes records of pages, of which only the fields that somebody reads are made values. */
export class PagePacker {
  readonly #fields: PackedFields
  readonly #scanner: PageScanner
  readonly #read: readonly ReadField[]

  /** @param path the keys at whose end the list of records lies */
  constructor(path: readonly string[], fields: PackedFields) {
    this.#fields = fields
    this.#scanner = new PageScanner(path)
    this.#read = fields.read.map((name) => ({ name, key: Buffer.from(name) }))
  }

  /** Undefined where the body is not a plain page of records: then it is read as any other, as are records with odd numbers. */
  pack(bytes: Uint8Array): RecordData[] | undefined {
    const text = new PageText(bytes)
    const starts = this.#scanner.records(text.bytes.subarray(0, text.end))
    if (!starts) return undefined
    const places = this.#scanner.numbers.slice(0, this.#scanner.noted)
    const sizeBytes = bytes.length
    const page: PackedPage = { fields: this.#fields, text, places, rows: starts.length, sizeBytes }
    const records: RecordData[] = []
    for (const at of starts) {
      const odd = this.#scanner.odd.get(at)
      records.push(odd ? (readJson(text.bytes.toString('utf8', ...odd)) as RecordData) : this.#record(page, at))
    }
    return records
  }

  #record(page: PackedPage, at: number): PackedRecord {
    const record: RecordData & PackedRecord = { [packedPage]: page, [packedAt]: at }
    for (const field of this.#read) {
      const member = memberOf(page, at, field)
      if (member !== undefined) record[field.name] = valueAt(page, member)
    }
    return record
  }
}

interface ReadField {
  readonly name: string
  readonly key: Buffer
}

/** Where the numbers of a member are; of a key that comes twice the last one. */
function memberOf({ text: { bytes: body }, places }: PackedPage, at: number, field: ReadField): number | undefined {
  const { length } = field.key
  const first = at + numbersOfRecord
  for (
    let member = first + ((places[at] as number) - 1) * numbersOfMember;
    member >= first;
    member -= numbersOfMember
  ) {
    // Most keys are told from it by their length alone.
    const isAsLong = (places[member + 1] as number) - (places[member] as number) === length
    if (!isAsLong && ((places[member + 4] as number) & holds.keyEscapes) === 0) continue
    if (isKey(body, places, member, field)) return member
  }
  return undefined
}

function isKey(body: Buffer, places: Int32Array, member: number, { name, key }: ReadField): boolean {
  const start = places[member] as number
  const end = places[member + 1] as number
  if (isSame(body, start, end, key)) return true
  const kind = places[member + 4] as number
  return (kind & holds.keyEscapes) !== 0 && keyText(body, start, end, kind) === name
}

function valueAt({ text: { bytes: body }, places }: PackedPage, member: number): unknown {
  const start = places[member + 2] as number
  const end = places[member + 3] as number
  const isPlainText = body[start] === quote && ((places[member + 4] as number) & holds.escapes) === 0
  return isPlainText ? body.toString('utf8', start + 1, end - 1) : readJson(body.toString('utf8', start, end))
}
