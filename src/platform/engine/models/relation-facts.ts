import type { Metadata } from '../../../orchestrate/index.js'
import { relationSql, type Warehouse, withConnection } from '../../../warehouse/index.js'

/**
 * What a relation holds right after it was written: its columns with their types and, unless it is a view, its rows.
 * The page shows them without asking the warehouse, and over time. Facts that cannot be had are left out: the data
 * are there all the same.
 */
export async function relationFacts(
  warehouse: Warehouse,
  relation: { readonly schema: string; readonly identifier: string },
  options: { readonly countRows: boolean },
): Promise<Metadata> {
  const name = relationSql(warehouse, relation)
  try {
    return await withConnection(warehouse, async (connection) => {
      const { columns } = await connection.query(`select * from ${name} limit 0`)
      const rows = options.countRows ? await connection.query(`select count(*) from ${name}`) : undefined
      return {
        ...(rows ? { rows: Number(rows.rows[0]?.[0]) } : {}),
        columns: { type: 'columns', columns: columns.map((column) => ({ name: column.name, type: column.type })) },
      }
    })
  } catch {
    return {}
  }
}
