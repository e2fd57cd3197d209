import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RecordBatch } from '../connectors/connector.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'
import { type PlainShape, plainRecord } from '../protocol/plain-record.js'

const newline = Buffer.from('\n')

/** Records of a stream that wait to be staged together. */
export class RecordBuffer {
  readonly #columns: readonly DeclaredColumn[]
  readonly #shape: PlainShape
  /** Keys that differ by case only are not told apart by the warehouse's reader. */
  readonly #isAlwaysOdd: boolean
  #lines: Buffer[] = []
  #isOdd = false
  sizeBytes = 0

  constructor(columns: readonly DeclaredColumn[]) {
    this.#columns = columns
    this.#shape = {
      names: new Map(columns.map(({ key, name }) => [key, name])),
      jsonColumns: new Set(columns.filter(({ type }) => type === 'json').map(({ name }) => name)),
    }
    this.#isAlwaysOdd = columns.some(({ key, name }) => key !== name)
  }

  get rows(): number {
    return this.#lines.length
  }

  add(bytes: Buffer, isOdd: boolean): void {
    this.#lines.push(bytes)
    this.sizeBytes += bytes.length
    if (isOdd) this.#isOdd = true
  }

  /** Takes what is there. */
  take(): TakenRecords {
    const lines = this.#lines
    const { sizeBytes } = this
    const isOdd = this.#isOdd || this.#isAlwaysOdd
    this.#lines = []
    this.sizeBytes = 0
    this.#isOdd = false
    return { lines, sizeBytes, isOdd, columns: this.#columns, shape: this.#shape }
  }
}

export interface TakenRecords {
  readonly lines: readonly Buffer[]
  readonly sizeBytes: number
  readonly isOdd: boolean
  readonly columns: readonly DeclaredColumn[]
  readonly shape: PlainShape
}

/**
 * Writes records to a temporary file for as long as `use` needs it. What the quick way cannot take (a key that comes twice, bytes that
 * are no UTF-8) is written plainly and used once more.
 */
export async function withRecordFile(
  taken: TakenRecords,
  use: (batch: RecordBatch) => Promise<void>,
  isUnreadable: (error: unknown) => boolean,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-records-'))
  try {
    if (!taken.isOdd)
      try {
        await use(await write(folder, taken, taken.lines, false))
        return
      } catch (error) {
        if (!isUnreadable(error)) throw error
      }
    await use(await write(folder, taken, plainLines(taken), true))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function write(
  folder: string,
  { columns, lines: { length: rows }, sizeBytes }: TakenRecords,
  lines: Iterable<Buffer>,
  isPlain: boolean,
): Promise<RecordBatch> {
  const path = join(folder, isPlain ? 'plain.jsonl' : 'records.jsonl')
  let longestBytes = 0
  function* pieces(): Generator<Buffer> {
    let piece: Buffer[] = []
    let pieceBytes = 0
    for (const line of lines) {
      longestBytes = Math.max(longestBytes, line.length)
      piece.push(line, newline)
      pieceBytes += line.length + 1
      if (pieceBytes < pieceSizeBytes) continue
      yield Buffer.concat(piece)
      piece = []
      pieceBytes = 0
    }
    yield Buffer.concat(piece)
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path, { mode: 0o600 }))
  return { representation: 'records', path, columns, rows, sizeBytes, longestBytes, isPlain }
}

const pieceSizeBytes = 1024 * 1024

function* plainLines({ lines, shape }: TakenRecords): Generator<Buffer> {
  for (const line of lines) yield Buffer.from(plainRecord(line.toString('utf8'), shape))
}
