import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { SchemaChange } from '../../contract.js'
import { growStreamTable } from '../../loading/merge/grow-stream-table.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { countValues } from '../../loading/rows/counts.js'
import type { GrowingTable } from '../../loading/rows/growing-table.js'
import type { RowSource } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, isOwn, planColumns, schemaChanges, type TableColumn } from '../../loading/rows/table-shape.js'
import { stagedRows } from '../../loading/stage/staged.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import type { RecordedTable } from './record.js'

/** What is there stays as it is: a column that comes or widens does so in the rows from then on. */
const written: GrowingTable = {
  countValues: async (columns) => columns.map(({ isEmpty }) => (isEmpty ? 0 : 1)),
  addColumn: async () => {},
  setType: async () => {},
  fitsDouble: async () => true,
}

export interface RecordedColumns {
  readonly source: RowSource
  /** How each staged column is written. */
  readonly plan: readonly ColumnPlan[]
  readonly changes: readonly SchemaChange[]
  /** All that there are then. */
  readonly columns: RecordedTable['columns']
}

/** The columns that staged rows are written in, beside those of before where they are added to. */
export async function recordedColumns(
  staging: WarehouseConnection,
  request: LoadRequest,
  staged: StagingTable,
): Promise<RecordedColumns> {
  const source = stagedRows(request, staged)
  const { replacesTable, table } = request
  const plan = replacesTable
    ? planColumns([], source.columns)
    : await growStreamTable(staging, request, staged, written)
  const changes = schemaChanges(table, replacesTable ? planColumns(table, source.columns) : plan)
  const empty = await emptyColumns(staging, staged.relation, source.columns)
  const columns = merged(
    replacesTable ? [] : table,
    plan.map(({ column, incoming }) =>
      empty.has(incoming.name) && column.kind === 'text' ? { ...column, isEmpty: true } : column,
    ),
  )
  return { source, plan, changes, columns }
}

/** Columns of text that never got a value take the type that comes. */
async function emptyColumns(
  staging: WarehouseConnection,
  relation: string,
  columns: readonly TableColumn[],
): Promise<ReadonlySet<string>> {
  const texts = columns.filter(({ kind }) => kind === 'text')
  if (texts.length === 0) return new Set()
  const counts = await countValues(staging, relation, texts)
  return new Set(texts.filter((_, i) => counts[i] === 0).map(({ name }) => name))
}

/** The columns of before with those that came; an empty one stays so only as long as nothing comes. */
function merged(before: readonly TableColumn[], plan: readonly TableColumn[]): RecordedTable['columns'] {
  const came = new Map(plan.map((column) => [column.name.toLowerCase(), column]))
  const known = before.map((column) => {
    const now = came.get(column.name.toLowerCase())
    return now ? { ...now, isEmpty: column.isEmpty === true && now.isEmpty === true } : column
  })
  const names = new Set(before.map(({ name }) => name.toLowerCase()))
  const fresh = plan.filter(({ name }) => !names.has(name.toLowerCase()))
  return [...known, ...fresh]
    .filter(({ name }) => !isOwn(name) || name.startsWith('_ab_source_file'))
    .map(({ name, type, kind, isEmpty }) => ({ name, type, kind, ...(isEmpty ? { isEmpty } : {}) }))
}
