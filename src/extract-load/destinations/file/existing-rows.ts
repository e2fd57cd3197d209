import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import type { ExistingRows } from '../../loading/request/load-request.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import type { FileStore } from '../recorded/file-store.js'
import type { RecordedTable } from '../recorded/record.js'
import type { FileFormat } from './config.js'
import { folderOf, formatOf } from './file-name.js'

/** The rows of a table's files. */
export function existingInFiles(store: FileStore, table: RecordedTable | undefined): ExistingRows {
  return {
    // Rather a cursor that is refused than rows that are lost.
    hasValues: async () => (table?.files.length ?? 0) > 0,
    async at(column, value) {
      if (!table) return undefined
      const folder = folderOf(table.table)
      const there = new Set(await store.list(folder))
      const files = table.files.filter(({ name }) => there.has(name))
      const name = quoteIdentifier(column)
      // The bare literal takes the column's own type, so the comparison stays exact.
      const where = `where ${name} = ${quoteLiteral(value)} or ${name} is null`
      const selects: string[] = []
      for (const file of files) {
        const path = await store.localCopy(`${folder}/${file.name}`)
        selects.push(`select * from ${relationOf(path, formatOf(file.name), table.columns)} ${where}`)
      }
      const none = table.columns.map((one) => `null::${one.type} as ${quoteIdentifier(one.name)}`).join(', ')
      return `(${[`select ${none} where false`, ...selects].join(' union all by name ')})`
    },
    // Rows that are added to have no key.
    ofKeys: async () => undefined,
  }
}

/** SQL: the columns of a file in the types of its table. */
function relationOf(path: string, format: FileFormat, columns: readonly TableColumn[]): string {
  const file = quoteLiteral(path)
  const names = columns.map(({ name }) => quoteIdentifier(name))
  const cast = columns.map(({ name, type, kind }) => {
    const value = quoteIdentifier(name)
    return `try_cast(${kind === 'binary' && format !== 'parquet' ? `from_base64(${value}::varchar)` : value} as ${type}) as ${value}`
  })
  // A file of before a column came does not have it: the names of one that has no row stand for it.
  const padding = `select ${names.map((name) => `null::varchar as ${name}`).join(', ')} where false`
  return `(select ${cast.join(', ')} from (${padding} union all by name select * from ${readerOf(file, format, columns)}))`
}

function readerOf(file: string, format: FileFormat, columns: readonly TableColumn[]): string {
  switch (format) {
    case 'parquet':
      return `(select columns(*)::varchar from read_parquet(${file}))`
    case 'csv':
      return `read_csv(${file}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, strict_mode = true)`
    case 'jsonl': {
      const types = columns.map(({ name }) => `${quoteLiteral(name)}: 'VARCHAR'`).join(', ')
      return `read_json(${file}, format = 'newline_delimited', columns = {${types}})`
    }
  }
}
