import { type ColumnChunk, rowsPerGroup } from '../../../warehouse/index.js'
import type { RecordBatch, RecordRun } from '../../connectors/connector.js'
import type { DeclaredColumn } from '../../protocol/declared-types.js'
import { RecordRows } from '../../protocol/record-rows.js'
import { ownBytes } from '../../table-source/text-reader.js'
import { metaColumns } from './table-shape.js'

/** What a column takes while rows are read into it: of hundreds of streams many send a few records only. */
const bytesOfColumn = 48 * 1024

/** What stands beside them are Millrace's own; sources of files name those of files themselves. */
const isKept = ({ name }: DeclaredColumn) => !metaColumns.some((own) => own.name === name.toLowerCase())

/** Those of a stream's columns that are loaded. */
export const keptColumns = (declared: readonly DeclaredColumn[]): readonly DeclaredColumn[] => declared.filter(isKept)

/** Records of a stream that wait to be staged together. */
export class RecordBuffer {
  readonly #columns: readonly DeclaredColumn[]
  #records: RecordRows | undefined
  #chunks: ColumnChunk[] = []
  #chunksBytes = 0
  #rows = 0
  #bytes = 0

  constructor(declared: readonly DeclaredColumn[]) {
    this.#columns = keptColumns(declared)
  }

  /** What they take in memory, without what waits for more of them. */
  get sizeBytes(): number {
    return this.#bytes + this.#chunksBytes
  }

  /** What their columns take besides, for as many rows as there may be. */
  get columnsBytes(): number {
    return this.#records ? this.#columns.length * bytesOfColumn : 0
  }

  add(run: RecordRun): void {
    this.#records ??= new RecordRows(this.#columns)
    this.#keep(this.#records.add(run))
    this.#rows += run.rows
    this.#bytes += run.sizeBytes
  }

  #keep(chunks: readonly ColumnChunk[]): void {
    for (const chunk of chunks) {
      this.#chunks.push(chunk)
      for (const column of chunk.columns) this.#chunksBytes += ownBytes(column)
    }
  }

  /** Takes what is there. */
  take(): RecordBatch {
    const last = this.#records?.end()
    if (last) this.#keep([last])
    const batch = this.#batchOf(this.#chunks, this.#rows, this.#bytes)
    this.#records = undefined
    this.#left([], 0, 0)
    return batch
  }

  /** Takes what makes whole groups of rows, and leaves the rest; where there is no whole one, takes what is there. */
  takeGroups(): RecordBatch {
    let [chunks, rows, read] = [0, 0, 0]
    for (const [i, { rowCount }] of this.#chunks.entries()) {
      read += rowCount
      if (read % rowsPerGroup === 0) [chunks, rows] = [i + 1, read]
    }
    if (rows === 0) return this.take()
    // How long each row was nobody noted.
    const bytes = Math.round((this.#bytes * rows) / this.#rows)
    const batch = this.#batchOf(this.#chunks.slice(0, chunks), rows, bytes)
    this.#left(this.#chunks.slice(chunks), this.#rows - rows, this.#bytes - bytes)
    return batch
  }

  #batchOf(chunks: readonly ColumnChunk[], rows: number, sizeBytes: number): RecordBatch {
    const longIntegers = (this.#records?.longColumns ?? []).map((column) => this.#columns[column]?.name ?? '')
    return { representation: 'records', columns: this.#columns, chunks, longIntegers, rows, sizeBytes }
  }

  #left(chunks: readonly ColumnChunk[], rows: number, bytes: number): void {
    this.#chunks = []
    this.#chunksBytes = 0
    this.#keep(chunks)
    this.#rows = rows
    this.#bytes = bytes
  }
}
