import { randomUUID } from 'node:crypto'
import type { WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { encodingHint } from './read-error.js'

/** The name of a temporary table where DuckDB's CSV reader puts the rows that do not fit. */
export const newRejectsTable = () => `rejects_${randomUUID().replaceAll('-', '')}`

export async function dropRejects(connection: WarehouseConnection, rejects: string): Promise<void> {
  await connection.query(`drop table if exists ${rejects}; drop table if exists ${rejects}_scan`)
}

/**
 * How many rows were left out. Where the stream does not allow that, the first of them ends the sync.
 * @throws SOURCE_ROW_INVALID
 */
export async function countRejects(
  connection: WarehouseConnection,
  rejects: string,
  batch: FileBatch,
  onWarning: (message: string) => void,
): Promise<number> {
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
      onWarning(`${batch.url}:${at}: left out (${String(why).replace(/\.$/, '')}): ${shortened(csv)}`)
    if (count > rows.length) onWarning(`${batch.url}: ${count - rows.length} more rows left out`)
    return count
  }
  const isEncoding = /utf-?8/i.test(String(message))
  throw extractLoadErrors.create('SOURCE_ROW_INVALID', {
    message: `${batch.url}, line ${line}: ${String(message).replace(/\.$/, '')}${count > 1 ? ` (and ${count - 1} more such rows)` : ''}. The line reads: ${shortened(text)}`,
    at: { file: batch.url, line: Number(line) },
    hint: isEncoding
      ? `${encodingHint} Nothing was loaded.`
      : 'Mend the file, or set `bad_rows: skip` on the stream to leave such rows out; they are counted and logged then. Nothing was loaded.',
  })
}

const shortened = (text: unknown) => String(text).trimEnd().slice(0, 200)
