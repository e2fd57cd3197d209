import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'

/** How many rows a relation holds. @param relation as SQL has it */
export async function countRows(connection: WarehouseConnection, relation: string): Promise<number> {
  const { rows } = await connection.query(`select count(*) from ${relation}`)
  return Number(rows[0]?.[0])
}

/** How many values each of these columns has. */
export async function countValues(
  connection: WarehouseConnection,
  relation: string,
  columns: readonly { readonly name: string }[],
): Promise<readonly number[]> {
  const counts = columns.map(({ name }) => `count(${quoteIdentifier(name)})`).join(', ')
  const { rows } = await connection.query(`select ${counts} from ${relation}`)
  return columns.map((_, i) => Number(rows[0]?.[i]))
}

/** Whether a column has any value. */
export const hasValues = async (connection: WarehouseConnection, relation: string, name: string): Promise<boolean> =>
  (await countValues(connection, relation, [{ name }])).some((count) => count > 0)
