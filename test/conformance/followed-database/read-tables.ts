import pg from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../../src/sql/index.js'
import { openDuckDb, withConnection } from '../../../src/warehouse/index.js'
import { type Form, formOf } from './canonical.js'
import type { Column, Relation } from './catalogue.js'

export interface ReadTable {
  readonly columns: readonly { readonly name: string; readonly form: Form; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export type ReadLoaded = (relation: Relation) => Promise<ReadTable | undefined>

/** Every value as the text that the server prints. */
const asPrinted = { getTypeParser: () => (text: string) => text }
const session =
  "set datestyle = 'ISO'; set intervalstyle = iso_8601; set timezone = 'UTC'; set extra_float_digits = 1; set bytea_output = hex"

export async function openPostgresSession(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(options)
  client.on('error', () => {})
  await client.connect()
  await client.query(session)
  return client
}

/** Ends whoever is left: a server with guests is not stopped. */
export async function endSessions(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type in ('client backend', 'walsender')",
  )
  await client.end()
}

export async function readSource(client: pg.Client, { sql, columns }: Relation): Promise<ReadTable> {
  const list = columns.map((column) => selected(column)).join(', ')
  const { rows } = await client.query({ text: `select ${list} from ${sql}`, rowMode: 'array', types: asPrinted })
  return { columns: columns.map(({ name, type, category }) => ({ name, type, form: formOf(type, category) })), rows }
}

function selected({ name, type, category }: Column): string {
  const quoted = quoteIdentifier(name)
  if (type === 'money') return `${quoted}::numeric(21,2)`
  return type.startsWith('_') || category === 'c' ? `to_json(${quoted})` : quoted
}

/** Tables that were loaded into a PostgreSQL. */
export const readPostgres =
  (client: pg.Client): ReadLoaded =>
  async (relation) => {
    const { rows: columns } = await client.query<{ name: string; type: string }>(
      'select column_name as name, udt_name as type from information_schema.columns where table_schema = $1 and table_name = $2 order by ordinal_position',
      [relation.schema, relation.name],
    )
    if (columns.length === 0) return undefined
    const list = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
    const { rows } = await client.query({
      text: `select ${list} from ${relation.sql}`,
      rowMode: 'array',
      types: asPrinted,
    })
    return { columns: columns.map(({ name, type }) => ({ name, type, form: formOf(type) })), rows }
  }

/** The same of a DuckDB file, which nobody else may have open. */
export async function withDuckDb(path: string, use: (read: ReadLoaded) => Promise<void>): Promise<void> {
  const warehouse = await openDuckDb({ path })
  try {
    await withConnection(warehouse, async (connection) => {
      await connection.query("set timezone = 'UTC'")
      await use(async ({ schema, name }) => {
        const found = await connection.query(
          `select column_name, data_type from information_schema.columns where table_schema = ${quoteLiteral(schema)} and table_name = ${quoteLiteral(name)} order by ordinal_position`,
        )
        if (found.rows.length === 0) return undefined
        const columns = found.rows.map(([column, type]) => ({
          name: String(column),
          type: String(type),
          form: formOf(String(type)),
        }))
        const list = columns.map((column) => {
          const quoted = quoteIdentifier(column.name)
          return column.form === 'binary' ? `hex(${quoted})` : `${quoted}::varchar`
        })
        const { rows } = await connection.query(
          `select ${list.join(', ')} from ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
        )
        return { columns, rows: rows as ReadTable['rows'] }
      })
    })
  } finally {
    await warehouse.close()
  }
}
