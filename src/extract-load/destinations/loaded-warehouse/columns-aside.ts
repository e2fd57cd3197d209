import { createHash, randomUUID } from 'node:crypto'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import type { Ends } from './ends.js'
import { rebuild } from './growing-table.js'

const prefix = '_airbyte_new_'

/** Says in the name of a column beside another one which one that is. */
const markOf = (name: string) => prefix + createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 8)

/** A name for a column that gets the values of another one until the former ones are gone. */
export const asideName = (name: string) => `${markOf(name)}${randomUUID().slice(0, 8)}`

/**
 * Gives columns the values that lie beside them: a sync committed those, and died before the table was made anew. Columns beside others without
 * a value were never committed, and are left to who makes the table anew next.
 * @returns whether the table has other columns now
 */
export async function settleAside(
  { tables, dialect }: Pick<Ends, 'tables' | 'dialect'>,
  relation: string,
  columns: readonly TableColumn[],
): Promise<boolean> {
  const asides = columns.filter(({ name }) => name.startsWith(prefix))
  const pairs = asides.flatMap(({ name: aside }) =>
    columns.flatMap(({ name }) => (aside.startsWith(markOf(name)) ? [{ name, aside }] : [])),
  )
  if (pairs.length === 0) return false
  const counts = pairs.map(({ aside }, i) => `count(${dialect.quote(aside)}) as c${i}`).join(', ')
  const { rows } = await tables.query(`select ${counts} from ${relation}`)
  const filled = pairs.filter((_, i) => Number(rows[0]?.[i]) > 0)
  if (filled.length === 0) return false
  const asideOf = new Map(filled.map(({ name, aside }) => [name, aside]))
  const gone = new Set(asideOf.values())
  const selected = columns.flatMap(({ name }) =>
    gone.has(name) ? [] : [{ name: dialect.quote(name), sql: dialect.quote(asideOf.get(name) ?? name) }],
  )
  await rebuild(tables, dialect, relation, selected)
  return true
}
