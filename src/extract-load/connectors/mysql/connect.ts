import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2'
import { baseErrors, throwIfAborted } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { MysqlConfig } from './config.js'
import { connectError } from './source-error.js'

/** How long a server may take to answer. */
const connectTimeoutMs = 10_000

/** Opens a session. Whoever opens it ends it. @throws SOURCE_UNREACHABLE, SOURCE_REFUSED, ABORTED */
export async function connectMysql(config: MysqlConfig, signal?: AbortSignal): Promise<Connection> {
  throwIfAborted(signal)
  try {
    return await connectEncrypted(config, signal)
  } catch (cause) {
    if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'Connecting was cancelled.', cause })
    throw connectError(cause, config)
  }
}

async function connectEncrypted(config: MysqlConfig, signal?: AbortSignal): Promise<Connection> {
  const [first, second] = encryptions(config)
  try {
    return await open(config, first, signal)
  } catch (error) {
    // The server may not speak TLS; a wrong password is wrong on both ways.
    if (second === undefined || signal?.aborted || !isAboutEncryption(error)) throw error
    return open(config, second, signal)
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

async function open(config: MysqlConfig, ssl: Encryption, signal?: AbortSignal): Promise<Connection> {
  const { default: mysql } = await import('mysql2')
  const options: ConnectionOptions = {
    ...(config.host.startsWith('/') ? { socketPath: config.host } : { host: config.host, port: config.port }),
    user: config.username,
    database: config.database,
    connectTimeout: connectTimeoutMs,
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
