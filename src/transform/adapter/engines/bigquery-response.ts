import type { QueryResult } from '../../../warehouse/index.js'

const codes: Readonly<Record<string, string>> = { CREATE_TABLE_AS_SELECT: 'CREATE TABLE', CREATE_VIEW: 'CREATE VIEW' }
const named = new Set(['SCRIPT', 'SELECT', 'INSERT', 'DELETE', 'MERGE', 'UPDATE'])

/** `MERGE (5.0 rows, 1.2 MiB processed)`: dbt-bigquery's words about a statement. */
export function bigQueryMessage({ commandTag = '', rowsAffected, rows, columns, facts }: QueryResult): {
  readonly message: string
  readonly code: string | null
  readonly rows: number | null
} {
  const code = codes[commandTag] ?? (named.has(commandTag) ? commandTag : null)
  const count = commandTag === 'SELECT' ? (columns.length > 0 ? rows.length : undefined) : rowsAffected
  const processed = bytesText(Number(facts?.bytes_processed ?? 0))
  const shown = code ?? 'None'
  const message =
    count === undefined
      ? `${shown} (${processed} processed)`
      : `${shown} (${countText(count)} rows, ${processed} processed)`
  return { message, code, rows: count ?? null }
}

/** In powers of 1024; nothing is `0`. */
export const bytesText = (bytes: number): string =>
  bytes === 0 ? '0' : scaled(bytes, 1024, [' Bytes', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB'])

const countText = (count: number) => scaled(count, 1000, ['', 'k', 'm', 'b', 't'])

function scaled(value: number, step: number, units: readonly string[]): string {
  let rest = value
  for (const unit of units.slice(0, -1)) {
    if (Math.abs(rest) < step) return `${rest.toFixed(1)}${unit}`
    rest /= step
  }
  return `${rest.toFixed(1)}${units.at(-1)}`
}
