import type { Connection as DriverConnection, RowStatement } from 'snowflake-sdk'
import { baseErrors, throwIfAborted } from '../../base/index.js'
import type { Cell, QueryOptions, QueryResult, ResultColumn } from '../contract.js'
import { shownSql, warehouseErrors } from '../errors.js'
import { beginning, SerialConnection } from '../serial-connection.js'
import { resultColumn, toCell } from './cells.js'
import { queryError } from './errors.js'
import { bound } from './parameters.js'
import { isReading } from './reading.js'
import { SessionChanges } from './session-changes.js'
import { runStatement } from './statement-run.js'
import { hasBlock, snowflakeStatements, withoutLeadingComments } from './statements.js'

const rowsPerPiece = 2_000

export interface SnowflakeConnectionOptions {
  /** The account, as errors name it. */
  readonly place: string
  /** Opens a session as this one was opened. */
  readonly connect: () => Promise<DriverConnection>
  /** The virtual warehouse that a session begins with. */
  readonly computeWarehouse?: string | undefined
  /** The `query_tag` that a session begins with. */
  readonly queryTag?: string | undefined
}

/** One session of a Snowflake account. */
export class SnowflakeConnection extends SerialConnection {
  #driver: DriverConnection
  readonly #options: SnowflakeConnectionOptions
  readonly #changes = new SessionChanges()

  constructor(driver: DriverConnection, options: SnowflakeConnectionOptions) {
    super()
    this.#driver = driver
    this.#options = options
  }

  async reset(): Promise<void> {
    if (this.isInTransaction || this.#changes.mayBeInTransaction) await this.rollback()
    const { parameters, hasOtherWarehouse } = this.#changes
    const { computeWarehouse } = this.#options
    if (!parameters || (hasOtherWarehouse && computeWarehouse === undefined)) {
      const next = await this.#options.connect()
      await destroyed(this.#driver)
      this.#driver = next
    } else {
      if (hasOtherWarehouse) await this.query(`use warehouse ${computeWarehouse}`)
      for (const name of parameters) {
        const own = name === 'QUERY_TAG' ? this.#options.queryTag : undefined
        await this.query(
          own === undefined
            ? `alter session unset ${name}`
            : `alter session set ${name} = '${own.replace(/['\\]/g, '\\$&')}'`,
        )
      }
    }
    this.#changes.forget()
  }

  protected async end(): Promise<void> {
    await destroyed(this.#driver)
  }

  /** Snowflake has no transaction that only reads: what does more than that is refused here. */
  async queryReadOnly(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const writing = snowflakeStatements(sql).find((one) => !isReading(one))
    if (writing === undefined) return this.query(sql, { ...options, isSingle: true })
    throw warehouseErrors.create('WAREHOUSE_SQL', {
      message: 'This statement may write, and only reading is allowed here.',
      hint: 'It begins with select, with, values, show, describe or explain where it only reads, without `->>`, procedures and calls of `system$…`.',
      data: { sql: shownSql(writing) },
    })
  }

  protected async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    const { params = [], isSingle, signal } = options
    if (params.length > 0) return this.#one(sql, options)
    if (hasBlock(sql)) return this.#one(sql, { ...options, isMany: !isSingle })
    const statements = snowflakeStatements(sql)
    if (statements.length === 0) return { columns: [], rows: [], truncated: false }
    if (isSingle && statements.length > 1)
      throw warehouseErrors.create('WAREHOUSE_SQL', {
        message: `One statement is allowed here; this has ${statements.length}.`,
        hint: 'Run them one by one.',
      })
    if (statements.length === 1) return this.#one(sql, options)
    // A commit at the end says nothing: the answer is that of what it commits.
    const told = statements.findLastIndex((statement) => !/^commit\b/i.test(withoutLeadingComments(statement)))
    let answer: QueryResult | undefined
    for (const [i, statement] of statements.entries()) {
      const result = await this.#one(statement, i === told ? options : { signal })
      if (i === told) answer = result
      throwIfAborted(signal)
    }
    return answer ?? { columns: [], rows: [], truncated: false }
  }

  protected async *pieces(sql: string, { signal }: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult> {
    const statement = await this.#start(sql, { signal })
    const columns = columnsOf(statement)
    let rows: Cell[][] = []
    for await (const row of this.#rows(statement, columns, sql, signal)) {
      if (rows.push(row) < rowsPerPiece) continue
      yield { columns, rows, truncated: false }
      rows = []
    }
    if (rows.length > 0) yield { columns, rows, truncated: false }
  }

  async #one(sql: string, options: QueryOptions & { readonly isMany?: boolean }): Promise<QueryResult> {
    const { limit, signal } = options
    const statement = await this.#start(sql, options)
    const columns = columnsOf(statement)
    const rowsAffected = statement.getNumUpdatedRows()
    // Of what was written the only row says how much.
    const isWriting = rowsAffected !== undefined && rowsAffected >= 0 && isDml(statement)
    const rows: Cell[][] = []
    let truncated = false
    for await (const row of this.#rows(statement, columns, sql, signal, limit)) {
      truncated = limit !== undefined && rows.length >= limit
      if (truncated) break
      rows.push(row)
    }
    return {
      columns,
      rows,
      truncated,
      rowsAffected: isWriting ? rowsAffected : undefined,
      commandTag: statusOf(columns, rows),
    }
  }

  #start(sql: string, options: QueryOptions & { readonly isMany?: boolean }): Promise<RowStatement> {
    if (sql !== beginning) this.#changes.note(sql)
    const { text, binds } = bound(sql, options.params ?? [])
    return runStatement(this.#driver, this.#options.place, {
      sql: text,
      binds,
      signal: options.signal,
      ...(options.isMany ? { isMany: true } : {}),
    })
  }

  async *#rows(
    statement: RowStatement,
    columns: readonly ResultColumn[],
    sql: string,
    signal: AbortSignal | undefined,
    limit?: number,
  ): AsyncGenerator<Cell[]> {
    if (statement.getNumRows() === 0 || columns.length === 0) return
    const stream = statement.streamRows(limit === undefined ? {} : { start: 0, end: limit })
    const stop = () => stream.destroy()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      for await (const row of stream) yield columns.map((column, i) => toCell((row as readonly unknown[])[i], column))
    } catch (error) {
      if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'The query was cancelled.', cause: error })
      throw queryError(error, sql, this.#options.place)
    } finally {
      signal?.removeEventListener('abort', stop)
      stream.destroy()
    }
    throwIfAborted(signal)
  }
}

const columnsOf = (statement: RowStatement): ResultColumn[] => (statement.getColumns() ?? []).map(resultColumn)

/** What a statement of DML answers, whose columns the driver adds up: `number of rows inserted`. */
const isDml = (statement: RowStatement) =>
  (statement.getColumns() ?? []).some((column) => /^number of (?:multi-joined )?rows /i.test(column.getName()))

/** What DDL says of itself: a row with one text, `Table T successfully created.` */
function statusOf(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string | undefined {
  const isStatus = columns.length === 1 && rows.length === 1 && columns[0]?.name.toLowerCase() === 'status'
  return isStatus ? String(rows[0]?.[0]) : undefined
}

const destroyed = (driver: DriverConnection) =>
  new Promise<void>((resolve) => {
    try {
      driver.destroy(() => resolve())
    } catch {
      resolve()
    }
  })
