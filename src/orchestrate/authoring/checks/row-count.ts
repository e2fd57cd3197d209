import {
  type BuiltInOptions,
  boundsText,
  builtInCheck,
  inWords,
  judgedByBounds,
  requireBounds,
  type SomeBounds,
} from './built-in-check.js'
import type { CheckDefinition } from './check.js'
import type { CheckedAsset } from './check-context.js'
import { rowsOfCall, tableOfChecked } from './checked-table.js'

/** Whether a table has as many rows as it should; they are counted. */
export function rowCount<const Of extends CheckedAsset>(
  of: Of,
  options: SomeBounds & BuiltInOptions,
): CheckDefinition<Of> {
  requireBounds('The number of rows', options)
  const table = tableOfChecked('checks.rowCount', of)
  const usual = { name: 'row_count', description: `It has ${boundsText(options)} rows.` }
  return builtInCheck(of, usual, options, async (context) => {
    const [row] = await context.query<{ n: number | bigint }>(`select count(*) as n from ${rowsOfCall(table, context)}`)
    const rows = Number(row?.n ?? 0)
    return judgedByBounds(rows, options, { shown: `${inWords(rows)} rows`, name: 'rows' })
  })
}
