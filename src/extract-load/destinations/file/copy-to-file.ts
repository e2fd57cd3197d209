import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { convertedRows, type RowSource } from '../../loading/rows/insert-rows.js'
import { type ColumnPlan, metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { jsonObject, lineOptions } from '../json-values.js'
import type { Compression, FileDestinationConfig, FileFormat } from './config.js'
import { printedValue } from './printed-values.js'

export interface FileCopy {
  readonly source: RowSource
  readonly plan: readonly ColumnPlan[]
  readonly syncId: number
  readonly path: string
  readonly config: Pick<FileDestinationConfig, 'format' | 'compression'>
  readonly signal?: AbortSignal | undefined
}

/** Lets DuckDB write staged rows into a file; no row becomes a JavaScript object. */
export async function copyToFile(
  staging: WarehouseConnection,
  { source, plan, syncId, path, config: { format, compression }, signal }: FileCopy,
): Promise<void> {
  const columns = new Map([...plan.map(({ column }) => column), ...metaColumns].map((one) => [one.name, one]))
  const values = convertedRows(source, plan, syncId).map(({ name, sql }) => ({
    column: columns.get(name) ?? { name, type: 'VARCHAR', kind: 'text' as const },
    sql,
  }))
  const printed = values.map(({ column, sql }) => ({ column, sql: printedValue(format, sql, column) }))
  const selected =
    format === 'jsonl'
      ? jsonObject(printed.map(({ column, sql }) => ({ name: column.name, sql })))
      : printed.map(({ column, sql }) => `${sql} as ${quoteIdentifier(column.name)}`)
  await staging.query(
    `copy (select ${[selected].flat().join(', ')} ${source.from}) to ${quoteLiteral(path)} (${[
      ...optionsOf(
        format,
        values.map(({ column }) => column),
      ),
      `compression ${wordOf(format, compression)}`,
      'use_tmp_file false',
    ].join(', ')})`,
    { signal },
  )
}

function optionsOf(format: FileFormat, columns: readonly TableColumn[]): readonly string[] {
  if (format === 'parquet') return ['format parquet']
  if (format === 'jsonl') return lineOptions
  // As texts: the identifier "user" would be taken for the name of who is asking.
  const names = columns.filter(({ kind }) => kind === 'text' || kind === 'json').map(({ name }) => quoteLiteral(name))
  // In quotes an empty text is told from NULL.
  return ['format csv', 'header true', ...(names.length > 0 ? [`force_quote (${names.join(', ')})`] : [])]
}

const wordOf = (format: FileFormat, compression: Compression) =>
  format === 'parquet' && compression === 'none' ? 'uncompressed' : compression
