import { redact } from '../../base/index.js'
import type { RecordRun, SourceMessage } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import type { StreamDescriptor } from './messages.js'
import { numbersOfMember, numbersOfRecord, RecordScanner } from './scan-record.js'

/** Below this part of its block a run is copied: it would keep all of the block in memory otherwise. */
const leastShare = 0.5

/** Puts RECORD messages that follow each other, of one stream, together: most blocks are one run, and no line is cut out of them. */
export class RecordRuns {
  readonly #nameOf: (stream: StreamDescriptor) => string
  readonly #scanner = new RecordScanner()
  #done: SourceMessage[] = []
  #block: Buffer = Buffer.alloc(0)
  #stream = ''
  #namespace: string | undefined
  #rows = 0
  #start = 0
  #end = 0

  constructor(nameOf: (stream: StreamDescriptor) => string) {
    this.#nameOf = nameOf
  }

  /**
   * Takes a line of a block, if it is a RECORD message. Blocks come one after the other, and are taken from here between them.
   * @throws SOURCE_PROTOCOL_BROKEN
   */
  add(block: Buffer, start: number, end: number): boolean {
    const scanner = this.#scanner
    const noted = scanner.noted
    const found = scanner.scan(block, start, end)
    if (found === 'broken')
      throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
        message: `The connector wrote a record that cannot be read: ${redact(block.toString('utf8', start, Math.min(end, start + 200)))}`,
        hint: 'Nothing behind the last state was loaded. Ask who maintains the connector.',
      })
    if (!found) return false
    const goesOn =
      this.#rows > 0 && found.stream === this.#stream && found.namespace === this.#namespace && start === this.#end + 1
    if (!goesOn) {
      this.#close(noted)
      this.#block = block
      this.#stream = found.stream
      this.#namespace = found.namespace
      this.#start = start
    }
    this.#rows++
    this.#end = end
    return true
  }

  /** What came since the last time. */
  take(): readonly SourceMessage[] {
    this.#close(this.#scanner.noted)
    const done = this.#done
    this.#done = []
    return done
  }

  /** @param noted the numbers of the run; those behind them are of the next one */
  #close(noted: number): void {
    if (this.#rows === 0) return
    const scanner = this.#scanner
    const places = scanner.numbers.slice(0, noted)
    scanner.numbers.copyWithin(0, noted, scanner.noted)
    scanner.noted -= noted
    const sizeBytes = this.#end - this.#start
    let bytes = this.#block
    if (sizeBytes < bytes.length * leastShare) {
      bytes = Buffer.from(bytes.subarray(this.#start, this.#end))
      moveDown(places, this.#start)
    }
    const stream = this.#nameOf({ name: this.#stream, namespace: this.#namespace })
    this.#done.push({ type: 'records', stream, records: { bytes, places, sizeBytes, rows: this.#rows } })
    this.#rows = 0
  }
}

/** Makes the places of a run those of a copy that begins with it. */
function moveDown(places: RecordRun['places'], by: number): void {
  for (let at = 0; at < places.length; ) {
    const members = places[at] as number
    for (let i = 1; i < numbersOfRecord; i++) if (places[at + i] !== 0) places[at + i] = (places[at + i] as number) - by
    at += numbersOfRecord
    for (const end = at + members * numbersOfMember; at < end; at += numbersOfMember)
      for (let i = 0; i < numbersOfMember - 1; i++) places[at + i] = (places[at + i] as number) - by
  }
}
