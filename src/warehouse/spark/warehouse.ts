import { MillraceError } from '../../base/index.js'
import {
  type Cell,
  type ColumnInfo,
  type RelationInfo,
  type RelationName,
  rowObjects,
  type SchemaColumn,
  type Warehouse,
  type WarehouseConnection,
  type WrittenStatement,
} from '../contract.js'
import { KeptConnection } from '../kept-connection.js'
import { sparkCapabilities } from './capabilities.js'
import { SparkConnection } from './connection.js'
import { fileRead } from './file-read.js'
import { quoteIdentifier, quoteLiteral, sparkStatements } from './literals.js'
import type { SparkWarehouseOptions } from './options.js'
import { openThriftSession } from './thrift-session.js'
import { sparkType } from './types.js'

/** @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED */
export async function openSparkServer(options: SparkWarehouseOptions): Promise<Warehouse> {
  const warehouse = new SparkWarehouse(options)
  await warehouse.check()
  return warehouse
}

class SparkWarehouse implements Warehouse {
  readonly type = 'spark'
  /** Names have two parts. */
  readonly database = ''
  readonly capabilities = sparkCapabilities
  readonly #options: SparkWarehouseOptions
  /** For questions about the catalog. */
  readonly #own = new KeptConnection(() => this.connect())

  constructor(options: SparkWarehouseOptions) {
    this.#options = options
  }

  /** Whether the server is there, and answers these settings. */
  async check(): Promise<void> {
    await this.#own.get()
  }

  async connect({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<WarehouseConnection> {
    return new SparkConnection(await openThriftSession(this.#options, signal), this.#options)
  }

  quoteIdentifier(name: string): string {
    return quoteIdentifier(name)
  }

  quoteLiteral(value: Cell): string {
    return quoteLiteral(value)
  }

  async listSchemas({ signal }: { signal?: AbortSignal } = {}): Promise<string[]> {
    const rows = await this.#rows('show databases', signal)
    return rows.map((row) => String(Object.values(row)[0]))
  }

  async listRelations({
    schemas,
    signal,
  }: {
    schemas?: readonly string[]
    signal?: AbortSignal
  }): Promise<RelationInfo[]> {
    const found: RelationInfo[] = []
    for (const schema of schemas ?? (await this.listSchemas(signal ? { signal } : {})))
      found.push(...(await this.#relationsOf(schema, signal)))
    return found
  }

  async columns(relation: RelationName, { signal }: { signal?: AbortSignal } = {}): Promise<ColumnInfo[]> {
    const name = `${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.identifier)}`
    const rows = await this.#rows(`describe table ${name}`, signal).catch(nothingThere)
    const end = rows.findIndex(({ col_name }) => !col_name || String(col_name).startsWith('#'))
    const columns = end < 0 ? rows : rows.slice(0, end)
    return columns.map((row, i) => ({
      name: String(row.col_name),
      type: String(row.data_type),
      kind: sparkType(String(row.data_type)).kind,
      // DESCRIBE does not tell, and tables of files take NULL everywhere.
      isNullable: true,
      position: i + 1,
      comment: row.comment ? String(row.comment) : undefined,
    }))
  }

  /** There is no information schema: each relation is asked for its own. */
  async columnsOfSchemas({
    schemas,
    signal,
  }: {
    schemas: readonly string[]
    signal?: AbortSignal | undefined
  }): Promise<SchemaColumn[]> {
    const found: SchemaColumn[] = []
    const asking = signal ? { signal } : {}
    for (const { database, schema, identifier } of await this.listRelations({
      schemas: [...new Set(schemas)],
      ...asking,
    }))
      for (const { name, type, isNullable } of await this.columns({ schema, identifier }, asking))
        found.push({ database, schema, relation: identifier, name, type, isNullable })
    return found
  }

  statementsOf(sql: string): WrittenStatement[] {
    return sparkStatements(sql)
  }

  /** Names of files stand where names of tables do. */
  async foreignRead(sql: string): Promise<string | undefined> {
    return fileRead(sql)
  }

  async close(): Promise<void> {
    await this.#own.close()
  }

  /** All at once where the catalogue can; tables of Iceberg and the like are listed by name only. */
  async #relationsOf(schema: string, signal: AbortSignal | undefined): Promise<RelationInfo[]> {
    const place = quoteIdentifier(schema)
    try {
      const rows = await this.#rows(`show table extended in ${place} like '*'`, signal)
      return rows
        .filter((row) => row.isTemporary !== true)
        .map((row) => {
          const facts = String(row.information)
          const fact = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(facts)?.[1]
          return {
            database: '',
            schema: String(row.namespace),
            identifier: String(row.tableName),
            type: fact('Type') === 'VIEW' ? ('view' as const) : ('table' as const),
            comment: fact('Comment'),
            owner: fact('Owner'),
            format: fact('Provider')?.toLowerCase(),
          }
        })
    } catch (error) {
      if (isAbsent(error)) return []
      if (!/not supported for v2 tables|UNSUPPORTED_FEATURE/i.test(String((error as Error).message))) throw error
    }
    const views = await this.#rows(`show views in ${place}`, signal).catch(() => [])
    const viewNames = new Set(views.map((row) => String(row.viewName)))
    const tables = await this.#rows(`show tables in ${place}`, signal).catch(nothingThere)
    return tables
      .filter((row) => row.isTemporary !== true)
      .map((row) => {
        const identifier = String(row.tableName)
        return {
          database: '',
          schema: String(row.namespace),
          identifier,
          type: viewNames.has(identifier) ? 'view' : 'table',
        }
      })
  }

  async #rows(sql: string, signal: AbortSignal | undefined): Promise<Record<string, Cell>[]> {
    const own = await this.#own.get()
    try {
      return rowObjects(await own.query(sql, { signal }))
    } catch (error) {
      // The next question gets a connection that works.
      if (error instanceof MillraceError && error.code === 'WAREHOUSE_CONNECTION_LOST') await this.close()
      throw error
    }
  }
}

const isAbsent = (error: unknown) =>
  error instanceof MillraceError &&
  /^(?:SCHEMA|TABLE_OR_VIEW)_NOT_FOUND|NoSuch(?:Namespace|Database|Table)/.test(
    `${error.data?.errorClass ?? ''}${error.message}`,
  )

function nothingThere(error: unknown): Record<string, Cell>[] {
  if (isAbsent(error)) return []
  throw error
}
