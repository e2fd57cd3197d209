import type { Client } from 'pg'
import { connectPostgres, endPostgresSession } from '../../../warehouse/index.js'
import type { ConnectorContext } from '../connector.js'
import { connectOptions, type PostgresConfig, readConfig } from './config.js'
import { sourceError } from './source-error.js'

/** Values print alike on every server. */
const settings =
  "set timezone = 'UTC'; set datestyle = iso; set intervalstyle = iso_8601; set extra_float_digits = 1; set bytea_output = hex; set lc_monetary = 'C'"

interface SessionOptions {
  /** What it begins with; nothing where each statement is for itself. */
  readonly begin?: string
  /** It may read replication slots. */
  readonly isReplication?: boolean
}

/** A session whose values print alike on every server. Whoever opens it ends it. */
export class SourceSession {
  readonly client: Client
  readonly config: PostgresConfig
  readonly #signal: AbortSignal | undefined

  private constructor(client: Client, config: PostgresConfig, signal: AbortSignal | undefined) {
    this.client = client
    this.config = config
    this.#signal = signal
    signal?.addEventListener('abort', this.#break, { once: true })
  }

  /** @throws SOURCE_UNREACHABLE, SOURCE_REFUSED, CONNECTION_INVALID, ABORTED */
  static async open(
    { config: given, file, signal }: ConnectorContext,
    { begin, isReplication }: SessionOptions = {},
  ): Promise<SourceSession> {
    const config = readConfig(given, file)
    let client: Client | undefined
    try {
      client = await connectPostgres({ ...connectOptions(config), isReplication }, signal)
      await client.query(settings)
      if (begin !== undefined) await client.query(begin)
      return new SourceSession(client, config, signal)
    } catch (error) {
      await client?.end().catch(() => {})
      throw sourceError(error, config)
    }
  }

  /** A cancelled read does not wait for the server's next row; the server, which only hears of it when it sends one, is told. */
  readonly #break = () => {
    const { connection, processID } = this.client as unknown as {
      connection: { stream: { destroy(): void } }
      processID: number
    }
    connection.stream.destroy()
    void endPostgresSession(connectOptions(this.config), processID).catch(() => {})
  }

  async end(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#break)
    await this.client.end().catch(() => {})
  }
}

/** A session that reads one snapshot of the database and cannot write. */
export const openSnapshot = (context: ConnectorContext): Promise<SourceSession> =>
  SourceSession.open(context, { begin: 'begin transaction isolation level repeatable read read only' })

export async function withSnapshot<T>(
  context: ConnectorContext,
  use: (snapshot: SourceSession) => Promise<T>,
): Promise<T> {
  const snapshot = await openSnapshot(context)
  try {
    return await use(snapshot)
  } catch (error) {
    throw sourceError(error, snapshot.config)
  } finally {
    await snapshot.end()
  }
}
