import type { RecordData } from '../../../declarative/component-contract.js'
import { PackedRuns, pageOf, writeJson } from '../../../declarative/index.js'
import { RecordScanner } from '../../../protocol/scan-record.js'
import type { RecordRun } from '../../connector.js'

/** In a run the time stands first; a place of 0 says that there is none. */
const timeStart = 1
const newline = 0x0a

/** Writes records as the JSON that a sync takes, those of a batch into one piece of memory, and notes where their values are. */
export class RecordWriter {
  readonly #scanner = new RecordScanner()
  readonly #packed = new PackedRuns()

  /** @param emittedAtMs when they were read */
  write(records: readonly RecordData[], emittedAtMs: number): RecordRun[] {
    const runs: RecordRun[] = []
    for (let from = 0; from < records.length; ) {
      const page = pageOf(records[from] as RecordData)
      let to = from + 1
      while (to < records.length && pageOf(records[to] as RecordData) === page) to++
      const some = from === 0 && to === records.length ? records : records.slice(from, to)
      runs.push(page ? this.#packed.write(page, some, String(emittedAtMs)) : this.#write(some, emittedAtMs))
      from = to
    }
    return runs
  }

  #write(records: readonly RecordData[], emittedAtMs: number): RecordRun {
    const texts = [` ${emittedAtMs}`]
    for (const record of records) texts.push(writeJson(record))
    // Half surrogate pairs become U+FFFD here: the warehouse takes no others.
    const bytes = Buffer.from(texts.join('\n'))
    const scanner = this.#scanner
    const timeEnd = bytes.indexOf(newline)
    scanner.noted = 0
    for (let from = timeEnd + 1; from < bytes.length; ) {
      const end = bytes.indexOf(newline, from)
      const to = end < 0 ? bytes.length : end
      scanner.scanData(bytes, from, to, { emittedStart: timeStart, emittedEnd: timeEnd })
      from = to + 1
    }
    const places = scanner.numbers.slice(0, scanner.noted)
    return { bytes, places, rows: records.length, sizeBytes: bytes.length - timeEnd }
  }
}
