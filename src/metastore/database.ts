import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import pg, { type PoolClient } from 'pg'
import { type Logger, systemClock } from '../base/index.js'
import type { StoreChange } from '../orchestrate/index.js'
import { storeAddress } from './address.js'
import { metastoreErrors } from './errors.js'
import { isConnectionLost, isRefused, isWorthAnotherTry, shortageOf } from './pg-errors.js'
import type { Row } from './queries/rows.js'

/** While the server is started again, a write waits for it this long, and a read a little. */
const writePatienceMs = 20_000
const readPatienceMs = 5_000
const pauseMs = 100
const connectTimeoutMs = 10_000
/**
 * A machine that is cut off in the middle of a transaction holds its locks, and with that of the events everybody's writes: the server
 * would find out after two hours.
 */
const silentTransactionMs = 10_000
/** Listening again after the connection was lost. */
const relistenMs = 500
/** A balancer or a firewall forgets connections on which nothing is sent: the system would begin to ask after two hours. */
const keepAliveDelayMs = 30_000

/** How long somebody is waited for who may have gone without a word. */
export interface SilenceLimits {
  /** A read, which may be long, and the beginning of a transaction, which never is: it is begun again on another connection. */
  readonly readMs: number
  readonly beginMs: number
  /** How often whoever listens asks whether the server is still there, and how long that may take, which is less. */
  readonly askEveryMs: number
  readonly answerMs: number
}
const silenceLimits: SilenceLimits = { readMs: 120_000, beginMs: 10_000, askEveryMs: 30_000, answerMs: 10_000 }

export interface PatienceOptions {
  /** How long to try again while the server is away. */
  readonly patienceMs?: number | undefined
}

interface TransactionOptions<T> extends PatienceOptions {
  /**
   * Each statement finds its few rows by an index, whatever the planner believes: of a table that has just filled, or of a parameter that
   * is a list, it knows nothing, and would rather read and sort all of it.
   */
  readonly isByKey?: boolean | undefined
  readonly last?: ((client: PoolClient, value: T) => readonly Promise<unknown>[]) | undefined
}

/** The number of a transaction, and where the server's log was when it began. */
interface TransactionPlace {
  readonly id: string
  /** Null on servers that do not tell. */
  readonly lsn: string | null
}

const byKeyOnly = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin']
  .map((way) => ` set local enable_${way} = off;`)
  .join('')

/** A pool of connections to the store's schema. */
export class Database {
  readonly schema: string
  readonly isPooled: boolean
  readonly #config: pg.ClientConfig
  readonly #pool: pg.Pool
  readonly #limits: SilenceLimits
  #tellsOfLog: Promise<boolean> | undefined
  /** Where changes are told: all of them, and those that workers wait for, who would else be woken by each other's every write. */
  readonly channels: Readonly<Record<'everything' | 'work', string>>

  /** @throws METASTORE_URL_INVALID */
  constructor(url: string, logger: Logger, limits: SilenceLimits = silenceLimits) {
    this.#limits = limits
    const address = storeAddress(url)
    this.schema = address.schema
    this.isPooled = address.isPooled
    const channel = address.schema === 'public' ? 'millrace' : address.schema
    // A channel's name has 63 bytes at most, and so may a schema's.
    const short = createHash('sha256').update(channel).digest('hex').slice(0, 16)
    this.channels = { everything: channel, work: `millrace_work_${short}` }
    this.#config = {
      connectionString: address.url,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelayMs,
      application_name: 'millrace',
      ...(address.isPooled ? {} : { options: asOptions(sessionSettings(address.schema)) }),
    }
    this.#pool = new pg.Pool({
      ...this.#config,
      max: 6,
      idleTimeoutMillis: 10_000,
      pipeline: true,
      onConnect: (client) => this.#settle(client),
    })
    // A connection may be lost between the pool's hands and ours, where nobody else listens; the next query reports it.
    this.#pool.on('connect', (client) => {
      client.on('error', () => {})
      leaveOutZeros(client)
    })
    this.#pool.on('error', (error) => logger.debug('A connection to the store was lost', { error }))
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  /** What a connection could not say when it was opened. */
  async #settle(client: pg.ClientBase): Promise<void> {
    if (!this.isPooled) return
    for (const [name, value] of sessionSettings(this.schema))
      await client.query('select set_config($1, $2, false)', [name, value])
  }

  /** One connection for a while; no second try. */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let lost: Error | undefined
    // The query that runs reports it; without a listener the driver would end the process.
    const onLost = (error: Error) => {
      lost = error
    }
    client.on('error', onLost)
    try {
      return await work(client)
    } catch (error) {
      if (isConnectionLost(error)) lost = error as Error
      throw error
    } finally {
      client.off('error', onLost)
      client.release(lost)
    }
  }

  /** Reads. @throws METASTORE_UNREACHABLE, also where there is no answer within two minutes */
  async rows(
    sql: string,
    params: readonly unknown[] = [],
    { patienceMs = readPatienceMs }: PatienceOptions = {},
  ): Promise<Row[]> {
    const query = { text: sql, values: [...params], query_timeout: this.#limits.readMs }
    return patiently(patienceMs, async () => (await this.#pool.query<Row>(query)).rows)
  }

  /**
   * Work that is applied once or not at all. A connection that is lost on the way is tried again; one that is lost
   * during the commit leaves open whether it was applied, so the server is asked.
   * @param last what is left to write once the work has its answer: it goes out in one piece with the commit
   * @throws METASTORE_UNREACHABLE
   */
  async transaction<T>(
    work: (client: PoolClient) => Promise<T>,
    { patienceMs = writePatienceMs, last = () => [], isByKey = false }: TransactionOptions<T> = {},
  ): Promise<T> {
    return patiently(patienceMs, () => this.#transactionOnce(work, last, isByKey ? byKeyOnly : ''))
  }

  async #transactionOnce<T>(
    work: (client: PoolClient) => Promise<T>,
    last: NonNullable<TransactionOptions<T>['last']>,
    settings: string,
  ): Promise<T> {
    const lsn = await this.#lsnSql()
    const begin = {
      text: `begin; select pg_current_xact_id()::text as id, ${lsn} as lsn;${settings}`,
      query_timeout: this.#limits.beginMs,
    }
    const outcome = await this.use(async (client) => {
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
      query_timeout: this.#limits.beginMs,
    }
    this.#tellsOfLog ??= this.use((client) => client.query(ask)).then(
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
      const [row] = await this.rows(sql, params, { patienceMs: Number.POSITIVE_INFINITY })
      if (row?.is_lost === true) return false
      if (row?.status !== 'in progress') return row?.status === 'committed'
      await systemClock.sleep(pauseMs)
    }
  }

  /** Tells everybody who listens, once the transaction is committed. */
  async notify(client: PoolClient, ...changes: readonly StoreChange[]): Promise<void> {
    const { everything, work } = this.channels
    const told = changes.flatMap((change) => [
      [everything, change] as const,
      ...(isWork(change) ? [[work, change] as const] : []),
    ])
    await client.query('select pg_notify(channel, change) from unnest($1::text[], $2::text[]) as t (channel, change)', [
      told.map(([channel]) => channel),
      told.map(([, change]) => JSON.stringify(change)),
    ])
  }

  /** Calls back on every notification until the signal aborts; what is told while the connection is down is lost. */
  async listen(
    onChange: (change: StoreChange) => void,
    signal: AbortSignal,
    about: keyof Database['channels'],
  ): Promise<void> {
    while (!signal.aborted) {
      const client = new pg.Client({ ...this.#config, query_timeout: this.#limits.answerMs })
      let asking: NodeJS.Timeout | undefined
      let leave = () => {}
      const ended = new Promise<void>((resolve) => {
        leave = resolve
        client.on('error', () => resolve())
        client.on('end', () => resolve())
      })
      signal.addEventListener('abort', leave, { once: true })
      client.on('notification', ({ payload }) => {
        for (const change of changesIn(payload)) onChange(change)
      })
      try {
        await client.connect()
        await this.#settle(client)
        await client.query(`listen ${client.escapeIdentifier(this.channels[about])}`)
        // Nobody who only listens would ever notice that there is nobody any more.
        asking = setInterval(() => void client.query('select 1').catch(leave), this.#limits.askEveryMs)
        await ended
      } catch {
        // The next round tries again.
      } finally {
        clearInterval(asking)
        signal.removeEventListener('abort', leave)
        await client.end().catch(() => {})
      }
      await systemClock.sleep(relistenMs, { signal }).catch(() => {})
    }
  }
}

/**
 * Whatever is queried before the first answer is waited for goes out in one piece: each piece costs both sides more than
 * many a statement. The driver sends its next queries before the former are answered, and the server takes them in order.
 */
export function together<T>(client: PoolClient, queries: () => T): T {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection
  stream.cork()
  try {
    return queries()
  } finally {
    stream.uncork()
  }
}

/**
 * No text of PostgreSQL holds a zero character, and one that comes with what code says would make its run impossible to end. Of what is
 * given as JSON `jsonText` leaves it out.
 */
function leaveOutZeros(client: PoolClient): void {
  const query = client.query.bind(client) as (...given: readonly unknown[]) => unknown
  client.query = ((sql: string | pg.QueryConfig, values: unknown, ...rest: readonly unknown[]) =>
    typeof sql === 'string'
      ? query(sql, withoutZeros(values), ...rest)
      : query({ ...sql, values: withoutZeros(sql.values) }, values, ...rest)) as PoolClient['query']
}

/** Of a text, and of all texts of a list. */
function withoutZeros(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value
  return Array.isArray(value) ? value.map(withoutZeros) : value
}

const preparedNames = new Map<string, string>()

/**
 * Planned once per connection, where planning takes longer than the work: texts that never change, in transactions with the same settings, since
 * a plan is made for those. No `*` in what they return: a column that a migration adds meanwhile would make the plan worthless.
 */
export function prepared(client: PoolClient, sql: string, params: readonly unknown[]): Promise<pg.QueryResult<Row>> {
  let name = preparedNames.get(sql)
  if (name === undefined) {
    name = `millrace_${preparedNames.size + 1}`
    preparedNames.set(sql, name)
  }
  return client.query<Row>({ name, text: sql, values: [...params] })
}

/** The same is said in SQL where events are appended. */
const isWork = (change: StoreChange) =>
  change.type === 'run' && (change.status === 'queued' || change.status === 'cancelling')

/** One change, or several in one message. */
function changesIn(message: string | undefined): readonly StoreChange[] {
  const told = JSON.parse(message ?? '[]') as StoreChange | readonly StoreChange[]
  return Array.isArray(told) ? told : [told as StoreChange]
}

const sessionSettings = (schema: string): readonly (readonly [name: string, value: string])[] => [
  ['search_path', pg.escapeIdentifier(schema)],
  ['idle_in_transaction_session_timeout', String(silentTransactionMs)],
]

/** As the server reads them, which takes options apart at blanks. */
const asOptions = (settings: ReturnType<typeof sessionSettings>) =>
  settings.map(([name, value]) => `-c ${name}=${value.replace(/[\s\\]/g, '\\$&')}`).join(' ')

/** @throws METASTORE_UNREACHABLE, METASTORE_REFUSED; what the statement itself is wrong in, as the server said it */
export async function patiently<T>(patienceMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = systemClock.monotonicMs() + patienceMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isWorthAnotherTry(error)) throw shortageOf(error) ? unreachable(error) : error
      if (systemClock.monotonicMs() >= deadline) throw unreachable(error)
      await systemClock.sleep(pauseMs)
    }
  }
}

export function unreachable(cause: unknown) {
  if (isRefused(cause))
    return metastoreErrors.create('METASTORE_REFUSED', {
      message: `The metadata store refuses: ${cause.message}.`,
      hint: 'Check user, password and database in DATABASE_URL (or metastore.url). Who may not create schemas and tables needs `millrace migrate` by a user who may, before a new version.',
      cause,
    })
  if (cause instanceof Error && cause.message.includes('unsupported startup parameter'))
    return metastoreErrors.create('METASTORE_SCHEMA_IGNORED', {
      message: `A pooler answers at the address of the metadata store, and does not take the schema that connections ask for: ${cause.message}.`,
      hint: 'Give the address of the PostgreSQL itself; or add `pooler=session` to this one where the pooler gives each connection a session of its own (PgBouncer: pool_mode = session).',
      cause,
    })
  const why =
    cause instanceof Error && cause.message !== '' ? cause.message : String((cause as { code?: unknown }).code)
  const shortage = shortageOf(cause)
  return metastoreErrors.create('METASTORE_UNREACHABLE', {
    message: `The metadata store ${shortage?.what ?? 'does not answer'}: ${why}`,
    hint: shortage?.hint ?? 'Check DATABASE_URL (or metastore.url) and that the server runs.',
    cause,
  })
}
