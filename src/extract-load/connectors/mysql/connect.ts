import { readFileSync } from 'node:fs'
import { connect, isIP, type Socket as NetSocket } from 'node:net'
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2'
import { baseErrors, throwIfAborted } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { openTunnel, type SshTunnel, tunnelError } from '../../table-source/ssh-tunnel.js'
import type { MysqlConfig } from './config.js'
import { connectError } from './source-error.js'

/** How long a server may take to answer, and how long one behind a tunnel may, which has to be there first. */
const connectTimeoutMs = 10_000
const tunnelTimeoutMs = 20_000

/** How a server is reached. */
export interface ServerWay {
  readonly config: MysqlConfig
  /** Undefined: directly. Whoever made it closes it. */
  readonly tunnel: SshTunnel | undefined
}

export async function wayTo(config: MysqlConfig): Promise<ServerWay> {
  const { tunnel_method: method } = config
  return { config, tunnel: method.tunnel_method === 'NO_TUNNEL' ? undefined : await openTunnel(method, config) }
}

/** Opens a session. Whoever opens it ends it. @throws SOURCE_UNREACHABLE, SOURCE_REFUSED, ABORTED */
export async function connectMysql(way: ServerWay, signal?: AbortSignal): Promise<Connection> {
  throwIfAborted(signal)
  try {
    return await connectEncrypted(way, signal)
  } catch (cause) {
    if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'Connecting was cancelled.', cause })
    throw tunnelError(way.tunnel, way.config.tunnel_method) ?? connectError(cause, way.config)
  }
}

async function connectEncrypted(way: ServerWay, signal?: AbortSignal): Promise<Connection> {
  const [first, second] = encryptions(way.config)
  try {
    return await open(way, first, signal)
  } catch (error) {
    // The server may not speak TLS; a wrong password is wrong on both ways.
    if (second === undefined || signal?.aborted || !isAboutEncryption(error)) throw error
    return open(way, second, signal)
  }
}

const isAboutEncryption = (error: unknown) => /^HANDSHAKE_(NO_)?SSL_/.test(String((error as { code?: unknown }).code))

type Encryption = SslOptions | 'none'

/**
 * Ways to connect in the order in which they are tried:
 * https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode
 */
function encryptions({ host, ssl_mode: { mode, ...files } }: MysqlConfig): [Encryption, Encryption?] {
  // mysql2 takes a session over a socket for safe, as the server does.
  if (mode === 'disabled' || host.startsWith('/')) return ['none']
  const tls = (checks: Pick<SslOptions, 'rejectUnauthorized' | 'verifyIdentity'>): SslOptions => ({
    ...(files.ca_certificate === undefined ? {} : { ca: readFileSync(files.ca_certificate, 'utf8') }),
    ...(files.client_certificate === undefined ? {} : { cert: readFileSync(files.client_certificate, 'utf8') }),
    ...(files.client_key === undefined ? {} : { key: readFileSync(files.client_key, 'utf8') }),
    ...(files.client_key_password === undefined ? {} : { passphrase: files.client_key_password }),
    ...checks,
  })
  switch (mode) {
    case 'preferred':
      return [tls({ rejectUnauthorized: false }), 'none']
    case 'required':
      return [tls({ rejectUnauthorized: false })]
    case 'verify_ca':
      return [tls({ rejectUnauthorized: true, verifyIdentity: false })]
    case 'verify_identity':
      // mysql2 would hold the certificate to the name `localhost` instead.
      if (isIP(host)) throw addressRefused(host)
      return [tls({ rejectUnauthorized: true, verifyIdentity: true })]
  }
}

const addressRefused = (host: string) =>
  extractLoadErrors.create('SOURCE_REFUSED', {
    message: `\`ssl_mode: { mode: verify_identity }\` needs the name of the server, but \`host\` is the address ${host}.`,
    hint: 'Set `host` to the name that is in the certificate of the server, or `mode` to `verify_ca`.',
  })

async function open({ config, tunnel }: ServerWay, ssl: Encryption, signal?: AbortSignal): Promise<Connection> {
  const { default: mysql } = await import('mysql2')
  const options: ConnectionOptions = {
    // Behind a tunnel it still is `host` that a certificate is held to.
    ...(config.host.startsWith('/') ? { socketPath: config.host } : { host: config.host, port: config.port }),
    ...(tunnel === undefined ? {} : { stream: () => enter(tunnel) }),
    user: config.username,
    database: config.database,
    connectTimeout: tunnel === undefined ? connectTimeoutMs : tunnelTimeoutMs,
    // A server may not ask for files of this machine.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'millrace sync' },
    ...(config.password === undefined ? {} : { password: config.password }),
    ...(ssl === 'none' ? {} : { ssl }),
  }
  const connection = mysql.createConnection(options)
  const abandon = () => socketOf(connection).destroy()
  signal?.addEventListener('abort', abandon, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', () => resolve())
      connection.once('error', reject)
    })
    // A connection may break while nobody asks it anything; the next statement finds out.
    connection.on('error', () => {})
    return connection
  } catch (error) {
    connection.on('error', () => {})
    connection.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', abandon)
  }
}

function enter({ port }: SshTunnel): NetSocket {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  return socket
}

interface Socket extends NodeJS.EventEmitter {
  readonly destroyed: boolean
  pause(): void
  resume(): void
  destroy(): void
}

/** What a session reads from; with TLS it is another one than in the beginning. */
export const socketOf = (connection: Connection): Socket => (connection as unknown as { stream: Socket }).stream

/** Cells as text, in the order of the columns; a query of few rows. */
export function queryTexts(
  connection: Connection,
  sql: string,
  values: readonly string[] = [],
): Promise<(string | null)[][]> {
  return new Promise((resolve, reject) => {
    connection.query(
      { sql, values: [...values], rowsAsArray: true, typeCast: (field: { string(): string | null }) => field.string() },
      (error: unknown, rows: unknown) => (error ? reject(error) : resolve(rows as (string | null)[][])),
    )
  })
}
