import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../../base/index.js'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import { type QueryResult, streamed, type WarehouseConnection } from '../../../warehouse/index.js'
import { changesOf, type Misfit, metaWithNotes } from '../../loading/rows/change-notes.js'
import { convertedRows, type RowSource } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { createTable, type LoadDialect, relationOf } from './load-dialect.js'

export interface StagedLoad {
  readonly source: RowSource
  readonly plan: readonly ColumnPlan[]
  readonly syncId: number
  /** Where the table of its own is made. */
  readonly schema: string
  readonly signal?: AbortSignal | undefined
}

/** A table with rows that are on their way, which nobody else sees. */
export interface Incoming {
  /** As SQL has it. */
  readonly relation: string
  readonly columns: readonly TableColumn[]
  drop(): Promise<void>
}

/**
 * Brings staged rows into a table beside the final one: DuckDB writes a file, the engine reads it, and no row becomes a JavaScript object; or they are
 * read from DuckDB and written to the engine piece by piece.
 */
export async function loadStaged(
  staging: WarehouseConnection,
  tables: WarehouseConnection,
  dialect: LoadDialect,
  { source, plan, syncId, schema, signal }: StagedLoad,
): Promise<Incoming> {
  const known = new Map<string, TableColumn>([
    ...plan.map(({ column }) => [column.name, column] as const),
    ...metaColumns.map((column) => [column.name, column] as const),
  ])
  const rows = convertedRows(source, plan, syncId)
  const columns = rows.map(({ name }) => known.get(name) as TableColumn)
  const { file, rows: asRows } = dialect
  const writtenValue = (asRows ?? file).value
  const misfits = rows.flatMap(({ sql }, i): Misfit[] => {
    const column = columns[i] as TableColumn
    const isMisfit = file.misfit?.(sql, column)
    return isMisfit === undefined ? [] : [{ field: column.name, isMisfit: `coalesce(${isMisfit}, false)` }]
  })
  const selected = rows.map(({ name, sql }, i) => {
    const misfit = misfits.find(({ field }) => field === name)
    const value = misfit ? `case when not ${misfit.isMisfit} then ${sql} end` : sql
    const noted =
      name === '_airbyte_meta' && misfits.length > 0 ? metaWithNotes(changesOf(sql), misfits, syncId) : value
    return `${writtenValue(noted, columns[i] as TableColumn)} as ${quoteIdentifier(name)}`
  })
  const query = `select ${selected.join(', ')} ${source.from}`
  const table = `_airbyte_in_${randomUUID().slice(0, 8)}`
  const relation = relationOf(dialect, schema, table)
  // Also of a sync that was cancelled.
  const drop = async () => {
    await tables.query(`drop table if exists ${relation}`, { signal: new AbortController().signal })
  }
  const create = () =>
    tables.query(createTable(dialect, relation, columns, dialect.incomingWord, dialect.incomingBehind))
  try {
    if (asRows) {
      await create()
      const pieces = rowsOf(streamed(staging, query, { signal }))
      await asRows.write(tables, { rows: pieces, schema, table, columns, signal })
    } else
      await throughFile(file.name, async (path) => {
        await staging.query(`copy (${query}) to ${quoteLiteral(path)} (${file.options})`, { signal })
        await create()
        await dialect.load(tables, { path, schema, table, columns, signal })
      })
  } catch (error) {
    await drop().catch(() => {})
    throw error
  }
  return { relation, columns, drop }
}

async function* rowsOf(pieces: AsyncIterable<QueryResult>): AsyncIterable<QueryResult['rows']> {
  for await (const { rows } of pieces) yield rows
}

/** A file of this name is there while it is used. */
async function throughFile(name: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('load')
  try {
    await use(join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
