import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import type { ColumnKind, ResultColumn, WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'

export const sqlText = (value: string) => `'${value.replaceAll("'", "''")}'`

/** The table function that reads a batch, `read_parquet('…')` and so on. Rejected CSV rows go to `rejects`. */
export function readerOf(batch: FileBatch, rejects?: string): string {
  const path = sqlText(escapeGlob(batch.path))
  switch (batch.format) {
    case 'parquet':
      return `read_parquet(${path})`
    case 'json':
      return `read_json(${path}, format = 'auto', maximum_object_size = 268435456)`
    case 'jsonl':
      return `read_json(${path}, format = 'newline_delimited', maximum_object_size = 268435456)`
    case 'csv': {
      // DuckDB's sniffer can take a ragged file for one of a single column and drop rows; so the dialect is given,
      // and every row that does not fit lands in the rejects table.
      const header = batch.options.header ?? true
      const delimiter = batch.options.delimiter ?? detectDelimiter(batch.path)
      const store =
        rejects === undefined
          ? ''
          : `, store_rejects = true, rejects_table = ${sqlText(rejects)}, rejects_scan = ${sqlText(`${rejects}_scan`)}`
      return `read_csv(${path}, header = ${header}, delim = ${sqlText(delimiter)}, quote = '"', escape = '"', sample_size = -1, null_padding = false${store})`
    }
  }
}

/** DuckDB reads `*`, `?` and `[` in a path as a pattern; the file is one file, whatever its name. */
const escapeGlob = (path: string) => path.replace(/[*?[]/g, (char) => `[${char}]`)

const candidates = [',', ';', '\t', '|']
const headBytes = 65_536

/** The delimiter that stands most often in the first line, outside quotes. */
function detectDelimiter(path: string): string {
  if (/\.tsv(\.gz)?$/i.test(path)) return '\t'
  if (/\.gz$/i.test(path)) return ','
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(headBytes)
    const head = buffer.toString('utf8', 0, readSync(file, buffer, 0, headBytes, 0))
    const line = (head.split(/\r?\n/)[0] ?? '').replace(/"(?:[^"]|"")*"/g, '')
    const counts = candidates.map((char) => line.split(char).length)
    return candidates[counts.indexOf(Math.max(...counts))] ?? ','
  } finally {
    closeSync(file)
  }
}

/**
 * The columns of a file. It is read as it will be loaded: without the rejects table DuckDB's sniffer would take another
 * dialect for a ragged CSV.
 * @throws SOURCE_FILE_UNREADABLE
 */
export async function describeFile(
  connection: WarehouseConnection,
  batch: FileBatch,
): Promise<readonly ResultColumn[]> {
  const rejects = batch.format === 'csv' ? `describe_${randomUUID().replaceAll('-', '')}` : undefined
  try {
    const { columns } = await connection.query(`select * from ${readerOf(batch, rejects)} limit 0`)
    return columns
  } catch (error) {
    throw readError(error, batch)
  } finally {
    if (rejects !== undefined)
      await connection.query(`drop table if exists ${rejects}; drop table if exists ${rejects}_scan`).catch(() => {})
  }
}

/** A reader's failure, with the file and, for CSV, the line. */
export function readError(error: unknown, batch: FileBatch): unknown {
  const text = error instanceof Error ? error.message : String(error)
  if ((error as { code?: string }).code !== 'WAREHOUSE_SQL') return error
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1] ?? /line (\d+)/i.exec(text)?.[1]
  const [first = ''] = text.split('\n')
  return extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: `${batch.url} cannot be read as ${batch.format}: ${first}`,
    at: { file: batch.url, ...(line === undefined ? {} : { line: Number(line) }) },
    hint: 'Check that the file is whole and of this format; set `format` or `delimiter` of the stream when they were told wrongly.',
    cause: error,
  })
}

/** Nested values are kept as JSON: models can rely on one form, whatever the file said. */
export function isNested(kind: ColumnKind): boolean {
  return kind === 'list' || kind === 'struct'
}

const scalarTypes: Readonly<Partial<Record<ColumnKind, object>>> = {
  boolean: { type: ['null', 'boolean'] },
  integer: { type: ['null', 'integer'] },
  decimal: { type: ['null', 'number'] },
  float: { type: ['null', 'number'] },
  date: { type: ['null', 'string'], format: 'date' },
  time: { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' },
  timestamp: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
  timestamptz: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
  list: { type: ['null', 'array'] },
  struct: { type: ['null', 'object'] },
  json: { type: ['null', 'object'] },
}

/** A column as Airbyte's JSON Schema says it. */
export function jsonType(column: ResultColumn): object {
  return scalarTypes[column.kind] ?? { type: ['null', 'string'] }
}
