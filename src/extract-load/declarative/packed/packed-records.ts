import { holds, isSame } from '../../protocol/scan-json.js'
import { keyText, numbersOfMember, numbersOfRecord } from '../../protocol/scan-record.js'
import type { PackedFields, RecordData } from '../component-contract.js'
import { type PackedPage, type PackedRecord, packedAt, packedPage } from './packed-page.js'
import type { PageText } from './page-text.js'
import { byFirstKey, PartReader, valueIn } from './part-reader.js'

/** Makes records of what a scanner noted of a page, with the fields that somebody reads as values. */
export class PackedRecords {
  readonly #fields: PackedFields
  readonly #read: readonly ReadField[]

  constructor(fields: PackedFields) {
    this.#fields = fields
    this.#read = [...byFirstKey(fields.read)].map(([name, within]) => ({
      name,
      key: Buffer.from(name),
      parts: within.length === 0 ? undefined : new PartReader(within),
    }))
  }

  page(text: PageText, places: Int32Array, size: Pick<PackedPage, 'rows' | 'sizeBytes'>): PackedPage {
    return { fields: this.#fields, text, places, ...size }
  }

  /** @param at where its numbers begin among the places of the page */
  record(page: PackedPage, at: number): PackedRecord {
    const record: RecordData & PackedRecord = { [packedPage]: page, [packedAt]: at }
    for (const field of this.#read) {
      const member = memberOf(page, at, field)
      if (member !== undefined) record[field.name] = valueAt(page, member, field.parts)
    }
    return record
  }
}

interface ReadField {
  readonly name: string
  readonly key: Buffer
  /** Of what is read only in part. */
  readonly parts: PartReader | undefined
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

function valueAt({ text: { bytes }, places }: PackedPage, member: number, parts: PartReader | undefined): unknown {
  const start = places[member + 2] as number
  const end = places[member + 3] as number
  return parts ? parts.read(bytes, start, end) : valueIn(bytes, start, end, places[member + 4] as number)
}
