import type { Connection } from 'mysql2'
import { type ColumnVector, rowsPerChunk } from '../../../../warehouse/index.js'
import { TextReader } from '../../../table-source/text-reader.js'
import type { CdcColumn, CdcEvent } from '../../connector.js'
import type { MysqlColumn } from '../catalogue.js'
import { readColumn } from '../columns.js'
import { FixedReader } from '../rows/value-readers.js'
import { askServer } from './ask-server.js'
import { type LogPosition, numberOf } from './log-position.js'
import { emptyVector, type LogValue } from './log-values.js'

/** What the rows of a table have besides its own columns, with Airbyte's names. */
export const cdcColumns: readonly CdcColumn[] = [
  { name: '_ab_cdc_updated_at', type: 'VARCHAR', kind: 'text' },
  { name: '_ab_cdc_deleted_at', type: 'VARCHAR', kind: 'text' },
  { name: '_ab_cdc_log_file', type: 'VARCHAR', kind: 'text' },
  { name: '_ab_cdc_log_pos', type: 'BIGINT', kind: 'integer' },
  { name: '_ab_cdc_cursor', type: 'BIGINT', kind: 'integer' },
]

/** A number that grows with the position: Airbyte's, the file's number above 32 bits of the place in it. */
export const cursorOf = ({ file, pos }: LogPosition): bigint => (BigInt(numberOf(file)) << 32n) | BigInt(pos)

/** As Airbyte writes the times of changes: ISO 8601 in UTC, with microseconds, which the log does not have. */
export const timeText = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, -5)}.000000Z`

/** Chunks with long texts are handed on before they are full: what they hold is in memory until then. */
const bytesPerChunk = 16 * 1024 * 1024

/** When and where a row changed. */
export interface RowPlace {
  readonly time: Buffer
  readonly file: Buffer
  /** The place in the file and Airbyte's cursor, in eight bytes each. */
  readonly numbers: Buffer
}

export function rowPlace(seconds: number, position: LogPosition): RowPlace {
  const numbers = Buffer.alloc(16)
  numbers.writeBigInt64LE(BigInt(position.pos))
  numbers.writeBigInt64LE(cursorOf(position), 8)
  return { time: Buffer.from(timeText(seconds)), file: Buffer.from(position.file), numbers }
}

/** Rows of a table of one shape that wait to be handed on. */
export class ChangedRows {
  readonly stream: string
  readonly columns: readonly CdcColumn[]
  readonly #values: readonly LogValue[]
  /** Of the values that only the server turns into texts: by column, a row each. */
  readonly #asked: ReadonlyMap<number, (Buffer | undefined)[]>
  readonly #updated = new TextReader('VARCHAR')
  readonly #deleted = new TextReader('VARCHAR')
  readonly #files = new TextReader('VARCHAR')
  readonly #positions = new FixedReader('BIGINT', 8)
  readonly #cursors = new FixedReader('BIGINT', 8)
  #rows = 0
  sizeBytes = 0

  constructor(stream: string, own: readonly MysqlColumn[], values: readonly LogValue[]) {
    this.stream = stream
    this.#values = values
    this.#asked = new Map(values.flatMap(({ ask }, i) => (ask ? [[i, []]] : [])))
    const read = own.map((column, i): CdcColumn => {
      const { name, kind, isUnboundedNumber } = readColumn(column)
      return { name, kind, isUnboundedNumber, type: values[i]?.reader.type ?? 'VARCHAR' }
    })
    this.columns = [...read, ...cdcColumns]
  }

  get isFull(): boolean {
    return this.#rows >= rowsPerChunk || this.sizeBytes >= bytesPerChunk
  }

  get isEmpty(): boolean {
    return this.#rows === 0
  }

  /**
   * @param starts of each column, where its value begins; below 0 where it has none
   * @param lengths of the values
   */
  add(
    bytes: Buffer,
    { starts, lengths }: { readonly starts: Int32Array; readonly lengths: Int32Array },
    { time, file, numbers }: RowPlace,
    isDeleted: boolean,
  ): void {
    const row = this.#rows++
    for (let i = 0; i < this.#values.length; i++) {
      const value = this.#values[i] as LogValue
      const at = starts[i] as number
      if (at < 0) value.reader.skip(row)
      else if (value.ask) (this.#asked.get(i) as Buffer[])[row] = bytes.subarray(at, at + (lengths[i] as number))
      else value.put(bytes, at, lengths[i] as number, row)
      if (at >= 0) this.sizeBytes += lengths[i] as number
    }
    this.#updated.read(time, 0, time.length, row)
    if (isDeleted) this.#deleted.read(time, 0, time.length, row)
    else this.#deleted.skip(row)
    this.#files.read(file, 0, file.length, row)
    this.#positions.read(numbers, 0, 8, row)
    this.#cursors.read(numbers, 8, 8, row)
    this.sizeBytes += 1
  }

  drop(): void {
    for (const values of this.#asked.values()) values.length = 0
    this.#take()
  }

  /** @param connection asked for what only the server knows */
  async take(connection: Connection): Promise<CdcEvent> {
    for (const [i, values] of this.#asked) {
      const { reader, ask = (literal) => literal } = this.#values[i] as LogValue
      const texts = await askServer(connection, values, ask)
      for (const [row, text] of texts) {
        if (text) reader.read(text, 0, text.length, row)
        else reader.skip(row)
      }
      values.length = 0
    }
    const { sizeBytes } = this
    const rowCount = this.#rows
    const columns = this.#take()
    const unchanged = emptyVector(rowCount)
    return {
      type: 'changes',
      stream: this.stream,
      columns: this.columns,
      chunk: { rowCount, columns: [...columns, unchanged] },
      hasUnchanged: false,
      sizeBytes,
    }
  }

  #take(): ColumnVector[] {
    const rowCount = this.#rows
    this.#rows = 0
    this.sizeBytes = 0
    const meta = [this.#updated, this.#deleted, this.#files, this.#positions, this.#cursors]
    return [...this.#values.map(({ reader }) => reader), ...meta].map((reader) => reader.take(rowCount))
  }
}
