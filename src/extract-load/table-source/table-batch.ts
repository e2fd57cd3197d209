import type { ColumnChunk } from '../../warehouse/index.js'
import type { ColumnBatch, PostgresRows } from '../connectors/connector.js'
import { offeredColumn } from '../fields/offered-field.js'
import { withoutTwins } from '../file-formats/column-names.js'
import type { ColumnReader } from './column-reader.js'
import type { ReadColumn } from './read-column.js'

interface ChunkSource {
  /** Read once. `count` is told how many bytes a row took. */
  readonly chunks: (readers: readonly ColumnReader[], count: (bytes: number) => void) => AsyncIterable<ColumnChunk>
  /** How errors call the table: `public.orders`. */
  readonly origin: string
  /** All columns of the table, also those that are not read. */
  readonly all: readonly ReadColumn[]
  readonly postgresRows?: ((count: (bytes: number) => void) => PostgresRows | undefined) | undefined
}

/** The rows of a table, column by column. */
export function tableBatch(
  columns: readonly ReadColumn[],
  { chunks, origin, all, postgresRows }: ChunkSource,
): ColumnBatch {
  const names = withoutTwins(all.map(({ name }) => name))
  const readers = columns.map((column) => column.reader())
  let sizeBytes = 0
  const count = (bytes: number) => {
    sizeBytes += bytes
  }
  return {
    representation: 'columns',
    origin,
    offered: all.map(offeredColumn),
    columns: columns.map(({ name, kind, isUnboundedNumber }, i) => ({
      name: names[all.findIndex((one) => one.name === name)] ?? name,
      kind,
      type: readers[i]?.type ?? 'VARCHAR',
      isUnboundedNumber,
    })),
    chunks: chunks(readers, count),
    postgresRows: postgresRows?.(count),
    get sizeBytes() {
      return sizeBytes
    },
  }
}
