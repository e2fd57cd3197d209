import type { Cell } from '../contract.js'

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#quoted_identifiers */
export const quoteBigQueryName = (name: string): string => `\`${name.replace(/[\\`]/g, '\\$&')}\``

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', "'": "\\'" }
const quoted = (text: string) => `'${text.replace(/[\n\r\t\\']/g, (sign) => escapes[sign] as string)}'`

/** A value as SQL has it. */
export function bigQueryLiteral(value: Cell): string {
  if (value === null) return 'null'
  if (typeof value === 'number' && !Number.isFinite(value))
    return `cast('${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}' as float64)`
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `from_hex('${Buffer.from(value).toString('hex')}')`
  if (Array.isArray(value)) return `[${value.map((item: Cell) => bigQueryLiteral(item)).join(', ')}]`
  return typeof value === 'string' ? quoted(value) : `json ${quoted(JSON.stringify(value))}`
}
