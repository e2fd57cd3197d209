import { shownSql, warehouseErrors } from '../errors.js'

/** DuckDB's error when opening, in words that say what to do. */
export function openError(cause: unknown, path: string) {
  const text = messageOf(cause)
  if (/lock on file/i.test(text)) {
    const pid = /PID (\d+)/.exec(text)?.[1]
    return warehouseErrors.create('WAREHOUSE_LOCKED', {
      message: `The DuckDB file ${path} is open in another process${pid ? ` (${pid})` : ''}.`,
      hint: 'DuckDB lets one process at a file. Close the other one, or wait for it. In a project of Millrace commands share the file: put a millrace.yaml with `name:` and `dbt:` beside the dbt project.',
      cause,
    })
  }
  return warehouseErrors.create('WAREHOUSE_OPEN_FAILED', {
    message: `The DuckDB file ${path} could not be opened: ${firstLine(text)}`,
    hint: /is a directory/i.test(text)
      ? 'It is a folder: name a file in it, or move it away.'
      : /cannot open|no such file|permission/i.test(text)
        ? 'Check that the folder exists and that you may write there.'
        : 'If the file is damaged, restore a copy of it, or move it away and load again.',
    cause,
  })
}

/** Of DuckDB, or as a failed statement. */
export const isOutOfMemory = (cause: unknown) =>
  /Out of Memory Error|could not allocate block|failed to allocate data/i.test(messageOf(cause))

/** A load that the limit of loads was too little for. */
export const loadMemoryError = (cause: unknown) =>
  warehouseErrors.create('WAREHOUSE_MEMORY', {
    message: `The load needs more memory than loads are given: ${firstLine(messageOf(cause))}`,
    hint: 'What was committed before it stays. The limit is lifted until the file is closed: run again. Set `memory_limit` under `settings` of the profile to have another limit from the start.',
    cause,
  })

/** A failed statement: DuckDB's message without its excerpt, and the line where it points. */
export function queryError(cause: unknown, sql: string) {
  const text = messageOf(cause)
  const body = (text.split(/\n\s*LINE \d+:/)[0]?.trim() ?? text).replace(/^Failed to extract statements: /, '')
  const place = pointedPlace(text)
  if (
    /No space left|could not write|disk is full|max_temp_directory_size|Cannot open file(?!.*(?:Permission denied|No such file))/i.test(
      text,
    )
  )
    return warehouseErrors.create('WAREHOUSE_DISK_FULL', {
      message: body,
      hint: 'Free some space on the disk of that file, or move it (TMPDIR says where temporary ones lie), and run again. Nothing was committed.',
      cause,
    })
  if (/^TransactionContext Error: .*conflict|write-write conflict/i.test(body))
    return warehouseErrors.create('WAREHOUSE_CONFLICT', {
      message: body,
      hint: 'Another transaction wrote the same. Run again.',
      cause,
      data: { sql: shownSql(sql), ...place },
    })
  return warehouseErrors.create('WAREHOUSE_SQL', {
    message: body,
    cause,
    data: { sql: shownSql(sql), ...place },
  })
}

/** Where the caret below DuckDB's excerpt points. A long line is cut at both ends, so its column is not known. */
function pointedPlace(text: string): { line?: number; column?: number } {
  const [, prefix = '', line, excerpt = '', gap] = /\n\s*(LINE (\d+): )(.*)\n( *)\^/.exec(text) ?? []
  if (line === undefined || gap === undefined) return {}
  return { line: Number(line), ...(excerpt.startsWith('...') ? {} : { column: gap.length - prefix.length + 1 }) }
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
const firstLine = (text: string) => text.split('\n')[0] ?? text
