import type pg from 'pg'
import { baseErrors } from '../../base/index.js'
import type { QueryOptions, QueryResult, ResultColumn } from '../contract.js'
import { SerialConnection } from '../serial-connection.js'
import { builtinType, toCell } from './cells.js'
import { queryError } from './errors.js'
import { type RawColumn, type RawResult, Statement } from './statement.js'

const cancelIntervalMs = 100
const cancelledState = '57014'
const cursorName = 'millrace_rows'
const rowsPerPiece = 2_000

export interface PostgresConnectionOptions {
  readonly client: pg.Client
  /** The server, as errors name it. */
  readonly place: string
  /** Statements that every session begins with. */
  readonly settings: readonly string[]
  /** Asks the server over another connection to end what the backend runs. */
  readonly cancel: (backendPid: number) => Promise<void>
}

/** One session of a PostgreSQL server. */
export class PostgresConnection extends SerialConnection {
  readonly #options: PostgresConnectionOptions
  /** Types that only this database knows, by their number and modifier. */
  readonly #types = new Map<string, Pick<ResultColumn, 'type' | 'kind'>>()

  constructor(options: PostgresConnectionOptions) {
    super()
    this.#options = options
  }

  async reset(): Promise<void> {
    await this.rollback()
    for (const sql of ['discard all', ...this.#options.settings]) await this.query(sql)
  }

  protected async end(): Promise<void> {
    await this.#options.client.end().catch(() => {})
  }

  protected async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    const { client, place } = this.#options
    const { signal, onNotice } = options
    const notice = (message: { message?: string | undefined }) => onNotice?.(message.message ?? '')
    if (onNotice) client.on('notice', notice)
    const cancelling = new Cancelling(() => this.#cancel(), signal)
    try {
      const result = await client.query(new Statement(sql, options)).result
      return await this.#describe(result)
    } catch (error) {
      if (signal?.aborted && (error as { code?: string }).code === cancelledState)
        throw baseErrors.create('ABORTED', { message: 'The query was cancelled.', cause: error })
      throw queryError(error, sql, place)
    } finally {
      // One that is still under way would end the next statement.
      await cancelling.end()
      client.off('notice', notice)
    }
  }

  /** By a cursor of a transaction that is opened for it, unless one is open. */
  protected async *pieces(sql: string, options: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult> {
    const isOwn = !this.isInTransaction
    if (isOwn) await this.run('begin read only', {})
    try {
      await this.run(`declare ${cursorName} no scroll cursor for ${sql}`, options)
      for (;;) {
        const piece = await this.run(`fetch ${rowsPerPiece} from ${cursorName}`, options)
        if (piece.rows.length === 0) break
        yield piece
      }
      if (!isOwn) await this.run(`close ${cursorName}`, {})
    } finally {
      if (isOwn) await this.run('rollback', {})
    }
  }

  async #cancel(): Promise<void> {
    const { client, cancel } = this.#options
    const { processID } = client as unknown as { processID: number }
    // Where no second connection can be had, the first one goes: the server ends what nobody waits for.
    await cancel(processID).catch(() =>
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
    )
  }

  async #describe({ columns, rows, commandTag, isTruncated }: RawResult): Promise<QueryResult> {
    const types = await this.#typesOf(columns)
    return {
      columns: columns.map(({ name, typeId }, i) => ({
        name,
        typeId,
        ...(types[i] as Pick<ResultColumn, 'type' | 'kind'>),
      })),
      rows: rows.map((row) => row.map((text, i) => toCell(text, columns[i]?.typeId ?? 0))),
      commandTag,
      truncated: isTruncated,
      rowsAffected: writtenRows(commandTag),
    }
  }

  async #typesOf(columns: readonly RawColumn[]): Promise<Pick<ResultColumn, 'type' | 'kind'>[]> {
    const keyOf = ({ typeId, typeModifier }: RawColumn) => `${typeId} ${typeModifier}`
    const known = (column: RawColumn) => {
      const type = builtinType(column.typeId, column.typeModifier)
      return type ? { type: type.name, kind: type.kind } : this.#types.get(keyOf(column))
    }
    const unknown = columns.filter((column) => !known(column))
    if (unknown.length > 0) {
      const values = unknown.map(({ typeId, typeModifier }) => `(${typeId}::oid, ${typeModifier})`).join(', ')
      const { rows } = await this.#options.client.query(
        new Statement(
          `select t.oid, v.modifier, format_type(v.oid, v.modifier), t.typtype
           from (values ${values}) as v (oid, modifier) join pg_catalog.pg_type as t on t.oid = v.oid`,
          {},
        ),
      ).result
      for (const [oid, modifier, type, typtype] of rows)
        this.#types.set(`${oid} ${modifier}`, { type: type ?? 'unknown', kind: typtype === 'e' ? 'text' : 'unknown' })
    }
    return columns.map((column) => known(column) ?? { type: 'unknown', kind: 'unknown' })
  }
}

/** `INSERT 0 2`, `UPDATE 3`; what a query read or a table took over was not written by the statement itself. */
function writtenRows(commandTag: string): number | undefined {
  const count = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(commandTag)?.[1]
  return count === undefined ? undefined : Number(count)
}

/** From the abort on asks again and again: a request that comes before the statement has begun is forgotten. */
class Cancelling {
  readonly #cancel: () => Promise<void>
  readonly #signal: AbortSignal | undefined
  #asking: Promise<void> = Promise.resolve()
  #isOver = false
  readonly #start = () => {
    this.#asking = this.#ask()
  }

  constructor(cancel: () => Promise<void>, signal: AbortSignal | undefined) {
    this.#cancel = cancel
    this.#signal = signal
    signal?.addEventListener('abort', this.#start, { once: true })
  }

  async end(): Promise<void> {
    this.#isOver = true
    this.#signal?.removeEventListener('abort', this.#start)
    await this.#asking
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      await this.#cancel()
      if (!this.#isOver) await new Promise((resolve) => setTimeout(resolve, cancelIntervalMs))
    }
  }
}
