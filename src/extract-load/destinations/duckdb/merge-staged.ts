import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { hasSameKey, isOlder, isSameRow, type RowPair } from '../../loading/merge/merge-conditions.js'
import { plainDialect } from '../../loading/merge/merge-dialect.js'
import type { StaleRows, UpsertPlan } from '../../loading/merge/merge-plan.js'
import { convertedValue } from '../../loading/rows/insert-rows.js'

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
  const hasKey = hasSameKey(keys, pair)
  const count = leftOut ? await leaveOut(connection, hasKey, leftOut, tables) : 0
  await connection.query(`delete from ${tables.existing} t using ${tables.staged} s where ${hasKey}`)
  return count
}

async function leaveOut(
  connection: WarehouseConnection,
  hasKey: string,
  { cursor, compared }: StaleRows,
  { existing, staged }: Tables,
): Promise<number> {
  let count = 0
  const drop = async (relation: string, condition: string) => {
    const sql = `delete from ${staged} s using ${relation} t where ${hasKey} and (${condition})`
    count += (await connection.query(sql)).rowsAffected ?? 0
  }
  await drop(existing, isOlder(cursor, pair))
  const withoutCursor = await connection.query(`select 1 from ${staged} s where ${pair.staged(cursor)} is null limit 1`)
  // Of the table an equation needs only the groups of rows whose values lie between those of the staged ones; not so where NULL is a value too.
  const hasCursor = `${pair.existing(cursor)} ${withoutCursor.rows.length > 0 ? 'is not distinct from' : '='} ${pair.staged(cursor)}`
  // Whether a row is the same again only all of its columns tell, so both tables are read only where that can be. Most often one row is: the newest.
  const found = await connection.query(
    `select min(t.rowid)::varchar, max(t.rowid)::varchar, min(s.rowid)::varchar, max(s.rowid)::varchar
     from ${staged} s join ${existing} t on ${hasKey} where ${hasCursor}`,
  )
  const [first, last, firstStaged, lastStaged] = found.rows[0] ?? []
  if (typeof first !== 'string') return count
  await drop(
    `(from ${existing} where rowid between ${first} and ${last})`,
    `s.rowid between ${firstStaged} and ${lastStaged} and ${hasCursor} and ${isSameRow(plainDialect, compared, pair)}`,
  )
  return count
}
