import { randomUUID } from 'node:crypto'
import type { WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'

/** The table where DuckDB's CSV reader puts the rows that do not fit; undefined for the other formats. */
export function rejectsTable(batch: FileBatch): string | undefined {
  return batch.format === 'csv' ? `rejects_${randomUUID().replaceAll('-', '')}` : undefined
}

export async function dropRejects(connection: WarehouseConnection, rejects: string | undefined): Promise<void> {
  if (rejects !== undefined)
    await connection.query(`drop table if exists ${rejects}; drop table if exists ${rejects}_scan`)
}

/**
 * How many rows were left out. Where the stream does not allow that, the first of them ends the sync.
 * @throws SOURCE_ROW_INVALID
 */
export async function countRejects(
  connection: WarehouseConnection,
  rejects: string | undefined,
  batch: FileBatch,
  onWarning: (message: string) => void,
): Promise<number> {
  if (rejects === undefined) return 0
  // One row can have several errors; the first one counts.
  const { rows } = await connection.query(
    `select line, any_value(csv_line), first(error_message), count(*) over ()
     from ${rejects} group by line order by line limit 5`,
  )
  const [first] = rows
  if (!first) return 0
  const [line, text, message, counted] = first
  const count = Number(counted)
  if (batch.options.badRows === 'skip') {
    for (const [at, csv, why] of rows)
      onWarning(`${batch.url}:${at}: left out (${String(why)}): ${String(csv).slice(0, 200)}`)
    if (count > rows.length) onWarning(`${batch.url}: ${count - rows.length} more rows left out`)
    return count
  }
  throw extractLoadErrors.create('SOURCE_ROW_INVALID', {
    message: `${batch.url}, line ${line}: ${String(message)}${count > 1 ? ` (and ${count - 1} more such rows)` : ''}. The line reads: ${String(text).slice(0, 300)}`,
    at: { file: batch.url, line: Number(line) },
    hint: 'Mend the file, or set `bad_rows: skip` on the stream to leave such rows out; they are counted and logged then. Nothing was loaded.',
  })
}
