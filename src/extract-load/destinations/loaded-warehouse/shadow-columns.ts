import { createHash, randomUUID } from 'node:crypto'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { rebuild } from './growing-table.js'
import type { LoadConnections } from './load-connections.js'

const prefix = '_airbyte_new_'

/** Says in the name of a column beside another one which one that is. */
const markOf = (name: string) => prefix + createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 8)

/** A name for a column that gets the values of another one until the former ones are gone. */
export const shadowName = (name: string) => `${markOf(name)}${randomUUID().slice(0, 8)}`

/**
 * Gives columns the values that lie beside them: a sync committed those, and died before the table was made anew. Columns beside others without
 * a value were never committed, and are left to who makes the table anew next.
 * @returns whether the table has other columns now
 */
export async function settleShadowColumns(
  { tables, dialect }: Pick<LoadConnections, 'tables' | 'dialect'>,
  relation: string,
  columns: readonly TableColumn[],
): Promise<boolean> {
  const shadows = columns.filter(({ name }) => name.startsWith(prefix))
  const pairs = shadows.flatMap(({ name: shadow }) =>
    columns.flatMap(({ name }) => (shadow.startsWith(markOf(name)) ? [{ name, shadow }] : [])),
  )
  if (pairs.length === 0) return false
  const counts = pairs.map(({ shadow }, i) => `count(${dialect.quote(shadow)}) as c${i}`).join(', ')
  const { rows } = await tables.query(`select ${counts} from ${relation}`)
  const filled = pairs.filter((_, i) => Number(rows[0]?.[i]) > 0)
  if (filled.length === 0) return false
  const shadowOf = new Map(filled.map(({ name, shadow }) => [name, shadow]))
  const gone = new Set(shadowOf.values())
  const selected = columns.flatMap(({ name }) =>
    gone.has(name) ? [] : [{ name: dialect.quote(name), sql: dialect.quote(shadowOf.get(name) ?? name) }],
  )
  await rebuild(tables, dialect, relation, selected)
  return true
}
