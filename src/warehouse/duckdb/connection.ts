import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, StatementType as Type } from '@duckdb/node-api'
import { baseErrors, MillraceError, throwIfAborted } from '../../base/index.js'
import type { ColumnAppender } from '../column-chunk.js'
import type { AppendOptions, Cell, QueryOptions, QueryResult, RelationName, ResultColumn } from '../contract.js'
import { beginning, SerialConnection } from '../serial-connection.js'
import { kindOf, toCell, toParameter } from './cells.js'
import { columnAppender } from './column-appender.js'
import { StatementType } from './driver.js'
import { isOutOfMemory, loadMemoryError, queryError } from './errors.js'
import type { LoadMemory } from './load-memory.js'
import { addTextFunction } from './text-function.js'

const progressIntervalMs = 200
const interruptIntervalMs = 20

/** Words without which no statement leaves anything in its session: rather one too many than one too few. */
const touchesSession = /\b(?:set|reset|pragma|use|temp|temporary|prepare|begin|start|call|execute)\b/i

/** The buffers of DuckDB's readers are made for the longest line or object that a file may have. */
const readsFiles = /\bread_\w+\s*\(/i

export interface SessionOptions {
  /** Those that were added already, to this session or to another one of its instance: all of them have them. */
  readonly functions: Set<string>
  /** Opens another session of the same instance. */
  readonly connect: () => Promise<DuckDBConnection>
  readonly memory: LoadMemory
  /** What its statements are: parts of a load, which makes do with little; anything else; or too small to make a difference. */
  readonly use: 'load' | 'other' | 'catalogue'
}

/** One session on the shared instance. */
export class DuckDbConnection extends SerialConnection {
  #connection: DuckDBConnection
  readonly #options: SessionOptions
  /** Whether a statement may have left something in the session. */
  #isTouched = false
  /** Rows go into a table now. */
  #appender: ColumnAppender | undefined

  constructor(connection: DuckDBConnection, options: SessionOptions) {
    super()
    this.#connection = connection
    this.#options = options
  }

  async appendTo(relation: RelationName, options: AppendOptions = {}): Promise<ColumnAppender> {
    if (!this.isInTransaction) throw new Error('Rows are appended within a transaction.')
    const appender = await columnAppender(this.#connection, relation, options)
    const filled = await this.#options.memory.fill(appender.columnCount)
    const leave = () => {
      if (this.#appender === own) filled()
      this.#appender = undefined
    }
    // What one call begins, the next one hears of.
    const wasLimited = this.#options.memory.watch()
    const own: ColumnAppender = {
      append: (chunk) => this.#within(() => appender.append(chunk), '', wasLimited),
      close: () => this.#within(() => appender.close(), '', wasLimited).finally(leave),
      drop: () => appender.drop().finally(leave),
    }
    this.#appender = own
    return own
  }

  override query(sql: string, options?: QueryOptions): Promise<QueryResult> {
    if (this.#appender)
      return Promise.reject(new Error('The rows that are appended come first: close or drop the appender.'))
    return super.query(sql, options)
  }

  override async close(): Promise<void> {
    await this.#appender?.drop()
    await super.close()
  }

  /** Temporary tables and settings of a session end with it alone; most nodes make none. */
  async reset(): Promise<void> {
    if (!this.#isTouched) return
    this.#isTouched = false
    const next = await this.#options.connect()
    this.#connection.closeSync()
    this.#connection = next
  }

  async addTextFunction(
    name: string,
    use: (argument: string, text: string) => string,
    { isVolatile = false }: { readonly isVolatile?: boolean } = {},
  ): Promise<void> {
    const { functions } = this.#options
    if (functions.has(name)) return
    functions.add(name)
    addTextFunction(this.#connection, name, use, isVolatile)
  }

  protected end(): void {
    this.#connection.closeSync()
  }

  protected async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    const watch = options.onProgress && setInterval(() => this.#report(options.onProgress), progressIntervalMs)
    try {
      return await this.#interruptible(sql, options.signal, () => this.#execute(sql, options))
    } finally {
      clearInterval(watch)
    }
  }

  protected async *pieces(sql: string, { signal }: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult> {
    const open = async () => {
      const prepared = await this.#connection.prepare(sql)
      try {
        return { prepared, result: await prepared.stream() }
      } catch (error) {
        prepared.destroySync()
        throw error
      }
    }
    const { prepared, result } = await this.#interruptible(sql, signal, open)
    try {
      const columns = columnsOf(result)
      for (;;) {
        const chunk = await this.#interruptible(sql, signal, () => result.fetchChunk())
        if (!chunk || chunk.rowCount === 0) return
        yield { columns, rows: chunk.getRows().map((row) => row.map(toCell)), truncated: false }
      }
    } finally {
      prepared.destroySync()
    }
  }

  /**
   * Does a part of what the session is for with the memory that is meant for that.
   * @param wasLimited where it began before
   * @throws WAREHOUSE_MEMORY where loads are given too little for it: from now on they are given more
   */
  async #within<T>(work: () => Promise<T>, sql: string, wasLimited?: () => boolean): Promise<T> {
    const { use, memory } = this.#options
    if (use === 'other' || (use === 'load' && readsFiles.test(sql))) return memory.without(work)
    if (use === 'load') await memory.limit()
    const hasBeenLimited = wasLimited ?? memory.watch()
    try {
      return await work()
    } catch (error) {
      if (!isOutOfMemory(error) || !hasBeenLimited()) throw error
      await memory.giveUp()
      throw loadMemoryError(error)
    }
  }

  async #interruptible<T>(sql: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    this.#isTouched ||= sql !== beginning && touchesSession.test(sql)
    // DuckDB forgets an interrupt that comes before a statement has begun: it is told until the statement has ended.
    let interrupting: NodeJS.Timeout | undefined
    const interrupt = () => {
      this.#connection.interrupt()
      interrupting = setInterval(() => this.#connection.interrupt(), interruptIntervalMs)
    }
    signal?.addEventListener('abort', interrupt, { once: true })
    try {
      throwIfAborted(signal)
      return await this.#within(work, sql)
    } catch (error) {
      if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'The query was cancelled.', cause: error })
      throw error instanceof MillraceError ? error : queryError(error, sql)
    } finally {
      clearInterval(interrupting)
      signal?.removeEventListener('abort', interrupt)
    }
  }

  #report(onProgress: QueryOptions['onProgress']): void {
    const { percentage, rows_processed } = this.#connection.progress
    const isKnown = percentage >= 0 && percentage <= 100
    onProgress?.({ fraction: isKnown ? percentage / 100 : undefined, rowsProcessed: Number(rows_processed) })
  }

  async #execute(sql: string, options: QueryOptions): Promise<QueryResult> {
    const statements = await this.#connection.extractStatements(sql)
    if (options.isSingle && statements.count > 1)
      throw new Error(`One statement is allowed here; this has ${statements.count}.`)
    if (statements.count === 0) return { columns: [], rows: [], truncated: false }
    for (let i = 0; i < statements.count - 1; i++) {
      const prepared = await statements.prepare(i)
      await prepared.run()
      prepared.destroySync()
      throwIfAborted(options.signal)
    }
    const last = await statements.prepare(statements.count - 1)
    try {
      return await this.#read(last, options)
    } finally {
      last.destroySync()
    }
  }

  async #read(prepared: DuckDBPreparedStatement, options: QueryOptions): Promise<QueryResult> {
    for (const [i, value] of (options.params ?? []).entries()) bind(prepared, i + 1, value)
    const result = await prepared.stream()
    const columns = columnsOf(result)
    const { rows, truncated } = await this.#fetch(result, options)
    return { columns, rows, truncated, rowsAffected: changed(prepared.statementType, result, rows) }
  }

  async #fetch(result: DuckDBResult, { limit, signal }: QueryOptions): Promise<{ rows: Cell[][]; truncated: boolean }> {
    const rows: Cell[][] = []
    for (;;) {
      throwIfAborted(signal)
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) return { rows, truncated: false }
      for (const row of chunk.getRows()) {
        if (limit !== undefined && rows.length >= limit) return { rows, truncated: true }
        rows.push(row.map(toCell))
      }
    }
  }
}

function columnsOf(result: DuckDBResult): ResultColumn[] {
  const types = result.columnTypes()
  return result.columnNames().map((name, i) => {
    const type = types[i] as (typeof types)[number]
    return { name, type: type.alias ?? type.toString(), kind: kindOf(type) }
  })
}

function bind(prepared: DuckDBPreparedStatement, index: number, value: Cell): void {
  if (value === null) prepared.bindNull(index)
  else if (typeof value === 'number' && Number.isSafeInteger(value)) prepared.bindBigInt(index, BigInt(value))
  else if (typeof value === 'number') prepared.bindDouble(index, value)
  else if (typeof value === 'bigint') prepared.bindHugeInt(index, value)
  else prepared.bindValue(index, toParameter(value))
}

/** DuckDB answers the count of what a statement wrote as its only row, named `Count`; a query may name a column so too. */
function changed(type: Type, result: DuckDBResult, rows: readonly (readonly Cell[])[]): number | undefined {
  if (result.rowsChanged > 0) return result.rowsChanged
  const isCount = type !== StatementType.SELECT && result.columnCount === 1 && result.columnName(0) === 'Count'
  return isCount && rows.length === 1 ? Number(rows[0]?.[0]) : undefined
}
