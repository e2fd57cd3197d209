import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import type { ColumnChunk, ColumnVector } from '../column-chunk.js'
import { BIGINT, bindings, DuckDBTableFunction } from './driver.js'
import { TextMemory } from './text-memory.js'

/** Chunks that a statement reads by `from _millrace_rows(id)`. */
export class ChunkQueue {
  readonly id: number
  readonly types: readonly DuckDBType[]
  readonly #memory = new TextMemory()
  #chunks: readonly ColumnChunk[] = []
  #next = 0
  /** How many chunks were read. */
  read = 0

  constructor(types: readonly DuckDBType[]) {
    this.types = types
    this.id = ++lastId
    queues.set(this.id, this)
  }

  /** The SQL that reads what was put in last; once. */
  get sql(): string {
    return `${rowsFunction}(${this.id})`
  }

  put(chunks: readonly ColumnChunk[]): void {
    this.#chunks = chunks
    this.#next = 0
  }

  /** Writes the next chunk into one of DuckDB's. @returns how many rows it has; 0 = all were read */
  writeNext(into: (column: number) => Vector): number {
    const chunk = this.#chunks[this.#next++]
    if (!chunk) {
      this.#chunks = []
      this.#memory.free()
      return 0
    }
    this.read++
    const { columns, rowCount } = chunk
    this.#memory.take(columns)
    for (const [i, column] of columns.entries()) {
      this.#memory.place(column, rowCount)
      fill(into(i), column, rowCount)
    }
    return rowCount
  }

  dispose(): void {
    queues.delete(this.id)
  }
}

/** By their numbers: SQL can only name them. */
const queues = new Map<number, ChunkQueue>()
let lastId = 0

type Vector = ReturnType<typeof bindings.data_chunk_get_vector>

function fill(vector: Vector, { data, validity }: ColumnVector, rowCount: number): void {
  bindings.copy_data_to_vector(vector, 0, data.buffer, data.byteOffset, data.byteLength)
  if (!validity) return
  bindings.vector_ensure_validity_writable(vector)
  bindings.copy_data_to_vector_validity(vector, 0, validity.buffer, validity.byteOffset, Math.ceil(rowCount / 64) * 8)
}

export const rowsFunction = '_millrace_rows'

/** Lets the SQL of an instance read chunks of this process. */
export function addRowsFunction(connection: DuckDBConnection): void {
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: rowsFunction,
      parameterTypes: [BIGINT],
      bindFunction(info) {
        const id = Number(info.getParameter(0))
        const queue = queues.get(id)
        if (!queue) {
          info.setError(`${rowsFunction} is for Millrace's own loads.`)
          return
        }
        for (const [i, type] of queue.types.entries()) info.addResultColumn(`c${i}`, type)
        info.setBindData({ id })
      },
      // Rows keep their order.
      initFunction: (info) => info.setMaxThreads(1),
      mainFunction(info, output) {
        const { id } = info.getBindData() as { id: number }
        const written = queues.get(id)?.writeNext((column) => bindings.data_chunk_get_vector(output.chunk, column)) ?? 0
        output.rowCount = written
      },
    }),
  )
}
