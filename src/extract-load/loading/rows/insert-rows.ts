import { quoteIdentifier } from '../../../sql/index.js'
import type { QueryOptions, WarehouseConnection } from '../../../warehouse/index.js'
import { changesOf, isNulled, metaWithNotes } from './change-notes.js'
import { exactCast, isExactAsDouble } from './exact-cast.js'
import type { GrowingTable } from './growing-table.js'
import { type ColumnPlan, isWidened, planColumns, type TableColumn } from './table-shape.js'

/** Rows that a query gives, to be put into a table whose columns may differ. */
export interface RowSource {
  readonly columns: readonly TableColumn[]
  /** The SQL expression for a column's value. */
  value(column: TableColumn): string
  /** The SQL expressions for Airbyte's columns by their names. */
  readonly meta: ReadonlyMap<string, string>
  /** What follows `select …`. */
  readonly from: string
  /** Whether every value of a column of exact numbers is one that a DOUBLE holds, where its rows are not in DuckDB. */
  fitsDouble?(column: TableColumn): Promise<boolean>
}

/**
 * Lets a table grow by the columns and the types that a source brings.
 * @param connection where the source's rows are
 * @param check is asked before anything of the table changes
 * @returns how each column of the source is put into the table as it is then
 */
export async function growTable(
  connection: WarehouseConnection,
  source: RowSource,
  columns: readonly TableColumn[],
  table: GrowingTable,
  check: (plan: readonly ColumnPlan[]) => Promise<void> = async () => {},
): Promise<readonly ColumnPlan[]> {
  const empty = await emptyColumns(connection, source, columns)
  const known = await markEmpty(table, columns, source.columns)
  const steps = planColumns(known, source.columns, (column) => empty.has(column.name))
  await check(steps)
  const plan: ColumnPlan[] = []
  for (const step of steps) plan.push(await alterColumn(connection, source, table, step))
  return plan
}

/** Adds the rows of a source to a table of DuckDB's that has grown for them; answers how many. */
export async function insertRows(
  connection: WarehouseConnection,
  source: RowSource,
  plan: readonly ColumnPlan[],
  { relation, syncId, query }: { readonly relation: string; readonly syncId: number; readonly query?: QueryOptions },
): Promise<number> {
  const selected = convertedRows(source, plan, syncId).map(({ name, sql }) => `${sql} as ${quoteIdentifier(name)}`)
  const { rowsAffected } = await connection.query(
    `insert into ${relation} by name select ${selected.join(', ')} ${source.from}`,
    query,
  )
  return rowsAffected ?? 0
}

/** The SQL of each value of a source's rows, as the table's columns take it. */
export function convertedRows(
  source: RowSource,
  plan: readonly ColumnPlan[],
  syncId: number,
): { readonly name: string; readonly sql: string }[] {
  return [
    ...plan.map((step) => ({ name: step.column.name, sql: convertedValue(source.value(step.incoming), step) })),
    ...[...source.meta].map(([name, sql]) => ({
      name,
      sql: name === '_airbyte_meta' ? metaOf(source, plan, syncId) : sql,
    })),
  ]
}

/** Of a column without a value the reader knows no type and says text or JSON: that must not widen the table's column. */
async function emptyColumns(
  connection: WarehouseConnection,
  source: RowSource,
  table: readonly TableColumn[],
): Promise<ReadonlySet<string>> {
  const doubtful = planColumns(table, source.columns)
    .filter((step) => (isWidened(step) || step.isUnrelated) && ['text', 'json'].includes(step.incoming.kind))
    .map((step) => step.incoming)
  if (doubtful.length === 0) return new Set()
  const counts = doubtful.map((column) => `count(${source.value(column)})`).join(', ')
  const { rows } = await connection.query(`select ${counts} ${source.from}`)
  return new Set(doubtful.filter((_, i) => Number(rows[0]?.[i]) === 0).map((column) => column.name))
}

/**
 * A column that never got a value takes the type that comes, where its own does not hold what comes, or is text only for want of a
 * value: of a table that was emptied, or that was made before there was a row.
 */
async function markEmpty(
  table: GrowingTable,
  columns: readonly TableColumn[],
  incoming: readonly TableColumn[],
): Promise<readonly TableColumn[]> {
  const doubtful = planColumns(columns, incoming).flatMap(({ old, incoming: { kind, isEmpty }, isUnrelated }) =>
    old && !old.isEmpty && !isEmpty && (isUnrelated || (old.kind === 'text' && kind !== 'text')) ? [old] : [],
  )
  if (doubtful.length === 0) return columns
  const counts = await table.countValues(doubtful)
  const empty = new Set(doubtful.filter((_, i) => counts[i] === 0))
  return columns.map((column) => (empty.has(column) ? { ...column, isEmpty: true } : column))
}

/** Carries out one step; answers it as it became. */
async function alterColumn(
  connection: WarehouseConnection,
  source: RowSource,
  table: GrowingTable,
  step: ColumnPlan,
): Promise<ColumnPlan> {
  const { old, incoming } = step
  if (!old) {
    await table.addColumn(step.column)
    return step
  }
  // Whole numbers beyond 2^53 and long decimals are no exact DOUBLE: their column becomes text instead.
  const isExact =
    step.column.kind !== 'float' ||
    ((!mayExceedDouble(incoming) || (await fitDouble(connection, source, incoming))) &&
      (!mayExceedDouble(old) || old.isEmpty || (await table.fitsDouble(old))))
  const planned: ColumnPlan = isExact ? step : { ...step, column: { ...step.column, type: 'VARCHAR', kind: 'text' } }
  if (isWidened(planned)) await table.setType(planned.column, old.isEmpty === true)
  return planned
}

/** Integers of 32 bits are no question. */
const mayExceedDouble = ({ kind, type }: TableColumn) =>
  kind === 'decimal' || (kind === 'integer' && !/^U?(TINYINT|SMALLINT|INTEGER)$/.test(type))

async function fitDouble(connection: WarehouseConnection, source: RowSource, column: TableColumn): Promise<boolean> {
  if (source.fitsDouble) return source.fitsDouble(column)
  const { rows } = await connection.query(
    `select coalesce(bool_and(${isExactAsDouble(source.value(column), column)}), true) ${source.from}`,
  )
  return rows[0]?.[0] === true
}

/** SQL: a value of the source as the table's column takes it. */
export function convertedValue(value: string, { incoming, column, isUnrelated }: ColumnPlan): string {
  if (incoming.type === column.type) return value
  if (column.kind === 'json' && incoming.kind !== 'json') return `to_json(${value})`
  return isUnrelated ? exactCast(value, incoming, column) : `cast(${value} as ${column.type})`
}

/** Values that did not fit became NULL; `_airbyte_meta.changes` says which. */
function metaOf(source: RowSource, plan: readonly ColumnPlan[], syncId: number): string {
  const misfits = plan
    .filter((step) => step.isUnrelated)
    .map((step) => {
      const value = source.value(step.incoming)
      return { field: step.column.name, isMisfit: isNulled(value, convertedValue(value, step)) }
    })
  const meta = source.meta.get('_airbyte_meta') ?? 'null'
  return misfits.length === 0 ? meta : metaWithNotes(changesOf(meta), misfits, syncId)
}
