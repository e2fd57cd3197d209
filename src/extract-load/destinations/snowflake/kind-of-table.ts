import { rowObjects } from '../../../warehouse/index.js'
import type { LoadDialect } from '../loaded-warehouse/index.js'

/** `transient` or nothing: somebody may have made the table to be kept, with days of history. */
export const kindOfTable: NonNullable<LoadDialect['kindOfTable']> = async (connection, relation) => {
  const [schema = '', table = ''] = relation.match(/"(?:[^"]|"")*"/g) ?? []
  const name = table.slice(1, -1).replaceAll('""', '"')
  const start = name.replaceAll('\\', '\\\\').replaceAll("'", "''")
  // Names that only begin so are shown, too.
  const shown = rowObjects(await connection.query(`show tables in schema ${schema} starts with '${start}'`))
  return shown.find((row) => row.name === name)?.kind === 'TABLE' ? '' : 'transient'
}
