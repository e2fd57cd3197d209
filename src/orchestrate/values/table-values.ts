import type { IoContext, IoManager } from '../authoring/io-manager.js'
import { literal } from '../authoring/sql-literal.js'
import { orchestrateErrors } from '../errors.js'

/** A row of a table: nothing nested. */
export type TableRow = Readonly<Record<string, string | number | bigint | boolean | Date | null | undefined>>

/** The column that tells which partition a row belongs to. */
const partitionColumn = 'partition_key'
/** A table needs one column, also where no row tells any. */
const noColumn = 'no_rows_yet'
const rowsPerInsert = 500

/**
 * Rows as a table of the warehouse: `reports/days` is the table `days` in the schema `reports`, unless another schema is said.
 * Of an asset with partitions the rows of all are in one table.
 */
export function tableValues({ schema }: { schema?: string } = {}): IoManager<readonly object[]> {
  const tableOf = ({ asset }: IoContext) => tableName(asset, schema)
  return {
    tableOf: (asset) => ({ ...tableName(asset, schema), partitionColumn }),
    async store(context, value) {
      const { asset, partition } = context
      const rows = requireRows(asset, value)
      const columns = columnsOf(asset, rows)
      const table = tableOf(context)
      const script =
        partition !== undefined
          ? partitionScript(table, columns, partition)
          : rows.length === 0 && (await typesOf(context, table)).size > 0
            ? [`delete from ${table.sql}`]
            : [`drop table if exists ${table.sql}`, create(table, columns)]
      const schemas = table.schema === undefined ? [] : [`create schema if not exists ${quoted(table.schema)}`]
      const all = ['begin transaction', ...schemas, ...script, ...inserts(table, columns, rows, partition), 'commit']
      // One transaction: who reads meanwhile sees the rows before or those after.
      await context.query(all.join(';\n'))
    },
    async load(context) {
      const table = tableOf(context)
      const types = await typesOf(context, table)
      if (types.size === 0) return undefined
      const { partition } = context
      const where = partition === undefined ? '' : ` where ${quoted(partitionColumn)} = ${literal(partition)}`
      const rows = await context.query(`select * from ${table.sql}${where}`)
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).flatMap(([name, value]) => cell(name, value, types.get(name)))),
      )
    },
  }
}

interface Table {
  readonly schema: string | undefined
  readonly name: string
  readonly sql: string
}

function tableName(asset: string, chosen: string | undefined): Table {
  const [first = '', ...rest] = asset.split('/')
  const schema = chosen ?? (rest.length > 0 ? first : undefined)
  const name = rest.length > 0 ? rest.join('_') : first
  return { schema, name, sql: schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}` }
}

/** Of each column; none where there is no table. */
async function typesOf({ query }: IoContext, { schema, name }: Table): Promise<ReadonlyMap<string, string>> {
  const where = schema === undefined ? 'current_schema()' : literal(schema)
  const columns = await query<{ column_name: string; data_type: string }>(
    `select column_name, data_type from information_schema.columns where table_schema = ${where} and table_name = ${literal(name)}`,
  )
  return new Map(columns.map((one) => [one.column_name, one.data_type.toLowerCase()]))
}

type Columns = ReadonlyMap<string, string>

function columnsOf(asset: string, rows: readonly TableRow[]): Columns {
  const columns = new Map<string, string | undefined>()
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      const known = columns.get(name)
      const type = value === null || value === undefined ? undefined : typeOf(asset, name, value)
      if (known !== undefined && type !== undefined && known !== type)
        throw unfit(asset, `\`${name}\` is ${known} in one row and ${type} in another`)
      columns.set(name, known ?? type)
    }
  return new Map([...columns].map(([name, type]) => [name, type ?? 'varchar']))
}

function typeOf(asset: string, name: string, value: unknown): string {
  if (typeof value === 'string') return 'varchar'
  // Whole numbers, too: a later row may have a fraction.
  if (typeof value === 'number') return 'double precision'
  if (typeof value === 'bigint') return 'bigint'
  if (typeof value === 'boolean') return 'boolean'
  if (value instanceof Date) return 'timestamp with time zone'
  throw unfit(asset, `\`${name}\` has a value of the type ${Array.isArray(value) ? 'array' : typeof value}`)
}

const create = ({ sql }: Table, columns: Columns) => {
  const found = columns.size > 0 ? columns : new Map([[noColumn, 'boolean']])
  return `create table ${sql} (${[...found].map(([name, type]) => `${quoted(name)} ${type}`).join(', ')})`
}

const partitionScript = ({ sql }: Table, columns: Columns, partition: string) => [
  `create table if not exists ${sql} (${quoted(partitionColumn)} varchar)`,
  // It may have been a table without partitions: its rows are those of none.
  ...[...columns, [partitionColumn, 'varchar'] as const].map(
    ([name, type]) => `alter table ${sql} add column if not exists ${quoted(name)} ${type}`,
  ),
  `delete from ${sql} where ${quoted(partitionColumn)} = ${literal(partition)} or ${quoted(partitionColumn)} is null`,
]

function inserts({ sql }: Table, columns: Columns, rows: readonly TableRow[], partition: string | undefined): string[] {
  const names = [...columns.keys()]
  const extra = partition === undefined ? [] : [literal(partition)]
  const all = [...names, ...(partition === undefined ? [] : [partitionColumn])].map(quoted).join(', ')
  const found: string[] = []
  for (let i = 0; i < rows.length; i += rowsPerInsert) {
    const values = rows
      .slice(i, i + rowsPerInsert)
      .map((row) => `(${[...names.map((name) => literal(row[name])), ...extra].join(', ')})`)
    found.push(`insert into ${sql} (${all}) values ${values.join(', ')}`)
  }
  return found
}

/** As it was given, whatever the driver makes of it; what the table adds goes. */
function cell(name: string, value: unknown, type: string | undefined): [string, unknown][] {
  if (name === partitionColumn || name === noColumn) return []
  if (value === null || value === undefined) return [[name, null]]
  if (type === 'bigint') return [[name, BigInt(value as string | number | bigint)]]
  if (type?.startsWith('double') && typeof value !== 'number') return [[name, Number(value)]]
  if (type === 'timestamp with time zone' && !(value instanceof Date)) return [[name, new Date(String(value))]]
  return [[name, value]]
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

function requireRows(asset: string, value: unknown): readonly TableRow[] {
  const isRow = (row: unknown) => row !== null && typeof row === 'object' && !Array.isArray(row)
  if (!Array.isArray(value)) throw unfit(asset, 'it is no array')
  if (!value.every(isRow)) throw unfit(asset, 'not all of it are objects')
  const own = value.flatMap((row) => Object.keys(row as object)).find((name) => name === partitionColumn)
  if (own !== undefined) throw unfit(asset, `a column \`${own}\` is there already: it tells the partition`)
  return value as readonly TableRow[]
}

const unfit = (asset: string, why: string) =>
  orchestrateErrors.create('USER_CODE_FAILED', {
    message: `What ${asset} answered does not fit into a table: ${why}.`,
    hint: 'Answer an array of rows: objects of texts, numbers, booleans, dates and null, of one type in each column.',
  })
