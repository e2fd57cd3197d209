import { type Cell, type ColumnChunk, type QueryResult, rowsPerChunk } from '../../warehouse/index.js'
import type { CellColumnReader } from './cell-reader.js'
import { bytesPerChunk } from './row-chunks.js'

/** Rows that a warehouse answers piece by piece, as columns. @param count is told how many bytes rows took, about */
export async function* cellChunks(
  pieces: AsyncIterable<QueryResult>,
  readers: readonly CellColumnReader[],
  count: (bytes: number) => void,
): AsyncGenerator<ColumnChunk> {
  let row = 0
  let held = 0
  const take = (): ColumnChunk => {
    const rowCount = row
    row = 0
    held = 0
    return { rowCount, columns: readers.map((reader) => reader.take(rowCount)) }
  }
  for await (const { rows } of pieces)
    for (const cells of rows) {
      let bytes = 0
      for (const [i, reader] of readers.entries()) {
        const cell = cells[i] ?? null
        reader.cell(cell, row)
        bytes += sizeOf(cell)
      }
      count(bytes)
      held += bytes
      if (++row === rowsPerChunk || held >= bytesPerChunk) yield take()
    }
  if (row > 0) yield take()
}

const sizeOf = (cell: Cell) => (typeof cell === 'string' ? cell.length : cell instanceof Uint8Array ? cell.length : 8)
