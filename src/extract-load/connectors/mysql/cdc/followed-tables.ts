import { queryTexts } from '../connect.js'
import type { SourceSession } from '../session.js'

/** What tells of a table whether its rows can be followed in the log. */
export interface TableFacts {
  readonly name: string
  /** Neither a view nor a table whose server keeps versions of rows. */
  readonly isTable: boolean
  readonly hasKey: boolean
  /** Foreign keys of it by which the server changes rows that it does not log. */
  readonly cascades: readonly string[]
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
  const keys = await queryTexts(
    connection,
    `select table_name, constraint_name from information_schema.referential_constraints where constraint_schema = ?
       and (delete_rule in ('CASCADE', 'SET NULL', 'SET DEFAULT') or update_rule in ('CASCADE', 'SET NULL', 'SET DEFAULT'))`,
    database,
  )
  return tables.map(([name, type, parts]) => ({
    name: name ?? '',
    isTable: type === 'BASE TABLE',
    hasKey: Number(parts) > 0,
    cascades: keys.filter(([table]) => table === name).map(([, key]) => key ?? ''),
  }))
}

export const canBeFollowed = ({ isTable, hasKey }: TableFacts): boolean => isTable && hasKey
