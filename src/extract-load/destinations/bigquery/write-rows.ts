import type { LoadDialect } from '../loaded-warehouse/index.js'
import { bigQueryType, fileValue } from './types.js'

/**
 * Rows come by the Storage Write API, which takes them without a file, and JSON as such. Values are those of the file otherwise, but for what protobuf has
 * another form for.
 */
export const bigQueryRows: NonNullable<LoadDialect['rows']> = {
  value(sql, column) {
    switch (column.kind) {
      case 'date':
        return `(${sql} - date '1970-01-01')`
      case 'timestamptz':
        return `epoch_us(${sql})`
      case 'timestamp':
      case 'time':
        return `cast(${fileValue(sql, column)} as varchar)`
      default:
        return fileValue(sql, column)
    }
  },
  async write(connection, { rows, schema, table, columns, signal }) {
    if (!connection.writeRows) throw new Error('The warehouse takes no rows without a file.')
    const typed = columns.map((column) => ({ name: column.name, type: bigQueryType(column) }))
    await connection.writeRows({ schema, identifier: table }, rows, { columns: typed, signal })
  },
}
