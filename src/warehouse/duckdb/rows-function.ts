import { randomUUID } from 'node:crypto'
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import type { ColumnChunk, ColumnVector } from '../column-chunk.js'
import { bindings, DuckDBTableFunction, VARCHAR } from './driver.js'
import { TextMemory } from './text-memory.js'

/**
 * Chunks that one statement reads by `from _millrace_rows(…)`. DuckDB asks for each in a thread of its own, which waits until this one has written it. So:
 *
 * - One thread asks (`setMaxThreads`), and the texts of a chunk are there until it asks for the next one: only then has it copied them.
 * - The name is known to nobody else and good for one statement: another reader would free the texts that the first one still reads.
 * - A statement that is planned in this thread would wait for this thread for ever. `prepare` plans in another one, and what it planned stays good in a
 *   transaction. Outside of one, whoever changes the catalogue meanwhile would have it planned again where it is begun.
 * - Nothing else may be asked of the session: it would wait for the statement, and this thread for it.
 */
export class ChunkQueue {
  readonly types: readonly DuckDBType[]
  readonly #memory = new TextMemory()
  #name = ''
  #chunks: readonly ColumnChunk[] = []
  #next = 0

  constructor(types: readonly DuckDBType[]) {
    this.types = types
  }

  /** How many chunks of those that were put in were read. */
  get read(): number {
    return this.#next
  }

  /** @returns the SQL that reads these chunks, once */
  put(chunks: readonly ColumnChunk[]): string {
    this.forget()
    this.#chunks = chunks
    this.#name = randomUUID()
    waiting.set(this.#name, this)
    return `${rowsFunction}('${this.#name}')`
  }

  /** Writes the next chunk into one of DuckDB's. @returns how many rows it has; 0 = all were read */
  writeNext(into: (column: number) => Vector): number {
    const chunk = this.#chunks[this.#next]
    if (!chunk) return 0
    this.#next++
    const { columns, rowCount } = chunk
    this.#memory.take(columns)
    for (const [i, column] of columns.entries()) {
      this.#memory.place(column, rowCount)
      fill(into(i), column, rowCount)
    }
    return rowCount
  }

  /** The statement is through, or was never begun. */
  forget(): void {
    waiting.delete(this.#name)
    this.#chunks = []
    this.#next = 0
    this.#memory.free()
  }
}

/** Those that no statement reads yet, by the names that SQL has for them. */
const waiting = new Map<string, ChunkQueue>()

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
      parameterTypes: [VARCHAR],
      bindFunction(info) {
        const name = String(info.getParameter(0))
        const queue = waiting.get(name)
        if (!queue) {
          info.setError(`${rowsFunction} is for Millrace's own loads.`)
          return
        }
        waiting.delete(name)
        for (const [i, type] of queue.types.entries()) info.addResultColumn(`c${i}`, type)
        info.setBindData(queue)
      },
      initFunction: (info) => info.setMaxThreads(1),
      mainFunction(info, output) {
        const queue = info.getBindData() as ChunkQueue
        output.rowCount = queue.writeNext((column) => bindings.data_chunk_get_vector(output.chunk, column))
      },
    }),
  )
}
