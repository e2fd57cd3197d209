import { shownSql, warehouseErrors } from '../errors.js'

/** What the server says of an error: https://www.postgresql.org/docs/current/protocol-error-fields.html */
interface ServerError extends Error {
  readonly code?: string
  readonly detail?: string
  readonly hint?: string
  readonly where?: string
  readonly position?: string
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: shutdown, crash, not ready yet. */
const lostStates = new Set(['57P01', '57P02', '57P03', '57P05'])
const refusedStates = new Set(['28000', '28P01', '3D000', '42501', '42704', '22023'])
const conflictStates = new Set(['40001', '40P01'])
const fullStates = new Set(['53100', '58030'])
const networkCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'])
const lostWords = /connection terminated|connection error|not queryable|client was closed/i

export const sqlStateOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? '')
const messageOf = (error: unknown): string =>
  error instanceof AggregateError && error.message === ''
    ? error.errors.map((one: unknown) => messageOf(one)).join('; ')
    : error instanceof Error
      ? error.message
      : String(error)

function isLost(error: unknown): boolean {
  const code = sqlStateOf(error)
  return code.startsWith('08') || lostStates.has(code) || networkCodes.has(code) || lostWords.test(messageOf(error))
}

/** A server that cannot be reached, or that refuses, in words that say what to do. */
export function connectError(cause: unknown, place: string) {
  const code = sqlStateOf(cause)
  if (refusedStates.has(code))
    return warehouseErrors.create('WAREHOUSE_REFUSED', {
      message: `PostgreSQL at ${place} refused the connection: ${messageOf(cause)}`,
      hint: 'Check user, password, dbname, role and the other settings of the target in profiles.yml.',
      cause,
      data: { sqlState: code },
    })
  return warehouseErrors.create('WAREHOUSE_UNREACHABLE', {
    message: `PostgreSQL at ${place} does not answer: ${messageOf(cause)}`,
    hint: 'Check that the server runs, and host, port and sslmode of the target in profiles.yml.',
    cause,
    data: { sqlState: code },
  })
}

/** A failed statement: what the server says, with its detail and hint, and the place in the SQL where it points. */
export function queryError(thrown: unknown, sql: string, place: string) {
  const cause = thrown as ServerError
  if (isLost(cause))
    return warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', {
      message: `The connection to PostgreSQL at ${place} was lost: ${messageOf(cause)}`,
      hint: 'What the transaction wrote is rolled back. Run again when the server is back.',
      cause,
      data: { sql: shownSql(sql) },
    })
  const code = sqlStateOf(cause)
  const message = [
    messageOf(cause),
    ...(cause.detail ? [`DETAIL:  ${cause.detail}`] : []),
    ...(cause.hint ? [`HINT:  ${cause.hint}`] : []),
    ...(cause.where ? [`CONTEXT:  ${cause.where}`] : []),
  ].join('\n')
  const data = { sql: shownSql(sql), sqlState: code, ...placeIn(sql, Number(cause.position)) }
  if (conflictStates.has(code) || isNameConflict(code, message, sql))
    return warehouseErrors.create('WAREHOUSE_CONFLICT', {
      message,
      hint: 'Another session wrote the same at this moment: run again. If it says so again, it is there already, and the statement needs `if not exists` or another name.',
      cause,
      data: { ...data, dbtType: 'Database' },
    })
  if (fullStates.has(code))
    return warehouseErrors.create('WAREHOUSE_DISK_FULL', {
      message,
      hint: 'Free some space on the disk of the server, and run again. Nothing was committed.',
      cause,
      data,
    })
  return warehouseErrors.create('WAREHOUSE_SQL', { message, cause, data })
}

/**
 * Two sessions that make, replace or rename one relation at the same moment meet in the catalogue: one of them is told
 * of a duplicate, or of a name that is there no longer.
 */
const isNameConflict = (code: string, message: string, sql: string): boolean =>
  (code === '23505' && /"pg_(?:namespace|class|type)_/.test(message)) ||
  (code === 'XX000' && /tuple concurrently/.test(message)) ||
  (['42P01', '42P07', '42704'].includes(code) && /^(?:\s|\/\*[\s\S]*?\*\/)*alter\s[^;]*\srename\s+to\s/i.test(sql)) ||
  // Each table has a type of its name.
  ((code === '42P07' || (code === '42710' && /^type /.test(message))) && /^(?:\s|\/\*[\s\S]*?\*\/)*create\s/i.test(sql))

/** Line and column of a position, which counts characters from 1. */
function placeIn(sql: string, position: number): { line?: number; column?: number } {
  if (!Number.isInteger(position) || position < 1) return {}
  const before = [...sql].slice(0, position - 1).join('')
  return { line: before.split('\n').length, column: position - 1 - [...before].lastIndexOf('\n') }
}
