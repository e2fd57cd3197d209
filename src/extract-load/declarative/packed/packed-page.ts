import type { RecordData } from '../contract.js'

/** On a record that is packed: where the rest of it is. Copies of a record keep it. */
export const packed: unique symbol = Symbol('packed')

/** A record of which only the fields that somebody looks at are values; all others stay as they came, in the body of their page. */
export type PackedRecord = RecordData & { readonly [packed]: PackedPlace }

export interface PackedPlace {
  readonly page: PackedPage
  /** Where the record begins among the page's places. */
  readonly at: number
}

/** What is done with the fields of a stream's records, as far as it is known before any is read. */
export interface PackedFields {
  /** Are made values: what somebody reads or changes. */
  readonly read: readonly string[]
  /** Are written from the values that they have in the end. */
  readonly written: readonly string[]
  /** Are not in the records in the end, unless they are written. */
  readonly removed: readonly string[]
}

/** The body of a page, and where its records and their members are. */
export interface PackedPage {
  readonly fields: PackedFields
  readonly body: Buffer
  /** As `RecordScanner` notes them. */
  readonly places: Int32Array
  readonly rows: number
}

export const packedPlace = (record: RecordData): PackedPlace | undefined => (record as Partial<PackedRecord>)[packed]
