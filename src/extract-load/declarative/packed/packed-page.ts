import type { PackedFields, RecordData } from '../component-contract.js'
import type { PageText } from './page-text.js'

/** On a record that is packed: the page that the rest of it is in, and where it begins among the page's places. Copies of a record keep them. */
export const packedPage: unique symbol = Symbol('packed page')
export const packedAt: unique symbol = Symbol('packed at')

/** A record of which only the fields that somebody looks at are values; all others stay as they came, in the body of their page. */
export type PackedRecord = RecordData & { readonly [packedPage]: PackedPage; readonly [packedAt]: number }

/** The body of a page, and where its records and their members are. */
export interface PackedPage {
  readonly fields: PackedFields
  readonly text: PageText
  /** As `RecordScanner` notes them. */
  readonly places: Int32Array
  readonly rows: number
  readonly sizeBytes: number
}

/** The page of a record; undefined where the record is whole. */
export const pageOf = (record: RecordData): PackedPage | undefined => (record as Partial<PackedRecord>)[packedPage]
