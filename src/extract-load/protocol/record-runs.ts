import type { RecordRun, SourceMessage } from '../connectors/connector.js'
import type { StreamDescriptor } from './messages.js'
import { RecordScanner } from './scan-record.js'

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
  #isOdd = false
  #rows = 0
  #start = 0
  #end = 0
  #longestBytes = 0

  constructor(nameOf: (stream: StreamDescriptor) => string) {
    this.#nameOf = nameOf
  }

  /** Takes a line of a block, if it is a RECORD message. Blocks come one after the other, and are taken from here between them. */
  add(block: Buffer, start: number, end: number): boolean {
    const found = this.#scanner.scan(block, start, end)
    if (!found) return false
    const goesOn =
      this.#rows > 0 &&
      found.stream === this.#stream &&
      found.namespace === this.#namespace &&
      found.isOdd === this.#isOdd &&
      start === this.#end + 1
    if (!goesOn) {
      this.#close()
      this.#block = block
      this.#stream = found.stream
      this.#namespace = found.namespace
      this.#isOdd = found.isOdd
      this.#start = start
    }
    this.#rows++
    this.#end = end
    this.#longestBytes = Math.max(this.#longestBytes, end - start)
    return true
  }

  /** What came since the last time. */
  take(): readonly SourceMessage[] {
    this.#close()
    const done = this.#done
    this.#done = []
    return done
  }

  #close(): void {
    if (this.#rows === 0) return
    const part = this.#block.subarray(this.#start, this.#end)
    const records: RecordRun = {
      bytes: part.length < this.#block.length * leastShare ? Buffer.from(part) : part,
      rows: this.#rows,
      longestBytes: this.#longestBytes,
      isOdd: this.#isOdd,
    }
    const stream = this.#nameOf({ name: this.#stream, namespace: this.#namespace })
    this.#done.push({ type: 'records', stream, records })
    this.#rows = 0
    this.#longestBytes = 0
  }
}
