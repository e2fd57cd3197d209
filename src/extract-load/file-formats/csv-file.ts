import { quoteLiteral } from '../../sql/index.js'
import type { WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { readCsvHead } from './csv-header.js'
import { countRejects, dropRejects, newRejectsTable } from './csv-rejects.js'
import { narrowTypes, shapeOfColumn, type TextColumn, typedColumns, unseen } from './detect-types.js'
import type { OpenFile, OpenOptions } from './open-file.js'
import { readError } from './read-error.js'
import { sqlPath } from './sql-path.js'
import { copyAsUtf8, type TextCopy } from './text-copy.js'
import { csvTypes } from './text-types.js'

/**
 * Every value is read as text and then in the type that its column's first rows tell. DuckDB's own detection would
 * hold the whole file in memory, take another dialect for a ragged file, and guess between 1 February and 2 January.
 */
export async function openCsv(
  connection: WarehouseConnection,
  batch: FileBatch,
  options: OpenOptions,
): Promise<OpenFile> {
  const copy = await copyAsUtf8(batch, options)
  try {
    const path = copy?.path ?? batch.path
    const { header = true, delimiter, skipRows = 0 } = batch.options
    const head = await readCsvHead(connection, path, { delimiter, hasHeader: header, skippedLines: skipRows })
    if (head.names.length === 0) return emptyFile(copy)
    const dialect = `${sqlPath(path)}, auto_detect = false, header = ${header}, skip = ${skipRows}, delim = ${quoteLiteral(head.delimiter)},
      quote = '"', escape = '"', max_line_size = ${maxLineBytes}, columns = {${head.names.map((name) => `${quoteLiteral(name)}: 'VARCHAR'`).join(', ')}}`
    const rejects = newRejectsTable()
    const reader = `read_csv(${dialect}, store_rejects = true, rejects_table = ${quoteLiteral(rejects)}, rejects_scan = ${quoteLiteral(`${rejects}_scan`)})`
    const columns = await narrowTypes(connection, reader, unseen(head.names, csvTypes), options)
    const fileOf = (shapes: readonly TextColumn[]): OpenFile => ({
      columns: shapes.map(shapeOfColumn),
      relation: `(select ${typedColumns(shapes).join(', ')} from ${reader})`,
      countRejects: (onWarning) => countRejects(connection, rejects, batch, onWarning),
      close: async () => {},
    })
    return {
      ...fileOf(columns),
      reopen: async () => fileOf(await narrowTypes(connection, reader, columns, { ...options, isWhole: true })),
      close: async () => {
        await dropRejects(connection, rejects)
        await copy?.dispose()
      },
    }
  } catch (error) {
    await copy?.dispose()
    throw readError(error, batch)
  }
}

const maxLineBytes = 16_000_000

const emptyFile = (copy: TextCopy | undefined): OpenFile => ({
  columns: [],
  relation: '(select 1 where false)',
  countRejects: async () => 0,
  close: async () => copy?.dispose(),
})
