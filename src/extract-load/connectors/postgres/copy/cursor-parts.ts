import { quoteIdentifier, quoteLiteral } from '../../../../sql/index.js'
import type { PostgresTable } from '../catalogue.js'
import type { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'

/** As the server estimates: of fewer rows one session has the most before another one is there. */
const leastRows = 2_000
/** Types whose values have a middle, and what they are reckoned as; floats may overflow. */
const divided: Readonly<Record<string, { readonly ends: string; readonly type: string }>> = {
  int2: { ends: 'numeric', type: 'int8' },
  int4: { ends: 'numeric', type: 'int8' },
  int8: { ends: 'numeric', type: 'int8' },
  numeric: { ends: 'numeric', type: 'numeric' },
  date: { ends: 'timestamp', type: 'date' },
  timestamp: { ends: 'timestamp', type: 'timestamp' },
  timestamptz: { ends: 'timestamptz', type: 'timestamptz' },
}
const indexScans = ['Index Scan', 'Index Only Scan', 'Bitmap Heap Scan']

/** The rows that a cursor asks for. */
export interface CursorRows {
  /** The column's name. */
  readonly column: string
  /** The last value that was read, as the warehouse printed it. */
  readonly from: string
  /** SQL: rows at and above it, and those without a value. */
  readonly condition: string
}

/**
 * The rows above a cursor's last value in parts, as SQL conditions on its column. Such rows lie all over the table, and most of the time the server looks
 * for their pages and settles them, which it does for each session by itself. Empty where they are read at once: few rows, and where no index leads to them,
 * as each part would look through all of the table. Which values there are between the first and the last nobody knows; parts are of all sizes, and none is read twice.
 */
export async function cursorParts(
  { client, config }: SourceSession,
  table: PostgresTable,
  { column, from, condition }: CursorRows,
  wanted: number,
): Promise<readonly string[]> {
  const by = divided[table.columns.find(({ name }) => name === column)?.type ?? '']
  if (table.kind !== 'r' || by === undefined) return []
  const relation = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
  const name = quoteIdentifier(column)
  const first = `${quoteLiteral(from)}::${by.type}`
  const hasEnds = by.ends === 'numeric' ? 'true' : 'isfinite(first) and isfinite(last)'
  try {
    const { rows: plans } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
      `explain (format json) select 1 from ${relation} where ${condition}`,
    )
    const plan = plans[0]?.['QUERY PLAN'][0].Plan
    if (!plan || !indexScans.includes(plan['Node Type']) || plan['Plan Rows'] < leastRows) return []
    const { rows } = await client.query<{ bound: string }>(
      `select distinct at, at::text as bound from (
         select first, (first + (last - first) * part / ${wanted})::${by.type} as at from (
           select ${first}::${by.ends} as first, (select ${name} from ${relation} where ${name} >= ${first} order by ${name} desc limit 1)::${by.ends} as last
         ) ends, generate_series(1, ${wanted - 1}) part where ${hasEnds}
       ) bounds where at > first order by at`,
    )
    const bounds = [first, ...rows.map(({ bound }) => `${quoteLiteral(bound)}::${by.type}`)]
    return bounds.length === 1 ? [] : partsBetween(name, bounds)
  } catch (error) {
    throw sourceError(error, config)
  }
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Plan Rows': number
}

/** The last value has rows of its own behind it, and so have rows without one. */
function partsBetween(name: string, bounds: readonly string[]): string[] {
  const parts = bounds.map((start, i) => {
    const end = bounds[i + 1]
    return end === undefined ? `${name} >= ${start}` : `${name} >= ${start} and ${name} < ${end}`
  })
  return [...parts, `${name} is null`]
}
