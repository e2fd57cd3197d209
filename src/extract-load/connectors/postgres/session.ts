import type { Client } from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import { connectPostgres, endPostgresSession, type PostgresWarehouseOptions } from '../../../warehouse/index.js'
import { openTunnel, type SshTunnel, tunnelError } from '../../table-source/ssh-tunnel.js'
import { usingSession } from '../../table-source/using-session.js'
import type { ConnectorContext } from '../connector.js'
import { connectOptions, type PostgresConfig, readConfig } from './config.js'
import { sourceError } from './source-error.js'
import { originOf } from './streams.js'

/**
 * Values print alike on every server. Rows that a cursor finds all over a large table are looked up one by one only where the server has the memory to
 * note each of them; with the usual 4 MB it reads whole pages again (0.1 s become 2.5 s for 100 000 of 5 million). A database that takes any bytes as text
 * (SQL_ASCII) would refuse to send those that are no UTF-8: it is asked for them as they are.
 */
const settings =
  "select set_config('work_mem', '64MB', false) where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB'); select set_config('client_encoding', 'SQL_ASCII', false) where current_setting('server_encoding') = 'SQL_ASCII'; set timezone = 'UTC'; set datestyle = iso; set intervalstyle = iso_8601; set extra_float_digits = 1; set bytea_output = hex; set lc_monetary = 'C'"

interface SessionOptions {
  /** What it begins with; nothing where each statement is for itself. */
  readonly begin?: string
  /** It may read replication slots. */
  readonly isReplication?: boolean
}

/** How the server is reached. */
interface Way {
  readonly options: PostgresWarehouseOptions
  readonly tunnel: SshTunnel | undefined
}

async function wayTo(config: PostgresConfig): Promise<Way> {
  const options = connectOptions(config)
  const { tunnel_method: method } = config
  if (method.tunnel_method === 'NO_TUNNEL') return { options, tunnel: undefined }
  const tunnel = await openTunnel(method, config)
  return { options: { ...options, host: '127.0.0.1', port: tunnel.port, serverName: config.host }, tunnel }
}

interface SessionWay extends Way {
  readonly config: PostgresConfig
  readonly signal: AbortSignal | undefined
  /** The tunnel is closed with it. */
  readonly ownsTunnel: boolean
}

/** A session whose values print alike on every server. Whoever opens it ends it. */
export class SourceSession {
  readonly client: Client
  readonly config: PostgresConfig
  readonly #way: SessionWay

  private constructor(client: Client, way: SessionWay) {
    this.client = client
    this.config = way.config
    this.#way = way
    way.signal?.addEventListener('abort', this.#break, { once: true })
  }

  /** @throws SOURCE_UNREACHABLE, SOURCE_REFUSED, CONNECTION_INVALID, ABORTED */
  static async open(
    { config: given, file, signal }: ConnectorContext,
    options: SessionOptions = {},
  ): Promise<SourceSession> {
    const config = readConfig(given, file)
    const way = await wayTo(config)
    return SourceSession.#connect({ ...way, config, signal, ownsTunnel: true }, options)
  }

  static async #connect(way: SessionWay, { begin, isReplication }: SessionOptions): Promise<SourceSession> {
    const { config, signal, options, tunnel, ownsTunnel } = way
    let session: SourceSession | undefined
    try {
      const client = await connectPostgres({ ...options, isReplication }, signal)
      // From here on an abort is heard.
      session = new SourceSession(client, way)
      await client.query(settings)
      if (begin !== undefined) await client.query(begin)
      return session
    } catch (error) {
      const told = tunnelError(tunnel, config.tunnel_method) ?? sourceError(error, config)
      if (session) await session.end()
      else if (ownsTunnel) await tunnel?.close()
      throw told
    }
  }

  /** @returns the name of its snapshot for `another` @throws what the server says */
  async exportSnapshot(): Promise<string> {
    try {
      const { rows } = await this.client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot')
      return rows[0]?.snapshot ?? ''
    } catch (error) {
      throw sourceError(error, this.config)
    }
  }

  /** One more session with the snapshot that this one exported. It must be ended before this one. @throws as `open` */
  another(snapshot: string): Promise<SourceSession> {
    const begin = `${beginSnapshot}; set transaction snapshot ${quoteLiteral(snapshot)}`
    return SourceSession.#connect({ ...this.#way, ownsTunnel: false }, { begin })
  }

  /** A cancelled read does not wait for the server's next row; the server, which only hears of it when it sends one, is told. */
  readonly #break = () => {
    const { connection, processID } = this.client as unknown as {
      connection: { stream: { destroy(): void } }
      processID: number
    }
    connection.stream.destroy()
    this.#ending = endPostgresSession(this.#way.options, processID).catch(() => {})
  }
  #ending: Promise<void> | undefined

  async end(): Promise<void> {
    const { signal, tunnel, ownsTunnel } = this.#way
    signal?.removeEventListener('abort', this.#break)
    await this.client.end().catch(() => {})
    // Through the same tunnel.
    if (tunnel) await this.#ending
    if (ownsTunnel) await tunnel?.close()
  }
}

const beginSnapshot = 'begin transaction isolation level repeatable read read only'
const undefinedTable = '42P01'

/** A session that reads one snapshot of the database and cannot write. */
export const openSnapshot = (context: ConnectorContext): Promise<SourceSession> =>
  SourceSession.open(context, { begin: beginSnapshot })

/**
 * The same with the table of a stream, which nobody alters or truncates meanwhile. Locked before the snapshot is taken: to an older one a table that was
 * written anew is empty. One that does not exist is not locked; who reads it says so.
 */
export async function openLockedSnapshot(context: ConnectorContext, stream: string): Promise<SourceSession> {
  const session = await openSnapshot(context)
  const { namespace, name } = originOf(session.config, stream) ?? {}
  if (namespace === undefined || name === undefined) return session
  try {
    await session.client.query(`lock table ${quoteIdentifier(namespace)}.${quoteIdentifier(name)} in access share mode`)
    return session
  } catch (error) {
    if ((error as { code?: unknown }).code === undefinedTable) {
      await session.client.query(`rollback; ${beginSnapshot}`)
      return session
    }
    await session.end()
    throw sourceError(error, session.config)
  }
}

export const withSnapshot = async <T>(
  context: ConnectorContext,
  use: (snapshot: SourceSession) => Promise<T>,
): Promise<T> => usingSession(await openSnapshot(context), use, sourceError)
