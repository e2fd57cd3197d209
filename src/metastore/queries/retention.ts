import type { OrchestrateStore, RetentionLimits } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import type { Row } from './rows.js'

/** So much is forgotten in one transaction: none holds anything for longer than a moment. */
const rowsAtOnce = 5_000
const runsAtOnce = 200

/** What an asset's plots and a check's history are made of stays as long as its run. */
const isLog = "type not in ('asset_materialized', 'check_evaluated', 'run_succeeded', 'run_failed', 'run_cancelled')"

export function retentionQueries(database: Database): Pick<OrchestrateStore, 'prune'> {
  return {
    async prune(limits, signal) {
      const pruning = new Pruning(database, limits, signal)
      await pruning.logs()
      await pruning.runs()
      await pruning.others()
    },
  }
}

class Pruning {
  readonly #database: Database
  readonly #limits: RetentionLimits
  readonly #signal: AbortSignal | undefined

  constructor(database: Database, limits: RetentionLimits, signal: AbortSignal | undefined) {
    this.#database = database
    this.#limits = limits
    this.#signal = signal
  }

  /** Of each run once: it is kept how far this came, since most of what is left there stays for a long time. */
  async logs(): Promise<void> {
    while (!this.#signal?.aborted) {
      // As texts: a date of JavaScript is less exact than the store's.
      const runs = await this.#database.rows(
        `select id, ended_at::text as ended_at from runs where ended_at < $1 and ended_at >= (select ended_at from log_retention)
           and (ended_at, id) > (select ended_at, run_id from log_retention) order by runs.ended_at, id limit $2`,
        [this.#limits.logsBefore, runsAtOnce],
      )
      const last = runs.at(-1)
      if (!last) return
      const isDone = await this.#eventsOf(runs, isLog)
      if (!isDone) return
      await this.#write(
        `update log_retention set ended_at = $1, run_id = $2 where (ended_at, run_id) < ($1::timestamptz, $2::text)`,
        [last.ended_at, last.id],
      )
    }
  }

  async runs(): Promise<void> {
    while (!this.#signal?.aborted) {
      const runs = await this.#database.rows('select id from runs where ended_at < $1 order by ended_at limit $2', [
        this.#limits.runsBefore,
        runsAtOnce,
      ])
      if (runs.length === 0) return
      const isDone = await this.#eventsOf(runs, 'true')
      if (!isDone) return
      await this.#write('delete from runs where id = any($1)', [runs.map(({ id }) => id)])
    }
  }

  async others(): Promise<void> {
    const { runsBefore, idleTicksBefore } = this.#limits
    // The oldest come first: where those are too young, all are.
    await this.#all(
      `delete from events where id in (select id from (select id, at from events where run_id = '' order by id limit ${rowsAtOnce}) e where at < $1)`,
      [runsBefore],
    )
    await this.#write('delete from backfills where ended_at < $1', [runsBefore])
    await this.#write('delete from connection_events where at < $1', [runsBefore])
    // The last one says why an asset is as it is, however old it may be.
    const isNoLast = 'id not in (select evaluation_id from condition_states where evaluation_id is not null)'
    await this.#all(some('condition_evaluations', `at < $1 and ${isNoLast}`), [runsBefore])
    await this.#all(some('condition_evaluations', `at < $1 and not is_requested and ${isNoLast}`), [idleTicksBefore])
    await this.#all(some('audit_log', 'at < $1'), [runsBefore])
    await this.#all(some('webhook_deliveries', 'received_at < $1 and tick_id is not null', 'received_at'), [runsBefore])
    await this.#write('delete from sessions where expires_at < now()')
    await this.#all(some('ticks', 'at < $1'), [runsBefore])
    // A delivery that is sent again is answered with its tick.
    const isOfNone = 'id not in (select tick_id from webhook_deliveries where tick_id is not null)'
    await this.#all(some('ticks', `at < $1 and status = 'skipped' and ${isOfNone}`), [idleTicksBefore])
  }

  /** Whether there are none of them any more. */
  #eventsOf(runs: readonly Row[], which: string): Promise<boolean> {
    const ids = runs.map(({ id }) => id)
    return this.#all(
      `delete from events where id in (select id from events where run_id = any($1) and ${which} limit ${rowsAtOnce})`,
      [ids],
    )
  }

  /** Again until nothing is left; answers whether it came so far. */
  async #all(sql: string, params: readonly unknown[]): Promise<boolean> {
    while (!this.#signal?.aborted) if ((await this.#write(sql, params)) === 0) return true
    return false
  }

  #write(sql: string, params: readonly unknown[] = []): Promise<number> {
    return this.#database.transaction(async (client) => (await client.query(sql, [...params])).rowCount ?? 0)
  }
}

/** SQL: forgets some of those, the oldest first. */
const some = (table: string, where: string, time = 'at') =>
  `delete from ${table} where id in (select id from ${table} where ${where} order by ${time} limit ${rowsAtOnce})`
