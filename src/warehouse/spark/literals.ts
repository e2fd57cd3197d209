import { endOfOpaque, leadingKeyword, splitStatements } from '../../sql/index.js'
import type { Cell, WrittenStatement } from '../contract.js'

/** Backslashes escape in Spark's texts. */
export const sparkQuoting = { hasBackslashes: true }

/** The statements of a text with their first words. */
export const sparkStatements = (sql: string): WrittenStatement[] =>
  splitStatements(sql, sparkQuoting).map((text) => ({ text, keyword: leadingKeyword(text) }))

export const quoteIdentifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** A value as Spark reads it back, with its own type: a number with a fraction is a DOUBLE, not a DECIMAL. */
export function quoteLiteral(value: Cell): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return numberLiteral(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return textLiteral(value)
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`
  if (Array.isArray(value)) return `array(${(value as readonly Cell[]).map(quoteLiteral).join(', ')})`
  const fields = Object.entries(value as Readonly<Record<string, Cell>>)
  return `named_struct(${fields.flatMap(([name, field]) => [textLiteral(name), quoteLiteral(field)]).join(', ')})`
}

function numberLiteral(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  return Number.isFinite(value) ? `${value}D` : `double('${value}')`
}

/** A dollar before a brace would be a variable of the session, also within quotes. */
const textLiteral = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\u0024{')}'`

/** The statement with its parameters, `?`, as literals: the protocol has no place for them. */
export function bindParameters(sql: string, params: readonly Cell[] | undefined): string {
  if (!params) return sql
  let bound = ''
  let next = 0
  for (let i = 0; i < sql.length; ) {
    const end = endOfOpaque(sql, i, sparkQuoting)
    if (end > i) bound += sql.slice(i, end)
    else bound += sql[i] === '?' && next < params.length ? quoteLiteral(params[next++] as Cell) : sql[i]
    i = Math.max(end, i + 1)
  }
  return bound
}
