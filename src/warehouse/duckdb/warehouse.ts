import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { DuckDBInstance as Instance } from '@duckdb/node-api'
import { quoteIdentifier, quoteLiteral } from '../../sql/index.js'
import {
  type Cell,
  type ColumnInfo,
  type ConnectOptions,
  type RelationInfo,
  type RelationName,
  rowObjects,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../contract.js'
import { duckDbCapabilities } from './capabilities.js'
import { kindOfName } from './cells.js'
import { DuckDbConnection, type SessionOptions } from './connection.js'
import { duckDbDatabaseName } from './database-name.js'
import { DuckDBInstance } from './driver.js'
import { openError } from './errors.js'
import { foreignReadOf, withoutExplain } from './foreign-read.js'
import { LoadMemory } from './load-memory.js'
import { isUnreplayable, replayLog } from './replay-log.js'
import { addRowsFunction, rowsFunction } from './rows-function.js'

export interface DuckDbWarehouseOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly threads?: number | undefined
  /** As DuckDB writes it: `2GB`. */
  readonly memoryLimit?: string | undefined
  /** Where relative file names in SQL are looked for, besides the process's own folder. */
  readonly searchFolders?: readonly string[] | undefined
}

interface Opened {
  readonly instance: Instance
  readonly memory: LoadMemory
}

interface Shared {
  readonly opened: Promise<Opened>
  users: number
}

/**
 * One instance per file and process: two of them silently lose committed rows. Whoever opens the same file again shares
 * it; the last one to close frees the file.
 */
const open = new Map<string, Shared>()

/** @throws WAREHOUSE_LOCKED when another process has the file, WAREHOUSE_OPEN_FAILED */
export async function openDuckDbFile(options: DuckDbWarehouseOptions): Promise<Warehouse> {
  if (options.path === ':memory:') {
    const opened = await createInstance(options)
    return new DuckDbWarehouse('memory', opened, () => opened.instance.closeSync())
  }
  const path = canonicalPath(options.path)
  const shared = open.get(path) ?? { opened: createInstance({ ...options, path }), users: 0 }
  open.set(path, shared)
  shared.users++
  // Nothing waits between the last user's leaving and the closing: who opens then would get a second instance.
  const leave = (instance?: Instance) => {
    if (--shared.users > 0) return
    open.delete(path)
    instance?.closeSync()
  }
  try {
    const opened = await shared.opened
    return new DuckDbWarehouse(duckDbDatabaseName(path), opened, () => leave(opened.instance))
  } catch (error) {
    leave()
    throw error
  }
}

/** Links resolved, so that two names of one file are one file. */
function canonicalPath(path: string): string {
  const absolute = resolve(path)
  if (existsSync(absolute)) return realpathSync(absolute)
  const folder = dirname(absolute)
  return existsSync(folder) ? join(realpathSync(folder), basename(absolute)) : absolute
}

/**
 * The format of new files; DuckDB 1.3 and later read it, and an existing file keeps its own. DuckDB's default is that of
 * 2024, without the dictionary compression that makes columns of few different texts fast to write: a load takes a
 * quarter less time.
 */
const storageVersion = 'v1.3.0'

async function createInstance(options: DuckDbWarehouseOptions): Promise<Opened> {
  const { path, threads, memoryLimit } = options
  // DuckDB divides the list at commas and knows no way to write one.
  const searchFolders = options.searchFolders?.filter((folder) => !folder.includes(',')) ?? []
  const settings = {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Memory of a finished load goes back to the system, instead of being kept for the next one.
    allocator_background_threads: 'true',
    storage_compatibility_version: storageVersion,
    // A load packs each group of rows when it is there, while the next one is read, instead of five at once while the reading waits.
    write_buffer_row_group_count: '1',
    ...(threads === undefined ? {} : { threads: String(threads) }),
    ...(memoryLimit === undefined ? {} : { memory_limit: memoryLimit }),
    ...(searchFolders.length === 0 ? {} : { file_search_path: searchFolders.join(',') }),
  }
  try {
    const instance = await createOrRecover(path, settings)
    // Without a file there is nothing that need not be in memory.
    const memory = new LoadMemory(instance, memoryLimit === undefined && path !== ':memory:')
    await memory.open()
    return { instance, memory }
  } catch (error) {
    throw openError(error, path)
  }
}

async function createOrRecover(path: string, settings: Readonly<Record<string, string>>): Promise<Instance> {
  try {
    return await DuckDBInstance.create(path, settings)
  } catch (error) {
    if (!isUnreplayable(error)) throw error
    await replayLog(path, settings)
    return DuckDBInstance.create(path, settings)
  }
}

/** DuckDB counts a query's progress only where it thinks that it draws a bar. */
const connectionSettings = `
  set timezone = 'UTC';
  set enable_progress_bar = true;
  set enable_progress_bar_print = false;
  set progress_bar_time = 100;`

/** The functions of this process that an instance knows. */
const functions = new WeakMap<Instance, Set<string>>()

function functionsOf(instance: Instance): Set<string> {
  const known = functions.get(instance) ?? new Set()
  functions.set(instance, known)
  return known
}

class DuckDbWarehouse implements Warehouse {
  readonly type = 'duckdb'
  readonly database: string
  readonly capabilities = duckDbCapabilities
  readonly #instance: Instance
  readonly #memory: LoadMemory
  readonly #release: () => void
  #isClosed = false

  constructor(database: string, { instance, memory }: Opened, release: () => void) {
    this.database = database
    this.#instance = instance
    this.#memory = memory
    this.#release = release
  }

  connect({ isLoad = false }: ConnectOptions = {}): Promise<WarehouseConnection> {
    return this.#connect(isLoad ? 'load' : 'other')
  }

  async #connect(use: SessionOptions['use']): Promise<DuckDbConnection> {
    const connection = await this.#session()
    const functions = functionsOf(this.#instance)
    if (!functions.has(rowsFunction)) {
      functions.add(rowsFunction)
      addRowsFunction(connection)
    }
    return new DuckDbConnection(connection, {
      functions,
      connect: () => this.#session(),
      memory: this.#memory,
      use,
    })
  }

  async #session() {
    const connection = await this.#instance.connect()
    await connection.run(connectionSettings)
    return connection
  }

  quoteIdentifier(name: string): string {
    return quoteIdentifier(name)
  }

  quoteLiteral(value: Cell): string {
    if (value === null) return 'null'
    if (typeof value === 'number' && !Number.isFinite(value)) return `'${value}'::double`
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array)
      return `'${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'::blob`
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return quoteLiteral(text)
  }

  async listSchemas({ database = this.database }: { database?: string } = {}): Promise<string[]> {
    const rows = await this.#rows(
      'select schema_name from information_schema.schemata where lower(catalog_name) = lower(?) order by 1',
      [database],
    )
    return rows.map((row) => String(row.schema_name))
  }

  async listRelations({
    database = this.database,
    schemas,
  }: {
    database?: string
    schemas?: readonly string[]
  }): Promise<RelationInfo[]> {
    const rows = await this.#rows(
      `select database_name, schema_name, name, type, comment from (
         select database_name, schema_name, table_name as name, 'table' as type, comment from duckdb_tables() where not internal
         union all
         select database_name, schema_name, view_name, 'view', comment from duckdb_views() where not internal
       ) where lower(database_name) = lower(?) order by 2, 3`,
      [database],
    )
    const wanted = schemas && new Set(schemas.map((schema) => schema.toLowerCase()))
    return rows
      .filter((row) => !wanted || wanted.has(String(row.schema_name).toLowerCase()))
      .map((row) => ({
        database: String(row.database_name),
        schema: String(row.schema_name),
        identifier: String(row.name),
        type: row.type === 'view' ? 'view' : 'table',
        comment: row.comment == null ? undefined : String(row.comment),
      }))
  }

  async foreignRead(sql: string, options: { signal?: AbortSignal | undefined } = {}): Promise<string | undefined> {
    const text = quoteLiteral(withoutExplain(sql))
    return withConnection(
      this,
      async (connection) => {
        const { rows } = await connection.query(`select json_serialize_sql(${text})::varchar`, options)
        return foreignReadOf(String(rows[0]?.[0]))
      },
      options,
    )
  }

  async columns({ database = this.database, schema, identifier }: RelationName): Promise<ColumnInfo[]> {
    const rows = await this.#rows(
      `select column_name, data_type, is_nullable, column_index, comment from duckdb_columns()
       where lower(database_name) = lower(?) and lower(schema_name) = lower(?) and lower(table_name) = lower(?) order by column_index`,
      [database, schema, identifier],
    )
    return rows.map((row) => ({
      name: String(row.column_name),
      type: String(row.data_type),
      kind: kindOfName(String(row.data_type)),
      isNullable: row.is_nullable === true,
      position: Number(row.column_index),
      comment: row.comment == null ? undefined : String(row.comment),
    }))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#release()
  }

  async #rows(sql: string, params: readonly Cell[]): Promise<Record<string, Cell>[]> {
    const connection = await this.#connect('catalogue')
    try {
      return rowObjects(await connection.query(sql, { params }))
    } finally {
      await connection.close()
    }
  }
}
