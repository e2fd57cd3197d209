import type { ColumnChunk } from '../../warehouse/index.js'
import type { RecordBatch, RecordRun } from '../connectors/connector.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'
import { RecordRows } from '../protocol/record-rows.js'
import { metaColumns } from './table-shape.js'

/** Of a text in a vector. */
const bytesOfText = 16

/** What stands beside them are Millrace's own; sources of files name those of files themselves. */
const isKept = ({ name }: DeclaredColumn) => !metaColumns.some((own) => own.name === name.toLowerCase())

/** Those of a stream's columns that are loaded. */
export const keptColumns = (declared: readonly DeclaredColumn[]): readonly DeclaredColumn[] => declared.filter(isKept)

/** Records of a stream that wait to be staged together. */
export class RecordBuffer {
  readonly #columns: readonly DeclaredColumn[]
  readonly #records: RecordRows
  #chunks: ColumnChunk[] = []
  #rows = 0
  #sizeBytes = 0

  constructor(declared: readonly DeclaredColumn[]) {
    this.#columns = keptColumns(declared)
    this.#records = new RecordRows(this.#columns)
  }

  /** What they take in memory: of records with few values in many columns that is mostly the columns. */
  get sizeBytes(): number {
    return this.#sizeBytes + this.#rows * this.#columns.length * bytesOfText
  }

  add(run: RecordRun): void {
    this.#chunks.push(...this.#records.add(run))
    this.#rows += run.rows
    this.#sizeBytes += run.sizeBytes
  }

  /** Takes what is there. */
  take(): RecordBatch {
    const last = this.#records.end()
    const chunks = last ? [...this.#chunks, last] : this.#chunks
    const longIntegers = this.#records.takeLong().map((column) => this.#columns[column]?.name ?? '')
    const taken = { columns: this.#columns, chunks, longIntegers, rows: this.#rows, sizeBytes: this.#sizeBytes }
    this.#chunks = []
    this.#rows = 0
    this.#sizeBytes = 0
    return { representation: 'records', ...taken }
  }
}
