import { isUtf8 } from 'node:buffer'
import { PageScanner } from '../../protocol/scan-page.js'
import type { PackedFields, RecordData } from '../component-contract.js'
import { readJson } from '../values/index.js'
import { PackedRecords } from './packed-records.js'
import { PageText } from './page-text.js'

/** Makes records of pages, of which only the fields that somebody reads are made values. */
export class PagePacker {
  readonly #scanner: PageScanner
  readonly #records: PackedRecords

  /** @param path the keys at whose end the list of records lies */
  constructor(path: readonly string[], fields: PackedFields) {
    this.#scanner = new PageScanner(path)
    this.#records = new PackedRecords(fields)
  }

  /** Undefined where the body is not a plain page of records: then it is read as any other, as are records with odd numbers. */
  pack(bytes: Uint8Array): RecordData[] | undefined {
    if (!isUtf8(bytes)) return undefined
    const text = PageText.copied(bytes)
    const starts = this.#scanner.records(text.bytes.subarray(0, text.end))
    if (!starts) return undefined
    const { odd, numbers, noted } = this.#scanner
    const page = this.#records.page(text, numbers.slice(0, noted), { rows: starts.length, sizeBytes: bytes.length })
    return Array.from(starts, (at) => {
      const place = odd.get(at)
      return place ? (readJson(text.bytes.toString('utf8', ...place)) as RecordData) : this.#records.record(page, at)
    })
  }
}
