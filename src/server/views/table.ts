import type { Cell, QueryResult } from '../../warehouse/index.js'
import type { ApiTable } from '../contract/index.js'

/** A result as JSON: what a JavaScript number cannot hold exactly becomes text. */
export function jsonTable(result: QueryResult & { readonly durationMs: number }): ApiTable {
  return {
    columns: result.columns.map(({ name, type, kind }) => ({ name, type, kind })),
    rows: result.rows.map((row) => row.map(jsonCell)),
    truncated: result.truncated,
    ...(result.rowsAffected === undefined ? {} : { rowsAffected: result.rowsAffected }),
    durationMs: result.durationMs,
  }
}

export function jsonCell(cell: Cell): unknown {
  if (typeof cell === 'bigint') return String(cell)
  return cell instanceof Uint8Array ? `\\x${Buffer.from(cell).toString('hex')}` : cell
}
