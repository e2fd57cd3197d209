import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg, { type ClientConfig } from 'pg'
import { baseErrors, throwIfAborted } from '../../base/index.js'
import { connectError, sqlStateOf } from './errors.js'

/** libpq's words: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
export interface PostgresSsl {
  readonly mode?: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full' | undefined
  /** Files. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly rootCertificate?: string | undefined
}

export interface PostgresWarehouseOptions {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  /** What is left out is libpq's own: PGUSER, PGPASSWORD, ~/.pgpass. */
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly connectTimeoutMs?: number | undefined
  /** How often a connection is tried again when the server does not answer. */
  readonly retries?: number | undefined
  readonly keepAliveIdleMs?: number | undefined
  readonly searchPath?: string | undefined
  readonly role?: string | undefined
  readonly applicationName?: string | undefined
  readonly ssl?: PostgresSsl | undefined
  /** The name in the server's certificate, where `host` is another one: the near end of a tunnel. */
  readonly serverName?: string | undefined
  /** Besides SQL the session takes the commands of the replication protocol. */
  readonly isReplication?: boolean | undefined
}

const retryDelayMs = 1000

export const placeOf = ({ host, port }: PostgresWarehouseOptions) =>
  host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`

/** Opens a session as the options say. @throws WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED */
export async function connect(options: PostgresWarehouseOptions, signal?: AbortSignal): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal)
    try {
      return await connectOnce(options, signal)
    } catch (cause) {
      if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'Connecting was cancelled.', cause })
      const error = connectError(cause, placeOf(options))
      if (!error.retryable || attempt >= (options.retries ?? 1)) throw error
      // Who is cancelled meanwhile is told so at once, above.
      await sleep(retryDelayMs, undefined, { signal }).catch(() => {})
    }
  }
}

async function connectOnce(options: PostgresWarehouseOptions, signal?: AbortSignal): Promise<pg.Client> {
  const [first = false, second] = encryptions(options)
  try {
    return await open(options, first, signal)
  } catch (error) {
    // The server may speak only the other way; a wrong password is wrong on both.
    if (second === undefined || signal?.aborted || !isAboutEncryption(error)) throw error
    return open(options, second, signal)
  }
}

const isAboutEncryption = (error: unknown) =>
  /SSL|TLS|encryption/i.test(String((error as Error | null)?.message)) || sqlStateOf(error) === '28000'

type Encryption = NonNullable<ClientConfig['ssl']> | false

/** Ways to connect in the order in which they are tried. */
function encryptions({ host, serverName, ssl = {} }: PostgresWarehouseOptions): Encryption[] {
  const { mode = 'prefer', certificate, key, rootCertificate } = ssl
  if (host.startsWith('/')) return [false]
  const files = () => ({
    ...(serverName === undefined || isIP(serverName) ? {} : { servername: serverName }),
    ...(certificate === undefined ? {} : { cert: readFileSync(certificate, 'utf8') }),
    ...(key === undefined ? {} : { key: readFileSync(key, 'utf8') }),
    ...(rootCertificate === undefined ? {} : { ca: readFileSync(rootCertificate, 'utf8') }),
  })
  const unchecked = () => ({ ...files(), rejectUnauthorized: false })
  const checked = () => ({ ...files(), rejectUnauthorized: true })
  switch (mode) {
    case 'disable':
      return [false]
    case 'allow':
      return [false, unchecked()]
    case 'prefer':
      return [unchecked(), false]
    case 'require':
      // As libpq has it: a root certificate that is given is used.
      return [rootCertificate === undefined ? unchecked() : { ...checked(), checkServerIdentity: () => undefined }]
    case 'verify-ca':
      return [{ ...checked(), checkServerIdentity: () => undefined }]
    case 'verify-full':
      return [checked()]
  }
}

const isoDates = 'set datestyle to iso'
const setRole = (role: string) => `set role ${pg.escapeIdentifier(role)}`

/** What a session says when it begins, to say it again when it forgot everything. */
export const initialSettings = ({ role }: PostgresWarehouseOptions): readonly string[] => [
  isoDates,
  ...(role ? [setRole(role)] : []),
]

async function open(options: PostgresWarehouseOptions, ssl: Encryption, signal?: AbortSignal): Promise<pg.Client> {
  const { searchPath, role } = options
  const client = new pg.Client({
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.user,
    password: options.password,
    ssl,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    keepAlive: true,
    ...(options.keepAliveIdleMs ? { keepAliveInitialDelayMillis: options.keepAliveIdleMs } : {}),
    application_name: options.applicationName ?? 'millrace',
    ...(options.isReplication ? { replication: 'database' } : {}),
    ...(searchPath === undefined ? {} : { options: `-c search_path=${searchPath.replace(/[\\\s]/g, '\\$&')}` }),
  })
  // A connection may break while nobody asks it anything; the next statement finds out.
  client.on('error', () => {})
  const parameters = new Map<string, string>()
  const wire = (client as unknown as { connection: NodeJS.EventEmitter & { stream: { destroy(): void } } }).connection
  wire.on('parameterStatus', ({ parameterName, parameterValue }: Record<string, string>) =>
    parameters.set(String(parameterName), String(parameterValue)),
  )
  const abandon = () => wire.stream.destroy()
  signal?.addEventListener('abort', abandon, { once: true })
  try {
    await client.connect()
    if (!parameters.get('DateStyle')?.startsWith('ISO')) await client.query(isoDates)
    if (role) await client.query(setRole(role))
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  } finally {
    signal?.removeEventListener('abort', abandon)
  }
}

/** Tells the server, by another session, to end what one of its sessions is doing, or that session. */
export async function stopBackend(
  options: PostgresWarehouseOptions,
  backendPid: number,
  what: 'query' | 'session',
): Promise<void> {
  const other = await connect({ ...options, retries: 0 })
  try {
    const stop = what === 'query' ? 'pg_cancel_backend' : 'pg_terminate_backend'
    await other.query(`select pg_catalog.${stop}($1)`, [backendPid])
  } finally {
    await other.end()
  }
}
