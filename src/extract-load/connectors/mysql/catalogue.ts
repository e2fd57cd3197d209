import { queryTexts } from './connect.js'
import type { SourceSession } from './session.js'

export interface MysqlTable {
  readonly name: string
  readonly columns: readonly MysqlColumn[]
  readonly primaryKey: readonly string[]
}

/** A column as the catalogue of the server has it. */
export interface MysqlColumn {
  readonly name: string
  /** `int`, `varchar`. */
  readonly dataType: string
  /** `int(10) unsigned zerofill`. */
  readonly columnType: string
  /** Digits of a number; bits of `bit`. */
  readonly precision: number
  readonly scale: number
  /** MariaDB's JSON is a text whose rows are checked. */
  readonly isJson: boolean
  /** Of a text; undefined for all others. */
  readonly charset?: string | undefined
}

/** Columns that the user may read, of tables and views: sequences of MariaDB are tables too. */
const columnsQuery = `
select c.table_name, c.column_name, c.data_type, c.column_type, c.numeric_precision, c.numeric_scale, c.character_set_name
from information_schema.columns c
join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
where c.table_schema = ? and t.table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
  and find_in_set('select', c.privileges) > 0`
const keysQuery = `
select table_name, column_name from information_schema.statistics
where table_schema = ? and index_name = 'PRIMARY'`
const jsonQuery = `
select table_name, check_clause from information_schema.check_constraints
where constraint_schema = ? and check_clause like 'json_valid(%'`

/**
 * What the user may read in the database.
 * @param name only what is called so
 */
export async function readTables(session: SourceSession, name?: string): Promise<MysqlTable[]> {
  const { connection, config, isMariaDb } = session
  const ask = (sql: string, table: string, order: string) =>
    name === undefined
      ? queryTexts(connection, `${sql} order by ${order}`, [config.database])
      : queryTexts(connection, `${sql} and ${table} = ? order by ${order}`, [config.database, name])
  const columns = await ask(columnsQuery, 'c.table_name', 'c.table_name, c.ordinal_position')
  const keys = grouped(await ask(keysQuery, 'table_name', 'table_name, seq_in_index'))
  const checks = grouped(isMariaDb ? await ask(jsonQuery, 'table_name', 'table_name') : [])
  return [...grouped(columns)].map(([table, rows]) => ({
    name: table,
    columns: rows.map((row) => columnOf(row, checks.get(table) ?? [])),
    primaryKey: (keys.get(table) ?? []).map(([column]) => column ?? ''),
  }))
}

type Row = readonly (string | null)[]

/** Rows by their first cell, without it, in their order. */
function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const [name, ...rest] of rows) {
    const group = groups.get(name ?? '')
    if (group) group.push(rest)
    else groups.set(name ?? '', [rest])
  }
  return groups
}

/** Without what stands in quotes: the values of an enum. */
const lowerCase = (type: string) => type.replace(/^[^']+/, (words) => words.toLowerCase())

function columnOf([name, dataType, columnType, precision, scale, charset]: Row, checks: readonly Row[]): MysqlColumn {
  const isChecked = checks.some(([clause]) => clause === `json_valid(\`${(name ?? '').replaceAll('`', '``')}\`)`)
  return {
    name: name ?? '',
    dataType: (dataType ?? '').toLowerCase(),
    columnType: lowerCase(columnType ?? ''),
    precision: Number(precision ?? 0),
    scale: Number(scale ?? 0),
    isJson: isChecked && dataType === 'longtext',
    charset: charset ?? undefined,
  }
}
