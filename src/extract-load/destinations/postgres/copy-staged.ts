import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../../base/index.js'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { convertedRows, type RowSource } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'

/** What a copy needs to know of its two ends. */
export interface CopyOptions {
  readonly source: RowSource
  readonly plan: readonly ColumnPlan[]
  readonly syncId: number
  /** As SQL has it. */
  readonly target: string
  readonly signal?: AbortSignal | undefined
}

/** Brings staged rows into a table of PostgreSQL: DuckDB writes a file, the server reads it; no row becomes a JavaScript object. */
export async function copyStaged(
  staging: WarehouseConnection,
  tables: WarehouseConnection,
  { source, plan, syncId, target, signal }: CopyOptions,
): Promise<void> {
  const types = new Map<string, TableColumn>([
    ...plan.map(({ column }) => [column.name, column] as const),
    ...metaColumns.map((column) => [column.name, column] as const),
  ])
  const columns = convertedRows(source, plan, syncId)
  const selected = columns.map(({ name, sql }) => `${printed(sql, types.get(name))} as ${quoteIdentifier(name)}`)
  // As texts: the identifier "user" would be taken for the name of who is asking.
  const texts = columns
    .filter(({ name }) => ['text', 'json'].includes(types.get(name)?.kind ?? 'text'))
    .map(({ name }) => quoteLiteral(name))
  const folder = await temporaryFolder('copy')
  const path = join(folder, 'rows.csv')
  // In quotes an empty text is no NULL, and `\.` not the end.
  const quoted = texts.length > 0 ? `, force_quote (${texts.join(', ')})` : ''
  try {
    await staging.query(
      `copy (select ${selected.join(', ')} ${source.from}) to ${quoteLiteral(path)} (format csv, header false${quoted})`,
      { signal },
    )
    const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
    await tables.query(`copy ${target} (${names}) from stdin (format csv)`, {
      copyBytes: bytesOf(path),
      signal,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opened when somebody reads, and closed when nobody does any more. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 1024 * 1024 })
}

const nul = 'chr(0)'
const backslashes = quoteLiteral('\\\\')
const nulEscape = quoteLiteral('\\u0000')

/** A value as PostgreSQL reads it. Its texts hold no NUL, its JSON none that is escaped. */
function printed(sql: string, column: TableColumn | undefined): string {
  switch (column?.kind) {
    case 'text':
    case undefined:
      return `replace(${sql}, ${nul}, '')`
    case 'json':
      return `case when contains(${sql}::varchar, ${nulEscape}) then replace(replace(replace(${sql}::varchar, ${backslashes}, ${nul}), ${nulEscape}, ''), ${nul}, ${backslashes}) else ${sql}::varchar end`
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      // DuckDB writes the era behind the day.
      return `regexp_replace(${sql}::varchar, '^(\\S+) \\(BC\\)(.*)$', '\\1\\2 BC')`
    case 'binary':
      return `'\\x' || hex(${sql})`
    default:
      return sql
  }
}
