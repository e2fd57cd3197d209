/**
 * The Warehouse contract: what extract-load and transform may ask of any engine.
 * One folder per engine implements it; `warehouse/contract.suite.ts` holds every engine to it.
 */

import type { ColumnAppender } from './column-chunk.js'

/** What a column holds, whatever the engine calls its type. */
export type ColumnKind =
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'text'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'binary'
  | 'uuid'
  | 'json'
  | 'list'
  | 'struct'
  | 'unknown'

/**
 * One cell, exact end to end:
 * integer → number, or bigint beyond 2^53 · decimal → string with all its digits · float → number ·
 * date, time, timestamp → ISO 8601 string with every fractional digit (timestamptz in UTC with `Z`) ·
 * interval, uuid, json, text → string · binary → Uint8Array · list → array · struct → plain object.
 */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Cell[]
  | { readonly [name: string]: Cell }

export interface ResultColumn {
  readonly name: string
  /** The engine's own type, as it prints it: `DECIMAL(12,2)`, `INTEGER[]`. */
  readonly type: string
  readonly kind: ColumnKind
  /** The engine's number of the type, where it has one. */
  readonly typeId?: number | undefined
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Cell[])[]
  /** Rows inserted, updated or deleted; undefined where the engine does not say. */
  readonly rowsAffected?: number | undefined
  /** What the engine answers about the last statement where it does: `SELECT 3`, `CREATE VIEW`. */
  readonly commandTag?: string | undefined
  /** What else the engine says of the work, under dbt's names: `job_id`, `bytes_processed`. */
  readonly facts?: Readonly<Record<string, string | number>> | undefined
  /** True when `limit` cut the rows. */
  readonly truncated: boolean
}

export interface RelationName {
  readonly database?: string | undefined
  readonly schema: string
  readonly identifier: string
}

export type RelationType = 'table' | 'view' | 'materialized_view' | 'dynamic_table' | 'external'

export interface RelationInfo {
  readonly database: string
  readonly schema: string
  readonly identifier: string
  readonly type: RelationType
  readonly comment?: string | undefined
  readonly owner?: string | undefined
  /** Of a table's files, where the engine knows several: `parquet`, `delta`. */
  readonly format?: string | undefined
}

export interface ColumnInfo {
  readonly name: string
  readonly type: string
  readonly kind: ColumnKind
  readonly isNullable: boolean
  /** 1-based. */
  readonly position: number
  readonly comment?: string | undefined
}

/** A column and where it is. */
export interface SchemaColumn {
  readonly database: string
  readonly schema: string
  readonly relation: string
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined
  /** What the statement's parameters are, in their order; how they stand in the SQL is the engine's own affair: `$1`, `?`. */
  readonly params?: readonly Cell[] | undefined
  /** Rows that `copy … from stdin` reads, where the engine takes them from here; values as it would read them in quotes. */
  readonly copyRows?: Iterable<readonly (string | null)[]> | undefined
  /** The bytes that `copy … from stdin` reads, in the format that the statement names; see `copiesRows`. */
  readonly copyBytes?: AsyncIterable<Uint8Array> | undefined
  /** Refuse more than one statement, as the engine's own parser counts them (WAREHOUSE_SQL). */
  readonly isSingle?: boolean | undefined
  /** Stop after this many rows (`truncated` says so). */
  readonly limit?: number | undefined
  /** What the engine remarks while the statement runs. */
  readonly onNotice?: ((message: string) => void) | undefined
  /** Called about five times a second while the statement runs, where the engine can tell. */
  readonly onProgress?: ((progress: QueryProgress) => void) | undefined
}

export interface QueryProgress {
  /** 0 to 1, or undefined when unknown. */
  readonly fraction?: number | undefined
  readonly rowsProcessed?: number | undefined
}

export interface AppendOptions {
  /** The SQL of the table's last columns, which no chunk has: the same text in every row, not the same value. */
  readonly computed?: readonly string[]
  /**
   * The chunks have texts, and the table what this makes of them.
   * @param columns how many: in SQL they are `c0`, `c1`, and so on
   * @param select the SQL of a query, whose columns are told by their names, for the SQL that `rows` stands for
   */
  readonly texts?: { readonly columns: number; readonly select: (rows: string) => string }
}

/** What an engine's own API is asked beside SQL; `path` as the engine has it. */
export interface EngineRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | undefined
  readonly path: string
  readonly body?: object | undefined
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  readonly signal?: AbortSignal | undefined
}

/** A column with its type in the engine's words. */
export interface NamedType {
  readonly name: string
  readonly type: string
}

/** How a file of this machine becomes rows of a table. */
export interface LoadFileOptions {
  readonly format: 'csv' | 'parquet' | 'ndjson'
  /** The columns that the table is to have; undefined: those that it has. */
  readonly columns?: readonly NamedType[] | undefined
  /** `replace`: these rows, and no others; the table is made where it is missing. */
  readonly mode: 'append' | 'replace'
  /** Of CSV, whose first line names the columns. */
  readonly delimiter?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** How rows of this process become rows of a table. */
export interface WriteRowsOptions {
  /** In the order of the values. */
  readonly columns: readonly NamedType[]
  readonly signal?: AbortSignal | undefined
}

/** What a statement would do, as far as the engine can tell without running it. */
export interface QueryEstimate {
  readonly bytesProcessed: number
  /** `SELECT`, `MERGE` */
  readonly statement: string | undefined
  readonly columns: readonly ResultColumn[]
}

/** One session. Statements on one connection run one after the other. */
export interface WarehouseConnection {
  /** Runs one or several statements; returns the last one's result. Abort interrupts the running query. */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>
  /**
   * Reads the rows of a query piece by piece, each when it is asked for, where the engine can: memory holds one piece. What else is asked of the connection
   * meanwhile waits until the last piece was read or the loop was left.
   */
  stream?(sql: string, options?: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult>
  /**
   * Takes rows as columns into a table, where the engine can; part of the transaction that `begin` has opened. Nothing else may be asked of the
   * connection until the appender is closed or dropped.
   */
  appendTo?(relation: RelationName, options?: AppendOptions): Promise<ColumnAppender>
  /**
   * Lets SQL call a function of this process as `name(argument, text)`, where the engine can; it is not called for NULL. A name that
   * was added before keeps its function.
   * @param isVolatile equal arguments have other results: it is called for every row
   */
  addTextFunction?(
    name: string,
    use: (argument: string, text: string) => string,
    options?: { readonly isVolatile?: boolean },
  ): Promise<void>
  /**
   * Runs one statement that reads, and refuses any other: in place of a read-only transaction, where the engine has none.
   * @throws WAREHOUSE_SQL
   */
  queryReadOnly?(sql: string, options?: QueryOptions): Promise<QueryResult>
  /** Asks the engine's own API, where it has one: what SQL cannot say. @throws WAREHOUSE_SQL with the `status` of HTTP in `data` */
  ask?<T>(request: EngineRequest): Promise<T>
  /** Brings a file into a table by the engine's own loader, where it has one; no part of a transaction. Answers how many rows came. */
  loadFile?(file: string, relation: RelationName, options: LoadFileOptions): Promise<number>
  /**
   * Writes rows into a table that is there by the engine's own interface for rows, where it has one; no part of a transaction. All of them are there when
   * it resolves, each once, and none when it throws. Answers how many.
   * @param rows pieces, each taken when there is room for it: a `Cell` each, but days since 1970 for dates, and microseconds since 1970 for times with a zone
   * @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_ROWS_REFUSED, WAREHOUSE_QUOTA, WAREHOUSE_REFUSED, WAREHOUSE_CONNECTION_LOST, ABORTED
   */
  writeRows?(
    relation: RelationName,
    rows: AsyncIterable<readonly (readonly Cell[])[]>,
    options: WriteRowsOptions,
  ): Promise<number>
  /** What a statement would read, where the engine can tell. @throws WAREHOUSE_SQL for a statement that is wrong */
  estimate?(sql: string, options?: Pick<QueryOptions, 'signal' | 'params'>): Promise<QueryEstimate>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Makes the session as it was when it was opened: without open transaction, temporary tables, locks and settings that somebody made. */
  reset(): Promise<void>
  close(): Promise<void>
}

export interface WarehouseCapabilities {
  /** Several processes, also on several machines, may use it at once. */
  readonly servesSeveralProcesses: boolean
  /** `begin`, `commit` and `rollback` mean something; where they do not, `begin` is refused (WAREHOUSE_SQL). */
  readonly transactions: boolean
  /** Tables that a transaction made or changed go with it when it is rolled back. */
  readonly transactionalDdl: boolean
  readonly schemas: boolean
  readonly catalogs: boolean
  readonly comments: boolean
  readonly grants: boolean
  readonly materializedViews: boolean
  /** It reads files by itself: `read_csv`, `read_parquet`. */
  readonly readsFiles: boolean
  /** Several connections may replace rows of one table at once, when no two replace the same ones. */
  readonly concurrentBatches: boolean
  /** `copy table from stdin` takes `copyRows` and `copyBytes`. */
  readonly copiesRows: boolean
  readonly maxIdentifierBytes: number
  /** `copy (query) to 'file' (format parquet)` on this machine. */
  readonly copiesToParquet: boolean
  /**
   * How the engine folds names that are not quoted; `keep`: it writes them as they are, and no name differs by case; `none`: as they are, and names
   * that differ by case are others.
   */
  readonly identifierFolding: 'lower' | 'upper' | 'keep' | 'none'
}

/** A statement of a text, with the comments in it. */
export interface WrittenStatement {
  readonly text: string
  /** Its first word in lower case, comments and opening parentheses passed over; '' when there is none. */
  readonly keyword: string
}

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether it brings rows in, and makes do with little memory: see `LoadMemory` of DuckDB. Other engines make no difference. */
  readonly isLoad?: boolean | undefined
}

/** One open engine with its database. Whoever opens it closes it. */
export interface Warehouse {
  /** The dbt adapter type: `duckdb`, `postgres`. */
  readonly type: string
  /** The default database (catalog), e.g. the DuckDB file's name without ending. */
  readonly database: string
  readonly capabilities: WarehouseCapabilities
  connect(options?: ConnectOptions): Promise<WarehouseConnection>
  quoteIdentifier(name: string): string
  quoteLiteral(value: Cell): string
  listSchemas(options?: { database?: string; signal?: AbortSignal }): Promise<string[]>
  listRelations(options: {
    database?: string
    schemas?: readonly string[]
    signal?: AbortSignal
  }): Promise<RelationInfo[]>
  columns(relation: RelationName, options?: { signal?: AbortSignal }): Promise<ColumnInfo[]>
  /** Of all relations of schemas, in their order, where `information_schema.columns` cannot be asked for them. */
  columnsOfSchemas?(options: { schemas: readonly string[]; signal?: AbortSignal | undefined }): Promise<SchemaColumn[]>
  /** The statements of a text as the engine itself splits it; undefined where it quotes and comments as the standard says. */
  statementsOf?(sql: string): readonly WrittenStatement[]
  /**
   * Where the engine reads files by itself: the first thing that a query reads and that is no table of the database. Undefined when it reads
   * tables only.
   */
  foreignRead?(sql: string, options?: { signal?: AbortSignal | undefined }): Promise<string | undefined>
  close(): Promise<void>
}

/** Opens and uses a connection, and always closes it. */
export async function withConnection<T>(
  warehouse: Warehouse,
  use: (connection: WarehouseConnection) => Promise<T>,
  options: ConnectOptions = {},
): Promise<T> {
  const connection = await warehouse.connect(options)
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

/** Commits when `work` resolves, rolls back when it throws. */
export async function inTransaction<T>(connection: WarehouseConnection, work: () => Promise<T>): Promise<T> {
  await connection.begin()
  try {
    const result = await work()
    await connection.commit()
    return result
  } catch (error) {
    await connection.rollback().catch(() => {})
    throw error
  }
}

/** Appends rows that come as columns, part of the transaction that is open. All of them are in the table when it resolves. */
export async function appending<T>(
  connection: WarehouseConnection,
  relation: RelationName,
  work: (appender: Pick<ColumnAppender, 'append'>) => Promise<T>,
  options?: AppendOptions,
): Promise<T> {
  const appender = await connection.appendTo?.(relation, options)
  if (!appender) throw new Error('The warehouse takes no columns.')
  try {
    const result = await work(appender)
    await appender.close()
    return result
  } catch (error) {
    await appender.drop()
    throw error
  }
}

/** What begins a transaction that only reads. */
const beginningReadOnly = 'begin transaction read only'

/** Work that cannot write: the engine refuses it, and the transaction is rolled back whatever happens. */
export async function inReadOnlyTransaction<T>(connection: WarehouseConnection, work: () => Promise<T>): Promise<T> {
  await connection.query(beginningReadOnly)
  try {
    return await work()
  } finally {
    await connection.rollback().catch(() => {})
  }
}

/** A relation as SQL has it, by names as they stand in SQL without quotes: folded as the engine folds them. */
export const relationSql = (warehouse: Warehouse, { schema, identifier }: RelationName): string =>
  [schema, identifier]
    .map((name) => (warehouse.capabilities.identifierFolding === 'upper' ? name.toUpperCase() : name))
    .map((name) => warehouse.quoteIdentifier(name))
    .join('.')

/** One statement that cannot write, in the engine's own way. */
export function queryReadOnly(
  connection: WarehouseConnection,
  sql: string,
  options: QueryOptions,
): Promise<QueryResult> {
  // A second statement that only the engine sees could end the transaction.
  const single = { ...options, isSingle: true }
  return (
    connection.queryReadOnly?.(sql, single) ?? inReadOnlyTransaction(connection, () => connection.query(sql, single))
  )
}

/** The rows of a query piece by piece, of an engine that can; one that cannot has not an empty table. */
export function streamed(
  connection: WarehouseConnection,
  sql: string,
  options: Pick<QueryOptions, 'signal'>,
): AsyncIterable<QueryResult> {
  if (!connection.stream) throw new Error('The warehouse reads no query piece by piece.')
  return connection.stream(sql, options)
}

/** Rows as objects keyed by column name. */
export function rowObjects(result: QueryResult): Record<string, Cell>[] {
  return result.rows.map((row) => Object.fromEntries(result.columns.map((column, i) => [column.name, row[i] ?? null])))
}
