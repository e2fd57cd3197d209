import { quoteIdentifier, quoteLiteral } from '../../sql/index.js'
import {
  type Cell,
  type ColumnInfo,
  type RelationInfo,
  type RelationName,
  type RelationType,
  rowObjects,
  type Warehouse,
  type WarehouseConnection,
} from '../contract.js'
import { KeptConnection } from '../kept-connection.js'
import { postgresCapabilities } from './capabilities.js'
import { kindOfName } from './cells.js'
import { connect, initialSettings, type PostgresWarehouseOptions, placeOf, stopBackend } from './connect.js'
import { PostgresConnection } from './connection.js'

/** @throws WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED */
export async function openPostgresServer(options: PostgresWarehouseOptions): Promise<Warehouse> {
  const warehouse = new PostgresWarehouse(options)
  await warehouse.check()
  return warehouse
}

class PostgresWarehouse implements Warehouse {
  readonly type = 'postgres'
  readonly database: string
  readonly capabilities = postgresCapabilities
  readonly #options: PostgresWarehouseOptions
  /** For questions about the catalog. */
  readonly #own = new KeptConnection(() => this.connect())

  constructor(options: PostgresWarehouseOptions) {
    this.#options = options
    this.database = options.database
  }

  /** Whether the server is there, and answers these settings. */
  async check(): Promise<void> {
    await this.#own.get()
  }

  async connect({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<WarehouseConnection> {
    const client = await connect(this.#options, signal)
    return new PostgresConnection({
      client,
      place: placeOf(this.#options),
      settings: initialSettings(this.#options),
      cancel: (backendPid) => stopBackend(this.#options, backendPid, 'query'),
    })
  }

  quoteIdentifier(name: string): string {
    return quoteIdentifier(name)
  }

  quoteLiteral(value: Cell): string {
    if (value === null) return 'null'
    if (typeof value === 'number' && !Number.isFinite(value)) return `'${value}'::double precision`
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'::bytea`
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const quoted = quoteLiteral(text)
    // Backslashes mean something where standard_conforming_strings is off, and in E'' always.
    return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
  }

  async listSchemas({ database = this.database, signal }: { database?: string; signal?: AbortSignal } = {}) {
    if (!this.#isOwn(database)) return []
    const rows = await this.#rows('select nspname from pg_catalog.pg_namespace order by 1', [], signal)
    return rows.map((row) => String(row.nspname))
  }

  async listRelations({
    database = this.database,
    schemas,
    signal,
  }: {
    database?: string
    schemas?: readonly string[]
    signal?: AbortSignal
  }): Promise<RelationInfo[]> {
    if (!this.#isOwn(database)) return []
    const rows = await this.#rows(
      `select n.nspname, c.relname, c.relkind, pg_catalog.obj_description(c.oid, 'pg_class') as comment,
         pg_catalog.pg_get_userbyid(c.relowner) as owner
       from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm', 'f')
         and case when $1::text[] is null then n.nspname !~ '^(pg_|information_schema$)' else lower(n.nspname) = any($1) end
       order by 1, 2`,
      [schemas ? schemas.map((schema) => schema.toLowerCase()) : null],
      signal,
    )
    return rows.map((row) => ({
      database: this.database,
      schema: String(row.nspname),
      identifier: String(row.relname),
      type: relationTypes[String(row.relkind)] ?? 'table',
      comment: row.comment == null ? undefined : String(row.comment),
      owner: String(row.owner),
    }))
  }

  async columns(
    { schema, identifier }: RelationName,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ColumnInfo[]> {
    const rows = await this.#rows(
      `select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
         row_number() over (order by a.attnum) as position, pg_catalog.col_description(a.attrelid, a.attnum) as comment
       from pg_catalog.pg_attribute as a
       join pg_catalog.pg_class as c on c.oid = a.attrelid
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
       order by a.attnum`,
      [schema, identifier],
      signal,
    )
    return rows.map((row) => ({
      name: String(row.attname),
      type: String(row.type),
      kind: kindOfName(String(row.type)),
      isNullable: row.attnotnull !== true,
      position: Number(row.position),
      comment: row.comment == null ? undefined : String(row.comment),
    }))
  }

  async close(): Promise<void> {
    await this.#own.close()
  }

  /** One session sees one database. */
  #isOwn(database: string): boolean {
    return database.toLowerCase() === this.database.toLowerCase()
  }

  async #rows(sql: string, params: readonly Cell[], signal: AbortSignal | undefined): Promise<Record<string, Cell>[]> {
    const own = await this.#own.get()
    try {
      return rowObjects(await own.query(sql, { params, signal }))
    } catch (error) {
      // The next question gets a connection that works.
      await this.close()
      throw error
    }
  }
}

/** `pg_class.relkind` */
const relationTypes: Readonly<Record<string, RelationType>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized_view',
  f: 'external',
}
