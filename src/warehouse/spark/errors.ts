import type { MillraceError } from '../../base/index.js'
import { shownSql, warehouseErrors } from '../errors.js'
import type { ThriftStatus } from './driver.js'

export const messageOf = (error: unknown): string =>
  error instanceof AggregateError && error.message === ''
    ? error.errors.map((one: unknown) => messageOf(one)).join('; ')
    : error instanceof Error || typeof (error as { message?: unknown } | null)?.message === 'string'
      ? (error as Error).message
      : String(error)

/** The socket, or the HTTP request, ended before its answer came. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone'
}

/** A call that the server answered with an error. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused'
  readonly sqlState: string | null
  constructor({ errorMessage, sqlState }: Pick<ThriftStatus, 'errorMessage' | 'sqlState'>) {
    super(errorMessage ?? 'the server says no more')
    this.sqlState = sqlState
  }
}

/** A cluster that is about to be there says so. */
export const isStarting = (error: unknown) => /pending|temporarily_unavailable/i.test(messageOf(error))

/** A server that cannot be reached, or that refuses, in words that say what to do. */
export function connectError(cause: unknown, place: string): MillraceError {
  const message = messageOf(cause)
  if (cause instanceof CallRefused || /authentication error|\b40[13]\b/i.test(message))
    return warehouseErrors.create('WAREHOUSE_REFUSED', {
      message: `Spark at ${place} refused the connection: ${firstLine(message)}`,
      hint: 'Check user, password, token, auth and server_side_parameters of the target in profiles.yml.',
      cause,
    })
  const isSilent = cause instanceof ConnectionGone
  return warehouseErrors.create('WAREHOUSE_UNREACHABLE', {
    message: `Spark at ${place} does not answer: ${firstLine(message)}`,
    hint: isSilent
      ? 'Something is there and does not speak as the target in profiles.yml says: check port, method, use_ssl, and auth, which is `hive.server2.authentication` of the server.'
      : 'Check that the Thrift server of Spark runs, and host, port, method and use_ssl of the target in profiles.yml.',
    cause,
  })
}

const firstLine = (text: string) => text.split('\n', 1)[0] as string

export const lostError = (cause: unknown, sql: string, place: string) =>
  warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', {
    message: `The connection to Spark at ${place} was lost: ${firstLine(messageOf(cause))}`,
    hint: 'What the statement wrote before may be there. Run again when the server is back.',
    cause,
    data: { sql: shownSql(sql) },
  })

/** What Spark says of two who write the same table, or the place of one. */
const conflictClasses = /^(?:CONCURRENT|DELTA_CONCURRENT|LOCATION_ALREADY_EXISTS|TABLE_OR_VIEW_ALREADY_EXISTS$)/
const fullDisk = /no space left on device|disk quota exceeded/i

/** A failed statement: Spark's own sentence, its error class, SQLSTATE, and the place in the SQL where it points. */
export function queryError(cause: unknown, sql: string, sqlState: string | null = null): MillraceError {
  const whole = messageOf(cause)
  const { message, errorClass, ...place } = readMessage(whole)
  const state = sqlState ?? /SQLSTATE: (\w{5})/.exec(whole)?.[1]
  const data = { sql: shownSql(sql), sqlState: state, errorClass, ...place }
  if (fullDisk.test(whole))
    return warehouseErrors.create('WAREHOUSE_DISK_FULL', {
      message,
      hint: 'Free some space where the cluster writes, and run again.',
      cause,
      data,
    })
  if (errorClass !== undefined && conflictClasses.test(errorClass) && !/^(?:TABLE|LOCATION)/.test(errorClass))
    return warehouseErrors.create('WAREHOUSE_CONFLICT', {
      message,
      hint: 'Another session wrote the same at this moment: run again.',
      cause,
      data: { ...data, dbtType: 'Runtime' },
    })
  return warehouseErrors.create('WAREHOUSE_SQL', { message, hint: hintOf(errorClass), cause, data })
}

/** What helps beyond Spark's own sentence. */
const hintOf = (errorClass: string | undefined): string | undefined =>
  errorClass === 'LOCATION_ALREADY_EXISTS'
    ? 'The folder of the table is not empty, though no table is there: a run that died left it. Delete the folder, and run again.'
    : undefined

/**
 * Spark sends `HiveSQLException: Error running query: [CLASS] org.apache…Exception: [CLASS] sentence. SQLSTATE: 42703; line 1 pos 7;`,
 * the plan, and the stack of the server.
 */
function readMessage(whole: string): { message: string; errorClass?: string; line?: number; column?: number } {
  const withoutStack = whole.split(/\n\s*at [\w.$]+\(|\n\tat /, 1)[0] as string
  const withoutNames = withoutStack
    .replace(/^(?:org\.apache\.hive\.service\.cli\.HiveSQLException: )?Error running query: (?:\[[\w.]+\] )?/, '')
    .replace(/^[\w.$]+(?:Exception|Error): \s*/, '')
  const errorClass = /^\s*\[([A-Z][\w.]*)\]/.exec(withoutNames)?.[1]
  const place = placeIn(withoutNames)
  // Behind the place comes the plan as the analyser has it, which says nothing to who wrote the SQL.
  const plan = /(SQLSTATE: \w{5}); line \d+ pos \d+;[\s\S]*$/
  const message = withoutNames
    .replace(plan, '$1')
    .replace(/\n+== SQL[\s\S]*$/, '')
    .trim()
  return { message, ...(errorClass === undefined ? {} : { errorClass }), ...place }
}

/** `line 2 pos 2` counts positions from 0, `== SQL (line 1, position 8) ==` from 1. */
function placeIn(text: string): { line?: number; column?: number } {
  const byPosition = /\(line (\d+), position (\d+)\)/.exec(text)
  if (byPosition) return { line: Number(byPosition[1]), column: Number(byPosition[2]) }
  const byPos = /\bline (\d+),? pos (\d+)/.exec(text)
  return byPos ? { line: Number(byPos[1]), column: Number(byPos[2]) + 1 } : {}
}
