import type { Connection } from 'mysql2'
import { usingSession } from '../../table-source/using-session.js'
import type { ConnectorContext } from '../connector.js'
import { type MysqlConfig, readConfig } from './config.js'
import { connectMysql, queryTexts, type ServerWay, socketOf, wayTo } from './connect.js'
import { sourceError } from './source-error.js'

/**
 * Values print alike on every server, and nothing that a server or account sets cuts rows off. Writing a row may take as long as the
 * warehouse needs for those before it, and a session may rest for as long; a server waits for a minute only, or what its settings say.
 */
const settings = [
  'names utf8mb4',
  "session time_zone = '+00:00', session sql_mode = '', session sql_select_limit = default, session net_write_timeout = 3600, session wait_timeout = 604800",
  'session transaction isolation level repeatable read',
]
/** What each of the two has for endless statements. */
const noTimeLimit = { mariadb: 'session max_statement_time = 0', mysql: 'session max_execution_time = 0' }

/** A session with the server. Whoever opens it ends it. */
export class SourceSession {
  readonly connection: Connection
  readonly config: MysqlConfig
  /** For another session with the same server, which must end before this one. */
  readonly way: ServerWay
  readonly #signal: AbortSignal | undefined
  #session: string | undefined
  #isMariaDb = false
  #killing: Promise<void> | undefined

  private constructor(connection: Connection, way: ServerWay, signal: AbortSignal | undefined) {
    this.connection = connection
    this.config = way.config
    this.way = way
    this.#signal = signal
    signal?.addEventListener('abort', this.#break, { once: true })
  }

  get isMariaDb(): boolean {
    return this.#isMariaDb
  }

  /** @throws SOURCE_UNREACHABLE, SOURCE_REFUSED, CONNECTION_INVALID, ABORTED */
  static async open({ config: given, file, signal }: ConnectorContext): Promise<SourceSession> {
    const config = readConfig(given, file)
    const way = await wayTo(config)
    let connection: Connection
    try {
      connection = await connectMysql(way, signal)
    } catch (error) {
      await way.tunnel?.close()
      throw error
    }
    const session = new SourceSession(connection, way, signal)
    try {
      await session.#prepare()
      return session
    } catch (error) {
      await session.end()
      throw sourceError(error, config)
    }
  }

  async #prepare(): Promise<void> {
    const { connection } = this
    const [[version, session] = []] = await queryTexts(connection, 'select version(), connection_id()')
    this.#session = session ?? undefined
    this.#isMariaDb = /mariadb/i.test(version ?? '')
    for (const setting of [...settings, noTimeLimit[this.#isMariaDb ? 'mariadb' : 'mysql']])
      await queryTexts(connection, `set ${setting}`)
  }

  /** From here on one moment is read, and nothing can be written. */
  async beginSnapshot(): Promise<void> {
    await queryTexts(this.connection, 'start transaction with consistent snapshot, read only')
  }

  /** A cancelled read does not wait for the server's next row; the server, which only hears of it when it sends one, is told. */
  readonly #break = () => {
    socketOf(this.connection).destroy()
    if (this.#session !== undefined) this.#killing = endSession(this.way, this.#session).catch(() => {})
  }

  async end(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#break)
    const { connection } = this
    // Without a goodbye the server counts an aborted client, and writes so in its log.
    if (!socketOf(connection).destroyed) await new Promise<void>((resolve) => connection.end(() => resolve()))
    connection.destroy()
    // The server is told by the same tunnel.
    if (this.way.tunnel) await this.#killing
    await this.way.tunnel?.close()
  }
}

/** Tells the server, by another session, to end one of its sessions with what that is doing. */
async function endSession(way: ServerWay, session: string): Promise<void> {
  const other = await connectMysql(way)
  try {
    await queryTexts(other, `kill ${session}`)
  } finally {
    other.destroy()
  }
}

/** A session that reads one snapshot of the database and cannot write. Whoever opens it ends it. */
export async function openSnapshot(context: ConnectorContext): Promise<SourceSession> {
  const session = await SourceSession.open(context)
  try {
    await session.beginSnapshot()
    return session
  } catch (error) {
    await session.end()
    throw sourceError(error, session.config)
  }
}

export const withSnapshot = async <T>(
  context: ConnectorContext,
  use: (snapshot: SourceSession) => Promise<T>,
): Promise<T> => usingSession(await openSnapshot(context), use, sourceError)
