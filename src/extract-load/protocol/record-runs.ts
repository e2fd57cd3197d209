import type { RecordRun, SourceMessage } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import type { StreamDescriptor } from './messages.js'
import { movePlaces, RecordScanner } from './scan-record.js'

/** Below this part of its block a run is copied: it would keep all of the block in memory otherwise. */
const leastShare = 0.5

/** Lines of a block that follow each other, with the numbers that the scanner noted of them. */
interface Lines {
  readonly start: number
  end: number
  readonly from: number
  to: number
}

/** What it holds may be a secret, or what a mapper would hash: it is not shown. */
export const brokenRecord = () =>
  extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
    message: 'The connector wrote a record that cannot be read: it is no JSON.',
    hint: 'Nothing behind the last state was loaded. Ask who maintains the connector.',
  })

interface OpenRun {
  readonly descriptor: StreamDescriptor
  readonly lines: Lines[]
  rows: number
}

/** Puts the RECORD messages of a block together, those of each stream: most blocks are one run, and no line is cut out of them. */
export class RecordRuns {
  readonly #nameOf: (stream: StreamDescriptor) => string
  readonly #scanner = new RecordScanner()
  readonly #open = new Map<string, OpenRun>()
  #block: Buffer = Buffer.alloc(0)
  /** The one that the last record belongs to. */
  #last: OpenRun | undefined

  constructor(nameOf: (stream: StreamDescriptor) => string) {
    this.#nameOf = nameOf
  }

  /**
   * Takes a line of a block, if it is a RECORD message. Blocks come one after the other, and are taken from here between them.
   * @throws SOURCE_PROTOCOL_BROKEN
   */
  add(block: Buffer, start: number, end: number): boolean {
    const scanner = this.#scanner
    const from = scanner.noted
    const found = scanner.scan(block, start, end)
    if (found === 'broken') throw brokenRecord()
    if (!found) return false
    this.#block = block
    const { stream, namespace } = found
    let run = this.#last
    const goesOn = run?.descriptor.name === stream && run.descriptor.namespace === namespace
    if (!goesOn || !run) run = this.#runOf({ name: stream, namespace })
    const lines = goesOn ? run.lines.at(-1) : undefined
    if (lines?.end === start - 1) {
      lines.end = end
      lines.to = scanner.noted
    } else run.lines.push({ start, end, from, to: scanner.noted })
    run.rows++
    this.#last = run
    return true
  }

  #runOf(descriptor: StreamDescriptor): OpenRun {
    const key = `${descriptor.namespace ?? ''}\0${descriptor.name}`
    const open = this.#open.get(key)
    if (open) return open
    const run: OpenRun = { descriptor, lines: [], rows: 0 }
    this.#open.set(key, run)
    return run
  }

  /** What came since the last time, of each stream in its order. */
  take(): readonly SourceMessage[] {
    const done = [...this.#open.values()].map(
      (run): SourceMessage => ({
        type: 'records',
        stream: this.#nameOf(run.descriptor),
        records: this.#recordsOf(run),
      }),
    )
    this.#open.clear()
    this.#last = undefined
    this.#scanner.noted = 0
    return done
  }

  #recordsOf({ lines, rows }: OpenRun): RecordRun {
    const { numbers } = this.#scanner
    const sizeBytes = lines.reduce((sum, { start, end }) => sum + end - start, 0)
    const places = new Int32Array(lines.reduce((sum, { from, to }) => sum + to - from, 0))
    const isCopied = sizeBytes < this.#block.length * leastShare
    const bytes = isCopied ? Buffer.allocUnsafeSlow(sizeBytes) : this.#block
    let written = 0
    let noted = 0
    for (const { start, end, from, to } of lines) {
      places.set(numbers.subarray(from, to), noted)
      if (isCopied) {
        this.#block.copy(bytes, written, start, end)
        movePlaces(places.subarray(noted, noted + to - from), written - start)
      }
      written += end - start
      noted += to - from
    }
    return { bytes, places, sizeBytes, rows }
  }
}
