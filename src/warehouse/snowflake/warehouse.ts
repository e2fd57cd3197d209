import type { Connection as DriverConnection } from 'snowflake-sdk'
import { MillraceError } from '../../base/index.js'
import {
  type Cell,
  type ColumnInfo,
  type RelationInfo,
  type RelationName,
  type RelationType,
  rowObjects,
  type Warehouse,
  type WarehouseConnection,
  type WrittenStatement,
} from '../contract.js'
import { KeptConnection } from '../kept-connection.js'
import { snowflakeCapabilities } from './capabilities.js'
import { kindOfType } from './cells.js'
import { connect, placeOf } from './connect.js'
import { SnowflakeConnection } from './connection.js'
import { foldedName } from './names.js'
import type { SnowflakeWarehouseOptions } from './options.js'
import { literal, quotedText } from './parameters.js'
import { writtenStatements } from './statements.js'

/** @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED */
export async function openSnowflakeAccount(
  options: SnowflakeWarehouseOptions,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Warehouse> {
  const warehouse = new SnowflakeWarehouse(options)
  await warehouse.check(signal)
  return warehouse
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

class SnowflakeWarehouse implements Warehouse {
  readonly type = 'snowflake'
  readonly database: string
  readonly capabilities = snowflakeCapabilities
  readonly #options: SnowflakeWarehouseOptions
  /** For questions about the catalog. */
  readonly #own = new KeptConnection((signal) => this.#connect(signal))

  constructor(options: SnowflakeWarehouseOptions) {
    this.#options = options
    this.database = foldedName(options.database)
  }

  /** Whether the account is there, and answers these settings. */
  async check(signal?: AbortSignal): Promise<void> {
    await this.#own.get(signal)
  }

  async connect({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<WarehouseConnection> {
    return this.#options.isOneSession ? this.#own.get() : this.#connect(signal)
  }

  async #connect(signal: AbortSignal | undefined): Promise<WarehouseConnection> {
    const open = (stop?: AbortSignal): Promise<DriverConnection> => connect(this.#options, stop)
    return new SnowflakeConnection(await open(signal), {
      place: placeOf(this.#options),
      connect: () => open(),
      computeWarehouse: this.#options.computeWarehouse,
      queryTag: this.#options.queryTag,
    })
  }

  quoteIdentifier(name: string): string {
    return quoted(name)
  }

  quoteLiteral(value: Cell): string {
    return literal(value)
  }

  statementsOf(sql: string): WrittenStatement[] {
    return writtenStatements(sql)
  }

  /** SHOW and DESCRIBE are answered without a virtual warehouse, which would have to start for a question to INFORMATION_SCHEMA. */
  async listSchemas({ database = this.database, signal }: { database?: string; signal?: AbortSignal } = {}) {
    const rows = await this.#shown(`show terse schemas in database ${quoted(this.#folded(database))}`, signal)
    return rows.map((row) => String(row.name)).sort()
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
    const wanted = schemas && new Set(schemas.map((schema) => schema.toLowerCase()))
    const options = signal ? { database, signal } : { database }
    const names = (await this.listSchemas(options)).filter((name) =>
      wanted ? wanted.has(name.toLowerCase()) : name !== 'INFORMATION_SCHEMA',
    )
    const found: RelationInfo[] = []
    for (const schema of names) {
      const place = `${quoted(this.#folded(database))}.${quoted(schema)}`
      for (const row of await this.#shown(`show objects in schema ${place}`, signal)) {
        const type = relationTypes[String(row.kind)]
        if (type)
          found.push({
            database: String(row.database_name),
            schema: String(row.schema_name),
            identifier: String(row.name),
            type: /^(?:y|yes|true)$/i.test(String(row.is_dynamic)) ? 'dynamic_table' : type,
            comment: row.comment ? String(row.comment) : undefined,
            owner: row.owner ? String(row.owner) : undefined,
          })
      }
    }
    return found.sort((a, b) => compare(a.schema, b.schema) || compare(a.identifier, b.identifier))
  }

  async columns(
    { database = this.database, schema, identifier }: RelationName,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ColumnInfo[]> {
    const names = [schema, identifier]
    const exact = await this.#described([this.#folded(database), ...names], signal)
    // The one that SQL without quotes means.
    const isFolded = names.every((name) => name === foldedName(name))
    const rows =
      exact ?? (isFolded ? [] : await this.#described([this.#folded(database), ...names.map(foldedName)], signal))
    return (rows ?? []).map((row, i) => ({
      name: String(row.name),
      type: String(row.type),
      kind: kindOfType(String(row.type)),
      isNullable: row['null?'] !== 'N',
      position: i + 1,
      comment: row.comment ? String(row.comment) : undefined,
    }))
  }

  async close(): Promise<void> {
    await this.#own.close()
  }

  /** What DESCRIBE tells of a table or view; undefined where there is none. */
  async #described(
    path: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Record<string, Cell>[] | undefined> {
    try {
      const sql = `describe table ${path.map(quoted).join('.')}`
      return rowObjects(await (await this.#own.get()).query(sql, { signal }))
    } catch (error) {
      if (isMissing(error)) return undefined
      await this.#leaveLost(error)
      throw error
    }
  }

  /** A database that a model names in small letters is the one in capitals, as it is in SQL. */
  #folded(database: string): string {
    return database === this.database ? database : foldedName(database)
  }

  /** Every row of a SHOW, which answers ten thousand at a time. */
  async #shown(sql: string, signal: AbortSignal | undefined): Promise<Record<string, Cell>[]> {
    const found: Record<string, Cell>[] = []
    const own = await this.#own.get()
    try {
      for (let from = ''; ; from = ` limit ${rowsPerShow} from ${quotedText(String(found.at(-1)?.name))}`) {
        const rows = rowObjects(await own.query(`${sql}${from}`, { signal }))
        found.push(...rows)
        if (rows.length < rowsPerShow) return found
      }
    } catch (error) {
      // A database or schema that is not there has nothing.
      if (isMissing(error)) return found
      await this.#leaveLost(error)
      throw error
    }
  }

  /** The next question gets a connection that works; one that works others are using. */
  async #leaveLost(error: unknown): Promise<void> {
    if (error instanceof MillraceError && error.code === 'WAREHOUSE_CONNECTION_LOST') await this.close()
  }
}

const rowsPerShow = 10_000
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Snowflake says the same of what is not there and of what the role may not see. */
const isMissing = (error: unknown) =>
  error instanceof MillraceError && ['002003', '002043'].includes(String(error.data?.snowflakeCode))

const relationTypes: Readonly<Record<string, RelationType>> = {
  TABLE: 'table',
  TRANSIENT: 'table',
  TEMPORARY: 'table',
  VIEW: 'view',
  'MATERIALIZED VIEW': 'materialized_view',
  MATERIALIZED_VIEW: 'materialized_view',
  'EXTERNAL TABLE': 'external',
  EXTERNAL_TABLE: 'external',
  'DYNAMIC TABLE': 'dynamic_table',
}
