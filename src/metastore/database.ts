import pg, { type PoolClient } from 'pg'
import type { Logger } from '../base/index.js'
import type { StoreChange } from '../orchestrate/index.js'
import { storeAddress } from './address.js'
import { type Channels, channelsOf, listen, tell } from './changes.js'
import { isConnectionLost } from './pg-errors.js'
import type { Row } from './queries/rows.js'
import { leaveOutZeros } from './statements.js'
import { Transactions, type TransactionWork } from './transactions.js'
import { patiently } from './unreachable.js'

/** While the server is started again, a write waits for it this long, and a read a little. */
const writePatienceMs = 20_000
const readPatienceMs = 5_000
const connectTimeoutMs = 10_000
/**
 * A machine that is cut off in the middle of a transaction holds its locks, and with that of the events everybody's writes: the server
 * would find out after two hours.
 */
const silentTransactionMs = 10_000
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

interface PatienceOptions {
  /** How long to try again while the server is away. */
  readonly patienceMs?: number | undefined
}

/** A pool of connections to the store's schema. */
export class Database {
  readonly schema: string
  readonly isPooled: boolean
  readonly #config: pg.ClientConfig
  readonly #pool: pg.Pool
  readonly #limits: SilenceLimits
  readonly #transactions: Transactions
  readonly channels: Channels

  /** @throws METASTORE_URL_INVALID */
  constructor(url: string, logger: Logger, limits: SilenceLimits = silenceLimits) {
    this.#limits = limits
    const address = storeAddress(url)
    this.schema = address.schema
    this.isPooled = address.isPooled
    this.channels = channelsOf(address.schema)
    this.#transactions = new Transactions(this, limits.beginMs)
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
   * @throws METASTORE_UNREACHABLE
   */
  async transaction<T>(
    work: (client: PoolClient) => Promise<T>,
    { patienceMs = writePatienceMs, ...options }: PatienceOptions & TransactionWork<T> = {},
  ): Promise<T> {
    return patiently(patienceMs, () => this.#transactions.once(work, options))
  }

  /** Tells everybody who listens, once the transaction is committed. */
  notify(client: PoolClient, ...changes: readonly StoreChange[]): Promise<void> {
    return tell(client, this.channels, changes)
  }

  /** Calls back on every notification until the signal aborts; what is told while the connection is down is lost. */
  listen(onChange: (change: StoreChange) => void, signal: AbortSignal, about: keyof Channels): Promise<void> {
    const { askEveryMs, answerMs } = this.#limits
    const settle = (client: pg.ClientBase) => this.#settle(client)
    const listening = { config: this.#config, settle, channel: this.channels[about], askEveryMs, answerMs }
    return listen(listening, onChange, signal)
  }
}

const sessionSettings = (schema: string): readonly (readonly [name: string, value: string])[] => [
  ['search_path', pg.escapeIdentifier(schema)],
  ['idle_in_transaction_session_timeout', String(silentTransactionMs)],
]

/** As the server reads them, which takes options apart at blanks. */
const asOptions = (settings: ReturnType<typeof sessionSettings>) =>
  settings.map(([name, value]) => `-c ${name}=${value.replace(/[\s\\]/g, '\\$&')}`).join(' ')
