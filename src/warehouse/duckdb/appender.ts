import type { DuckDBAppender, DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import type { ColumnAppender, ColumnChunk, ColumnVector } from '../column-chunk.js'
import type { RelationName } from '../contract.js'
import { bindings, DuckDBDataChunk } from './driver.js'

/** Appends chunks to a table whose columns they have, in its order. */
export async function columnAppender(
  connection: DuckDBConnection,
  { database, schema, identifier }: RelationName,
): Promise<ColumnAppender> {
  const appender = await connection.createAppender(identifier, schema, database)
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i))
  return {
    append: (chunk) => appendChunk(appender, types, chunk),
    close: () => appender.closeSync(),
  }
}

function appendChunk(appender: DuckDBAppender, types: readonly DuckDBType[], { rowCount, columns }: ColumnChunk): void {
  if (columns.length !== types.length)
    throw new Error(`The chunk has ${columns.length} columns, the table ${types.length}.`)
  const target = DuckDBDataChunk.create(types, rowCount)
  for (const [i, column] of columns.entries()) fill(bindings.data_chunk_get_vector(target.chunk, i), column, rowCount)
  appender.appendDataChunk(target)
}

type Vector = ReturnType<typeof bindings.data_chunk_get_vector>

function fill(vector: Vector, { data, validity, longTexts }: ColumnVector, rowCount: number): void {
  bindings.copy_data_to_vector(vector, 0, data.buffer, data.byteOffset, data.byteLength)
  if (validity) {
    bindings.vector_ensure_validity_writable(vector)
    bindings.copy_data_to_vector_validity(vector, 0, validity.buffer, validity.byteOffset, Math.ceil(rowCount / 64) * 8)
  }
  for (const { row, bytes } of longTexts ?? []) bindings.vector_assign_string_element_len(vector, row, bytes)
}
