import { queryTexts } from '../connect.js'
import { quoteName } from '../quoting.js'
import type { SourceSession } from '../session.js'

/** What tells of a table whether its rows can be followed in the log. */
export interface TableFacts {
  readonly name: string
  /** Neither a view nor a table whose server keeps versions of rows. */
  readonly isTable: boolean
  readonly hasKey: boolean
}

export async function readTableFacts({ connection, config }: SourceSession): Promise<TableFacts[]> {
  const database = [config.database]
  const tables = await queryTexts(
    connection,
    `select t.table_name, t.table_type, (select count(*) from information_schema.statistics s
       where s.table_schema = t.table_schema and s.table_name = t.table_name and s.index_name = 'PRIMARY')
     from information_schema.tables t where t.table_schema = ?`,
    database,
  )
  return tables.map(([name, type, parts]) => ({
    name: name ?? '',
    isTable: type === 'BASE TABLE',
    hasKey: Number(parts) > 0,
  }))
}

export const canBeFollowed = ({ isTable, hasKey }: TableFacts): boolean => isTable && hasKey

/**
 * Foreign keys of a table by which the server changes rows of it that it does not log. The catalogue shows them only to who may more
 * than read.
 */
export async function cascadingKeys({ connection, config }: SourceSession, table: string): Promise<string[]> {
  const relation = `${quoteName(config.database)}.${quoteName(table)}`
  const [[, definition] = []] = await queryTexts(connection, `show create table ${relation}`)
  const cascades = /^\s*CONSTRAINT `((?:[^`]|``)*)` FOREIGN KEY .* ON (?:DELETE|UPDATE) (?:CASCADE|SET )/gm
  return [...(definition ?? '').matchAll(cascades)].map(([, name = '']) => name.replaceAll('``', '`'))
}

/** The user may not read a table, or a column of it. */
const lacksSelect = new Set([1142, 1143])

/**
 * The log has all columns of a table, without their names; the catalogue shows those that the user may read.
 * @returns what the server says where these are not the same
 */
export async function hiddenColumns({ connection, config }: SourceSession, table: string): Promise<string | undefined> {
  try {
    await queryTexts(connection, `select * from ${quoteName(config.database)}.${quoteName(table)} limit 0`)
    return undefined
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string }
    if (!lacksSelect.has(errno ?? 0)) throw error
    return message
  }
}
