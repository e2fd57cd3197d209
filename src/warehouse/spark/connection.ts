import { setTimeout as sleep } from 'node:timers/promises'
import { baseErrors, MillraceError } from '../../base/index.js'
import { leadingKeyword, splitStatements } from '../../sql/index.js'
import type { Cell, QueryOptions, QueryResult, ResultColumn } from '../contract.js'
import { shownSql, warehouseErrors } from '../errors.js'
import { SerialConnection } from '../serial-connection.js'
import { Cancelling } from './cancelling.js'
import { columnCells } from './cells.js'
import type { Handle, ThriftColumnDescription } from './driver.js'
import { CallRefused, lostError, queryError } from './errors.js'
import { bindParameters, sparkQuoting } from './literals.js'
import { placeOf, type SparkWarehouseOptions } from './options.js'
import { cancelElsewhere, type ThriftSession } from './thrift-session.js'
import { isVague, type SparkType, sparkType, thriftTypes } from './types.js'

const [rowsAtOnce, rowsPerPiece] = [10_000, 2_000]
const firstPollMs = 5
const pending = new Set([0, 1, 7])
const [finishedState, cancelledState] = [2, 3]
/** Rows come partition by partition, as they are asked for, and not all of them into the memory of the server first. */
const pieceByPiece = 'spark.sql.thriftServer.incrementalCollect'
const queryWords = new Set(['select', 'with', 'from', 'values', 'table'])
/**
 * What else reads, by Spark's own comments, which a backslash at the end of a line continues: in `-- a \⏎ show b ⏎ drop table c` the first
 * word of `leadingKeyword` is `show`, and Spark drops the table. Such comments, and nested ones, are not passed over.
 */
const showing = /^\s*(?:(?:\/\*(?:(?!\*\/|\/\*)[\s\S])*\*\/|--[^\r\n\\]*\n)\s*)*(?:show|describe|desc|explain)\b/i

/** One session of a Thrift server of Spark. */
export class SparkConnection extends SerialConnection {
  readonly #options: SparkWarehouseOptions
  readonly #place: string
  #session: ThriftSession
  /** Undefined where a statement may have changed it. */
  #zone: string | undefined

  constructor(session: ThriftSession, options: SparkWarehouseOptions) {
    super()
    this.#session = session
    this.#options = options
    this.#place = placeOf(options)
  }

  override async begin(): Promise<void> {
    throw warehouseErrors.create('WAREHOUSE_SQL', {
      message: 'Spark has no transactions.',
      hint: 'What a statement wrote stays when a later one fails.',
    })
  }
  override async commit(): Promise<void> {}
  override async rollback(): Promise<void> {}

  async reset(): Promise<void> {
    this.#session = await this.#session.renew().catch((error: unknown) => {
      throw lostError(error, '', this.#place)
    })
    this.#zone = undefined
  }

  protected async end(): Promise<void> {
    await this.#session.close()
  }

  /**
   * Only the grammar of queries takes what DESCRIBE QUERY describes: `with … insert` is none.
   * @throws WAREHOUSE_SQL for what may write
   */
  async queryReadOnly(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const single = { ...options, isSingle: true }
    if (queryWords.has(leadingKeyword(sql)))
      await this.query(`describe query\n${sql}`, { ...single, limit: undefined }).catch((error: unknown) => {
        throw oneLineEarlier(error)
      })
    else if (!showing.test(sql)) throw mayWrite(sql)
    return this.query(sql, single)
  }

  protected async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    const statements = /;\s*\S/.test(sql) ? splitStatements(sql, sparkQuoting) : [sql]
    if (options.isSingle && statements.length > 1)
      throw warehouseErrors.create('WAREHOUSE_SQL', {
        message: `Only one statement is allowed here; these are ${statements.length}.`,
        hint: 'Send them one by one.',
        data: { sql: shownSql(sql) },
      })
    let result: QueryResult = { columns: [], rows: [], truncated: false }
    for (const [i, statement] of statements.entries()) {
      const isLast = i === statements.length - 1
      const bound = withoutSemicolon(isLast ? bindParameters(statement, options.params) : statement)
      const pieces = this.#pieces(bound, { ...options, limit: isLast ? options.limit : undefined, sql })
      result = await collected(pieces, isLast ? options.limit : 0)
    }
    return result
  }

  protected async *pieces(sql: string, options: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult> {
    for await (const piece of this.#pieces(withoutSemicolon(sql), { ...options, sql, isLarge: true }))
      if (piece.rows.length > 0) yield piece
  }

  /** The columns first, without rows where there are none. @param options.sql what errors tell */
  async *#pieces(
    statement: string,
    options: Pick<QueryOptions, 'signal' | 'limit'> & { readonly sql: string; readonly isLarge?: boolean },
  ): AsyncGenerator<QueryResult> {
    const { signal, limit, sql } = options
    const isQuery = queryWords.has(leadingKeyword(statement))
    const isPartial = isQuery && (options.isLarge === true || (limit !== undefined && limit > 0))
    try {
      if (isPartial) await this.#rows(`set ${pieceByPiece}=true`)
      const operation = await this.#execute(statement, signal)
      try {
        const types = await this.#columns(operation, statement, isQuery)
        const most = options.isLarge ? rowsPerPiece : rowsAtOnce
        const atOnce = limit === undefined ? most : Math.min(limit + 1, most)
        for (let isFirst = true; ; isFirst = false) {
          const piece = await this.#fetch(operation, types, atOnce, signal)
          if (piece.rows.length === 0 && !isFirst) return
          yield piece
          if (piece.rows.length === 0) return
        }
      } finally {
        await this.#session.call((calls) => calls.closeOperation({ operationHandle: operation })).catch(() => {})
      }
    } catch (error) {
      throw this.#told(error, sql, signal)
    } finally {
      if (isPartial)
        await this.#rows(`set ${pieceByPiece}=${this.#options.settings?.[pieceByPiece] ?? 'false'}`).catch(() => {})
      if (/\b(?:re)?set\b/i.test(statement)) this.#zone = undefined
    }
  }

  /** Sends a statement, and waits until it is through. */
  async #execute(statement: string, signal: AbortSignal | undefined): Promise<Handle> {
    const { queryTimeoutMs, pollIntervalMs = 1000 } = this.#options
    const { operationHandle } = await this.#session.call((calls) =>
      calls.executeStatement({ sessionHandle: this.#session.handle, statement, runAsync: true }),
    )
    const operation = operationHandle as Handle
    const startedMs = performance.now()
    const cancelling = new Cancelling(() => this.#cancel(operation), signal, queryTimeoutMs)
    try {
      for (let pauseMs = firstPollMs; ; pauseMs = Math.min(pauseMs * 2, pollIntervalMs)) {
        // The server answers when the statement is through, or after five seconds.
        const state = await this.#session.call((calls) => calls.getOperationStatus({ operationHandle: operation }))
        if (state.operationState === finishedState) return operation
        if (!pending.has(state.operationState)) {
          await this.#session.call((calls) => calls.closeOperation({ operationHandle: operation })).catch(() => {})
          if (cancelling.isTimedOut) throw timedOut(statement, startedMs)
          throw new StatementFailed(state.operationState, state.errorMessage, state.sqlState)
        }
        await sleep(pauseMs)
      }
    } finally {
      await cancelling.end()
    }
  }

  async #cancel(operation: Handle): Promise<void> {
    // Where no second connection can be had, the first one goes: the server ends what nobody waits for.
    await cancelElsewhere(this.#options, operation).catch(() => this.#session.destroy())
  }

  async #columns(operation: Handle, statement: string, isQuery: boolean): Promise<readonly TypedColumn[]> {
    const { schema } = await this.#session.call((calls) => calls.getResultSetMetadata({ operationHandle: operation }))
    const described = schema?.columns ?? []
    const isUnknown = schema === null || described.some((column) => isVague(typeIdOf(column)))
    const exact = isQuery && isUnknown ? await this.#describe(statement) : undefined
    if (exact && (schema === null || exact.length === described.length)) return exact
    return described.map((column) => ({ name: column.columnName, type: sparkType(typeTextOf(column)) }))
  }

  /** What the types of a query are, as Spark itself prints them; undefined where it cannot tell. */
  async #describe(statement: string): Promise<readonly TypedColumn[] | undefined> {
    try {
      const rows = await this.#rows(`describe query ${statement}`)
      return rows.map(([name, type]) => ({ name: String(name), type: sparkType(String(type)) }))
    } catch {
      return undefined
    }
  }

  async #fetch(
    operation: Handle,
    types: readonly TypedColumn[],
    maxRows: number,
    signal: AbortSignal | undefined,
  ): Promise<QueryResult> {
    const zone = types.some(({ type }) => hasZone(type)) ? await this.#sessionZone() : 'UTC'
    const cancelling = new Cancelling(() => this.#cancel(operation), signal)
    try {
      const { results } = await this.#session.call((calls) =>
        calls.fetchResults({ operationHandle: operation, orientation: 0, maxRows, fetchType: 0 }),
      )
      const columns = results?.columns ?? []
      // What is no query has a column without a place for rows.
      if (columns.length === 0) return { columns: [], rows: [], truncated: false }
      const cells = columns.map((column, i) => columnCells(column, (types[i] as TypedColumn).type, zone))
      return {
        columns: types.map(({ name, type }): ResultColumn => ({ name, type: type.text, kind: type.kind })),
        rows: (cells[0] as Cell[]).map((_, row) => cells.map((column) => column[row] ?? null)),
        truncated: false,
      }
    } finally {
      await cancelling.end()
    }
  }

  async #sessionZone(): Promise<string> {
    this.#zone ??= String((await this.#rows('set spark.sql.session.timeZone'))[0]?.[1] ?? 'UTC')
    return this.#zone
  }

  /** Of a small statement of our own, whose columns are texts. */
  async #rows(statement: string): Promise<readonly (readonly Cell[])[]> {
    const operation = await this.#execute(statement, undefined)
    try {
      const text = { name: '', type: sparkType('string') }
      return (await this.#fetch(operation, [text, text, text, text], rowsAtOnce, undefined)).rows
    } finally {
      await this.#session.call((calls) => calls.closeOperation({ operationHandle: operation })).catch(() => {})
    }
  }

  #told(error: unknown, sql: string, signal: AbortSignal | undefined): unknown {
    if (error instanceof MillraceError) return error
    // Also where the connection went, since no other way to end the statement was left.
    if (signal?.aborted) return baseErrors.create('ABORTED', { message: 'The query was cancelled.', cause: error })
    if (error instanceof StatementFailed || error instanceof CallRefused) return queryError(error, sql, error.sqlState)
    return lostError(error, sql, this.#place)
  }
}

interface TypedColumn {
  readonly name: string
  readonly type: SparkType
}

class StatementFailed extends Error {
  readonly sqlState: string | null
  constructor(state: number, message: string | null, sqlState: string | null) {
    const ended =
      state === cancelledState
        ? 'Somebody cancelled the statement on the server.'
        : 'Spark ended the statement and does not say why.'
    super(message ?? ended)
    this.sqlState = sqlState
  }
}

const mayWrite = (sql: string) =>
  warehouseErrors.create('WAREHOUSE_SQL', {
    message: `\`${leadingKeyword(sql) || shownSql(sql)}\` may write, and only reading is allowed here.`,
    hint: 'What only reads starts with select, with, from, values, table, show, describe or explain.',
    data: { sql: shownSql(sql) },
  })

const timedOut = (statement: string, startedMs: number) =>
  warehouseErrors.create('WAREHOUSE_SQL', {
    message: `The statement was cancelled after ${Math.round((performance.now() - startedMs) / 1000)} seconds.`,
    hint: 'That is `query_timeout` of the target in profiles.yml.',
    data: { sql: shownSql(statement) },
  })

/** Spark counts from our own line on. */
function oneLineEarlier(error: unknown): unknown {
  if (!(error instanceof MillraceError) || typeof error.data?.line !== 'number') return error
  return Object.assign(error, { data: { ...error.data, line: error.data.line - 1 } })
}

const withoutSemicolon = (sql: string) => sql.replace(/;\s*$/, '')

const hasZone = (type: SparkType): boolean =>
  type.kind === 'timestamptz' ||
  [type.element, type.key, ...(type.fields ?? []).map(([, field]) => field)].some((part) => part && hasZone(part))

const typeIdOf = ({ typeDesc }: ThriftColumnDescription) => typeDesc.types[0]?.primitiveEntry?.type ?? 14

function typeTextOf(column: ThriftColumnDescription): string {
  const text = thriftTypes[typeIdOf(column)] ?? 'unknown'
  const { precision, scale } = column.typeDesc.types[0]?.primitiveEntry?.typeQualifiers?.qualifiers ?? {}
  return text === 'decimal' && precision ? `decimal(${precision.i32Value},${scale?.i32Value ?? 0})` : text
}

/** All pieces as one; no more is asked for than the limit needs. */
async function collected(pieces: AsyncIterable<QueryResult>, limit: number | undefined): Promise<QueryResult> {
  const rows: (readonly Cell[])[] = []
  let columns: readonly ResultColumn[] = []
  for await (const piece of pieces) {
    columns = piece.columns
    rows.push(...piece.rows)
    if (limit !== undefined && rows.length > limit) break
  }
  const truncated = limit !== undefined && rows.length > limit
  return { columns, rows: truncated ? rows.slice(0, limit) : rows, truncated, rowsAffected: writtenRows(columns, rows) }
}

/** What Delta Lake answers of what it wrote; tables of Spark's own do not say. */
function writtenRows(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): number | undefined {
  return columns[0]?.name === 'num_affected_rows' ? Number(rows[0]?.[0] ?? 0) : undefined
}
