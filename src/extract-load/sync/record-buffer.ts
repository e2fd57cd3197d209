import type { ColumnChunk } from '../../warehouse/index.js'
import type { RecordBatch, RecordRun } from '../connectors/connector.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'
import { RecordRows } from '../protocol/record-rows.js'
import { ownBytes } from '../table-source/text-reader.js'
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

  /** What they take in memory. */
  get sizeBytes(): number {
    return this.#bytes + this.#chunksBytes + (this.#records ? this.#columns.length * bytesOfColumn : 0)
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
    const batch: RecordBatch = {
      representation: 'records',
      columns: this.#columns,
      chunks: this.#chunks,
      longIntegers: (this.#records?.longColumns ?? []).map((column) => this.#columns[column]?.name ?? ''),
      rows: this.#rows,
      sizeBytes: this.#bytes,
    }
    this.#records = undefined
    this.#chunks = []
    this.#chunksBytes = 0
    this.#rows = 0
    this.#bytes = 0
    return batch
  }
}
