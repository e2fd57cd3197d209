import type { Bind } from 'snowflake-sdk'
import type { Cell } from '../contract.js'
import { placeholders } from './statements.js'

/**
 * Values for the `?` of a statement. What the driver would send as text, or not at all (large whole numbers, floats without an end,
 * bytes), is written into the statement itself.
 */
export function bound(
  sql: string,
  params: readonly Cell[],
): { readonly text: string; readonly binds: readonly Bind[] | undefined } {
  if (params.length === 0) return { text: sql, binds: undefined }
  const places = placeholders(sql)
  const binds: Bind[] = []
  let text = ''
  let from = 0
  for (const [i, value] of params.entries()) {
    const at = places[i]
    if (at === undefined) {
      binds.push(asBind(value))
      continue
    }
    text += sql.slice(from, at)
    from = at + 1
    if (isBindable(value)) {
      text += '?'
      binds.push(asBind(value))
    } else text += literal(value)
  }
  return { text: text + sql.slice(from), binds: binds.length === 0 ? undefined : binds }
}

const isBindable = (value: Cell) =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isSafeInteger(value))

const asBind = (value: Cell): Bind =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
    ? value
    : JSON.stringify(value)

/** A value as SQL: https://docs.snowflake.com/en/sql-reference/data-types */
export function literal(value: Cell): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value)
    return Number.isFinite(value) ? `${value}::float` : `${quotedText(specialFloat(value))}::float`
  }
  if (value instanceof Uint8Array) return `to_binary('${Buffer.from(value).toString('hex')}', 'HEX')`
  return quotedText(typeof value === 'string' ? value : JSON.stringify(value))
}

const specialFloat = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf')

/** Backslashes escape in texts, so they are doubled like quotes. */
export const quotedText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
