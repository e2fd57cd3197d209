import pg, { type PoolClient } from 'pg'
import { systemClock } from '../base/index.js'
import { isConnectionLost } from './pg-errors.js'
import type { Row } from './queries/rows.js'
import { together } from './statements.js'

const pauseMs = 100

export interface TransactionWork<T> {
  /**
   * Each statement finds its few rows by an index, whatever the planner believes: of a table that has just filled, or of a parameter that
   * is a list, it knows nothing, and would rather read and sort all of it.
   */
  readonly isByKey?: boolean | undefined
  /** What is left to write once the work has its answer: it goes out in one piece with the commit. */
  readonly last?: ((client: PoolClient, value: T) => readonly Promise<unknown>[]) | undefined
}

/** The number of a transaction, and where the server's log was when it began. */
interface TransactionPlace {
  readonly id: string
  /** Null on servers that do not tell. */
  readonly lsn: string | null
}

/** Those that transactions take turns on. */
interface Connections {
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  rows(sql: string, params: readonly unknown[], options: { readonly patienceMs: number }): Promise<Row[]>
}

const byKeyOnly = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin']
  .map((way) => ` set local enable_${way} = off;`)
  .join('')

/** Work that is applied once or not at all, also where the connection is lost during the commit. */
export class Transactions {
  readonly #pool: Connections
  readonly #beginMs: number
  #tellsOfLog: Promise<boolean> | undefined

  /** @param beginMs how long the beginning of one is waited for, which never takes long */
  constructor(pool: Connections, beginMs: number) {
    this.#pool = pool
    this.#beginMs = beginMs
  }

  /** @throws what came in its way, of which nothing was applied then */
  async once<T>(
    work: (client: PoolClient) => Promise<T>,
    { last = () => [], isByKey = false }: TransactionWork<T> = {},
  ): Promise<T> {
    const lsn = await this.#lsnSql()
    const begin = {
      text: `begin; select pg_current_xact_id()::text as id, ${lsn} as lsn;${isByKey ? byKeyOnly : ''}`,
      query_timeout: this.#beginMs,
    }
    const outcome = await this.#pool.use(async (client) => {
      // Several statements of one query: the driver answers their results in a list. They go out with the first statement of the work. The
      // number is asked for before the place.
      const { begun, done } = together(client, () => ({
        begun: client.query(begin) as Promise<unknown>,
        done: work(client),
      }))
      begun.catch(() => {})
      try {
        const value = await done
        const place = ((await begun) as pg.QueryResult<TransactionPlace>[])[1]?.rows[0] as TransactionPlace
        const written = together(client, () => [...last(client, value), client.query('commit')])
        const lost = await Promise.all(written).then(
          () => undefined,
          (error: unknown) => error,
        )
        // One that failed undoes all of them: the commit behind it was none.
        if (lost !== undefined && !isConnectionLost(lost)) throw lost
        return { place, value, lost }
      } catch (error) {
        await client.query('rollback').catch(() => {})
        // Where not even the beginning was taken, that says why, and not what came after it.
        await begun
        throw error
      }
    })
    if (outcome.lost === undefined || (await this.#wasCommitted(outcome.place))) return outcome.value
    throw outcome.lost
  }

  /** SQL: where the server's log is. Some managed servers have no log that they tell of, and none that a crash cuts off. */
  async #lsnSql(): Promise<string> {
    const ask = {
      text: 'select pg_current_wal_lsn(), next_xid from pg_control_checkpoint()',
      query_timeout: this.#beginMs,
    }
    this.#tellsOfLog ??= this.#pool
      .use((client) => client.query(ask))
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof pg.DatabaseError && !isConnectionLost(error)) return false
          this.#tellsOfLog = undefined
          throw error
        },
      )
    return (await this.#tellsOfLog) ? 'pg_current_wal_lsn()::text' : 'null'
  }

  /**
   * Asks until there is an answer, however long the server is away: who took a commit for lost would write it twice.
   * A transaction of which nothing reached the disk before the server was killed never was, and its number is given to another
   * one: the recovery, whose checkpoint lies behind the place where the log was then, knew of no such number.
   */
  async #wasCommitted({ id, lsn }: TransactionPlace): Promise<boolean> {
    const status =
      'case when $1::xid8 < pg_snapshot_xmax(pg_current_snapshot()) then pg_xact_status($1::xid8) end as status'
    const [sql, params] =
      lsn === null
        ? [`select ${status}`, [id]]
        : [
            `select redo_lsn >= $2::pg_lsn and split_part(next_xid, ':', 1)::numeric * 4294967296
                 + split_part(next_xid, ':', 2)::numeric <= $1::text::numeric as is_lost, ${status}
             from pg_control_checkpoint()`,
            [id, lsn],
          ]
    for (;;) {
      const [row] = await this.#pool.rows(sql, params, { patienceMs: Number.POSITIVE_INFINITY })
      if (row?.is_lost === true) return false
      if (row?.status !== 'in progress') return row?.status === 'committed'
      await systemClock.sleep(pauseMs)
    }
  }
}
