import { MillraceError } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { type MysqlConfig, placeOf } from './config.js'

interface ServerError {
  readonly message?: string
  readonly code?: string
  /** https://mariadb.com/kb/en/mariadb-error-code-reference/ and https://dev.mysql.com/doc/mysql-errors/8.4/en/ */
  readonly errno?: number
}

/** Account, password, database or host are not what the server lets in. */
const refusals = new Set([1044, 1045, 1049, 1129, 1130, 1251, 1396, 1524, 1698, 1820, 1862, 3118, 3159, 4151])
/** The server shuts down, or somebody ended the session. */
const losses = new Set([1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 3169, 4031])
/** A snapshot was begun before a table got its columns. */
const changedMeanwhile = 1412
const networkCodes = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'])

const messageOf = (thrown: unknown): string =>
  thrown instanceof AggregateError && thrown.message === ''
    ? thrown.errors.map((one: unknown) => messageOf(one)).join('; ')
    : thrown instanceof Error
      ? thrown.message
      : String(thrown)

/** A server that cannot be reached, or that refuses, in words that say what to do. */
export function connectError(cause: unknown, config: MysqlConfig): MillraceError {
  if (cause instanceof MillraceError) return cause
  const { code = '', errno } = cause as ServerError
  const place = placeOf(config)
  if (code.startsWith('HANDSHAKE_') && code.includes('SSL'))
    return extractLoadErrors.create('SOURCE_REFUSED', {
      message: `No encrypted connection to the server at ${place}: ${messageOf(cause)}`,
      hint: 'Check `ssl_mode` of the source, and the certificates that it names.',
      cause,
    })
  if (code === 'ENOENT' && !config.host.startsWith('/'))
    return extractLoadErrors.create('SOURCE_REFUSED', {
      message: `A certificate of the source cannot be read: ${messageOf(cause)}`,
      hint: 'Check the paths below `ssl_mode`.',
      cause,
    })
  const [, plugin] = /unknown plugin (\w+)/.exec(messageOf(cause)) ?? []
  if (plugin !== undefined)
    return extractLoadErrors.create('SOURCE_REFUSED', {
      message: `The server at ${place} asks ${config.username} for the password by \`${plugin}\`, which is not known here.`,
      hint: 'Give the source a `username` whose password is checked by `caching_sha2_password` or `mysql_native_password`.',
      cause,
    })
  if (refusals.has(errno ?? 0) || code.startsWith('AUTH_'))
    return extractLoadErrors.create('SOURCE_REFUSED', {
      message: `The server at ${place} refused the connection: ${messageOf(cause)}`,
      hint: 'Check `username`, `password` and `database` of the source.',
      cause,
    })
  return extractLoadErrors.create('SOURCE_UNREACHABLE', {
    message: `The server at ${place} does not answer: ${messageOf(cause)}`,
    hint: 'Check that the server runs, and `host`, `port` and `ssl_mode` of the source.',
    cause,
  })
}

/** What went wrong with a session that was open, in words that lead to the connection's file. */
export function sourceError(cause: unknown, config: MysqlConfig): unknown {
  if (cause instanceof MillraceError) return cause
  const place = placeOf(config)
  const { code = '', errno } = cause as ServerError
  const message = messageOf(cause)
  if (losses.has(errno ?? 0) || networkCodes.has(code) || /closed state/.test(message))
    return extractLoadErrors.create('SOURCE_CONNECTION_LOST', {
      message: `The connection to the server at ${place} was lost: ${message}`,
      hint: 'Nothing of what was read is committed. Sync again when the server is back.',
      cause,
    })
  if (errno === changedMeanwhile)
    return extractLoadErrors.create('SOURCE_SCHEMA_CHANGED', {
      message: `Somebody changed a table at the moment in which it was to be read: ${message}`,
      hint: 'Nothing was committed. Sync again.',
      cause,
    })
  if (errno === undefined) return cause
  return extractLoadErrors.create('SOURCE_QUERY_FAILED', {
    message: `The server at ${place} says: ${message}`,
    hint: 'Nothing was committed. Mend the table or view in the source, or leave the stream out.',
    cause,
  })
}
