import type { RecordData } from '../../declarative/contract.js'
import { writeJson } from '../../declarative/index.js'
import { RecordScanner } from '../../protocol/scan-record.js'
import type { RecordRun } from '../connector.js'

/** In a run the time stands first; a place of 0 says that there is none. */
const timeStart = 1

/** Writes records as the JSON that a sync takes, all of a batch into one piece of memory, and notes where their values are. */
export class RecordWriter {
  readonly #scanner = new RecordScanner()

  /** @param emittedAtMs when they were read */
  write(records: readonly RecordData[], emittedAtMs: number): RecordRun {
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

const newline = 0x0a
