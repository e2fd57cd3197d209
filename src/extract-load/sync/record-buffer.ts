import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { temporaryFolder } from '../../base/index.js'
import type { RecordBatch, RecordRun } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'
import { linesOf } from '../protocol/line-blocks.js'
import { type PlainShape, plainRecord } from '../protocol/plain-record.js'

/** Records of a stream that wait to be staged together. */
export class RecordBuffer {
  readonly #columns: readonly DeclaredColumn[]
  #runs: RecordRun[] = []
  sizeBytes = 0

  constructor(columns: readonly DeclaredColumn[]) {
    this.#columns = columns
  }

  add(run: RecordRun): void {
    this.#runs.push(run)
    this.sizeBytes += run.bytes.length
  }

  /** Takes what is there. */
  take(): TakenRecords {
    const taken = { columns: this.#columns, runs: this.#runs, sizeBytes: this.sizeBytes }
    this.#runs = []
    this.sizeBytes = 0
    return taken
  }
}

export interface TakenRecords {
  readonly columns: readonly DeclaredColumn[]
  readonly runs: readonly RecordRun[]
  readonly sizeBytes: number
}

/**
 * Writes records to a temporary file for as long as `use` needs it. What the quick way cannot take (a key that comes twice, bytes that
 * are no UTF-8) is written plainly and used once more.
 * @throws SOURCE_PROTOCOL_BROKEN for what is none
 */
export async function withRecordFile(taken: TakenRecords, use: (batch: RecordBatch) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('records')
  const { runs, columns } = taken
  // Keys that differ by case only are not told apart by the warehouse's reader.
  const isOdd = runs.some((run) => run.isOdd) || columns.some(({ isOddKey }) => isOddKey)
  try {
    if (!isOdd)
      try {
        await use(await write(folder, taken, asTheyCame(runs), false))
        return
      } catch (error) {
        if (!isUnreadable(error)) throw error
      }
    await use(await write(folder, taken, plainLines(taken), true))
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isUnreadable(error)) throw error
    throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
      message: `The connector wrote a record that cannot be read: ${(error as Error).message.replaceAll(folder, '')}`,
      hint: 'Nothing behind the last state was loaded. Ask who maintains the connector.',
      cause: error,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the warehouse's JSON reader stumbled over. */
const isUnreadable = (error: unknown) =>
  error instanceof Error && /JSON|unicode|utf-?8|byte sequence/i.test(error.message)

async function write(
  folder: string,
  { columns, runs, sizeBytes }: TakenRecords,
  pieces: Iterable<Buffer>,
  isPlain: boolean,
): Promise<RecordBatch> {
  const path = join(folder, isPlain ? 'plain.jsonl' : 'records.jsonl')
  await pipeline(Readable.from(inLargePieces(pieces)), createWriteStream(path, { mode: 0o600 }))
  return {
    representation: 'records',
    path,
    columns,
    rows: runs.reduce((sum, { rows }) => sum + rows, 0),
    sizeBytes,
    // Written plainly a line may grow: each value becomes a text.
    longestBytes: runs.reduce((most, run) => Math.max(most, run.longestBytes), 0) * (isPlain ? 2 : 1),
    isPlain,
  }
}

const pieceBytes = 4 * 1024 * 1024

/** Each piece waits for its turn on this thread, which has the next records to read meanwhile. */
function* inLargePieces(pieces: Iterable<Buffer>): Generator<Buffer> {
  let some: Buffer[] = []
  let size = 0
  for (const piece of pieces) {
    some.push(piece)
    size += piece.length
    if (size < pieceBytes) continue
    yield Buffer.concat(some)
    some = []
    size = 0
  }
  yield Buffer.concat(some)
}

const newline = Buffer.from('\n')

function* asTheyCame(runs: readonly RecordRun[]): Generator<Buffer> {
  for (const { bytes } of runs) {
    yield bytes
    yield newline
  }
}

function* plainLines({ columns, runs }: TakenRecords): Generator<Buffer> {
  const whole = columns.filter(({ inside }) => !inside)
  const shape: PlainShape = {
    names: new Map(whole.map(({ key, name }) => [key, name])),
    jsonColumns: new Set(whole.filter(({ type }) => type === 'json').map(({ name }) => name)),
    parts: columns.flatMap(({ key, name, inside }) => (inside ? [{ name, path: [key, ...inside] }] : [])),
  }
  for (const { bytes } of runs) for (const line of linesOf(bytes)) yield Buffer.from(`${plainRecord(line, shape)}\n`)
}
