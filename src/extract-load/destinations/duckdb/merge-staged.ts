import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { hasEqualKey, hasSameKey, isOlder, isSameRow, type RowPair } from '../../loading/merge/merge-conditions.js'
import { plainDialect } from '../../loading/merge/merge-dialect.js'
import type { StaleRows, UpsertPlan } from '../../loading/merge/merge-plan.js'
import { convertedValue } from '../../loading/rows/insert-rows.js'
import type { ColumnPlan, TableColumn } from '../../loading/rows/table-shape.js'

interface Tables {
  /** The final one, as SQL has it. */
  readonly existing: string
  readonly staged: string
}

/** Both sides in the table's type: compared as they are, DuckDB would turn the text of one into the number of the other. */
const pair: RowPair = {
  existing: ({ column }) => `t.${quoteIdentifier(column.name)}`,
  staged: (step) => convertedValue(`s.${quoteIdentifier(step.incoming.name)}`, step),
}

/**
 * Takes the staged rows that are left out from among them, and the existing ones whose place the others take out of their table.
 * Answers how many staged ones were left out.
 */
export async function mergeStaged(
  connection: WarehouseConnection,
  { keys, leftOut }: UpsertPlan,
  tables: Tables,
): Promise<number> {
  const hasKey = await hasSame(connection, keys, tables)
  const count = leftOut ? await leaveOut(connection, hasKey, leftOut, tables) : 0
  await connection.query(`delete from ${tables.existing} t using ${tables.staged} s where ${hasKey}`)
  return count
}

async function leaveOut(
  connection: WarehouseConnection,
  hasKey: string,
  { cursor, compared }: StaleRows,
  tables: Tables,
): Promise<number> {
  const { existing, staged } = tables
  let count = 0
  const drop = async (relation: string, condition: string) => {
    const sql = `delete from ${staged} s using ${relation} t where ${hasKey} and (${condition})`
    count += (await connection.query(sql)).rowsAffected ?? 0
  }
  if (cursor) await drop(existing, isOlder(cursor, pair))
  // Whether a row is the same again only all of its columns tell, so both tables are read only where that can be: first only keys and cursor are
  // compared; without a cursor, times, which take little place, and one of which mostly is when a row changed. Most often one row is left: the newest.
  const telling = cursor ? [cursor] : compared.filter(({ column }) => isTime(column))
  const canBeSame = telling.length === 0 ? hasKey : `${hasKey} and ${await hasSame(connection, telling, tables)}`
  const found = await connection.query(
    `select min(t.rowid)::varchar, max(t.rowid)::varchar, min(s.rowid)::varchar, max(s.rowid)::varchar
     from ${staged} s join ${existing} t on ${canBeSame}`,
  )
  const [first, last, firstStaged, lastStaged] = found.rows[0] ?? []
  if (typeof first !== 'string') return count
  await drop(
    `(from ${existing} where rowid between ${first} and ${last})`,
    `s.rowid between ${firstStaged} and ${lastStaged} and ${canBeSame} and ${isSameRow(plainDialect, compared, pair)}`,
  )
  return count
}

const isTime = ({ kind }: TableColumn) => kind === 'timestamp' || kind === 'timestamptz' || kind === 'date'

/**
 * SQL: whether rows have the same values in some columns. Of the table an equation needs only the groups of rows whose values lie between those of
 * the staged ones; not so where NULL is a value too, which is asked of the staged rows, the fewer ones.
 */
async function hasSame(
  connection: WarehouseConnection,
  steps: readonly ColumnPlan[],
  { staged }: Tables,
): Promise<string> {
  const { rows } = await connection.query(
    `select ${steps.map((step) => `bool_or(${pair.staged(step)} is null)`).join(', ')} from ${staged} s`,
  )
  return steps
    .map((step, i) => (rows[0]?.[i] === true ? hasSameKey([step], pair) : hasEqualKey([step], pair)))
    .join(' and ')
}
