import { shownSql, warehouseErrors } from '../errors.js'

/** What the driver tells: Snowflake's code (six digits), the SQL state, the message. */
interface DriverError extends Error {
  readonly code?: unknown
  readonly sqlState?: string
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))
export const codeOf = (thrown: unknown) => {
  const code = (thrown as DriverError | null)?.code
  return code === undefined || code === null ? '' : String(code).padStart(6, '0')
}

/** The driver's own words for "no answer": https://docs.snowflake.com/en/developer-guide/node-js/nodejs-driver */
const networkCodes = new Set(['401001', '401002', '401003', '402001', '402002', '407001', '407002', '405503'])
const networkWords =
  /ECONNRE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|socket hang up|network error|could not reach|getaddrinfo/i
/** The session or its token is gone, and no longer renewed. */
const sessionCodes = new Set(['390111', '390112', '390114', '390195', '390104', '390103'])
const conflictCodes = new Set(['000625', '000626', '200001'])
const conflictWords =
  /lock(?:s)? (?:wait )?time-?out|has locked|deadlock|was aborted because the number of waiters|concurrent (?:update|transaction)/i
export const cancelledCode = '000604'

const isNetwork = (thrown: unknown) => networkCodes.has(codeOf(thrown)) || networkWords.test(messageOf(thrown))

export const unreachable = (cause: unknown, place: string, data: Record<string, unknown> = {}) =>
  warehouseErrors.create('WAREHOUSE_UNREACHABLE', {
    message: `Snowflake at ${place} does not answer: ${messageOf(cause)}`,
    hint: 'Check `account` (organization-account, without .snowflakecomputing.com), the network and a proxy, and host, port and protocol where they are set.',
    cause,
    data,
  })

/** An account that cannot be reached, or that refuses, in words that say what to do. */
export function connectError(cause: unknown, place: string) {
  const data = { snowflakeCode: codeOf(cause), sqlState: (cause as DriverError | null)?.sqlState }
  // A server that answers a login with an HTTP status of its own is none of Snowflake's: an account that does not exist.
  if (isNetwork(cause) && !/^39/.test(codeOf(cause))) return unreachable(cause, place, data)
  return warehouseErrors.create('WAREHOUSE_REFUSED', {
    message: `Snowflake at ${place} refused the login: ${messageOf(cause)}`,
    hint: 'Check user, password, key or token, authenticator, role and account of the target in profiles.yml.',
    cause,
    data,
  })
}

/** A failed statement: what the server says, with its code and the place in the SQL where it points. */
export function queryError(thrown: unknown, sql: string, place: string) {
  const cause = thrown as DriverError
  const code = codeOf(cause)
  const said = messageOf(cause)
  const data = { sql: shownSql(sql), snowflakeCode: code, sqlState: cause?.sqlState, ...placeIn(said) }
  if (isNetwork(cause) || sessionCodes.has(code))
    return warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', {
      message: `The connection to Snowflake at ${place} was lost: ${said}`,
      hint: 'What the transaction wrote is rolled back. Run again when the account answers.',
      cause,
      data,
    })
  const message =
    /^\d+$/.test(code) && !said.startsWith(code)
      ? `${code}${cause.sqlState ? ` (${cause.sqlState})` : ''}: ${said}`
      : said
  if (conflictCodes.has(code) || conflictWords.test(said))
    return warehouseErrors.create('WAREHOUSE_CONFLICT', {
      message,
      hint: 'Another session wrote the same table at this moment: run again.',
      cause,
      data: { ...data, dbtType: 'Database' },
    })
  return warehouseErrors.create('WAREHOUSE_SQL', { message, cause, data, ...hintOf(code) })
}

/** https://docs.snowflake.com/en/sql-reference: what the codes of frequent mistakes ask for. */
const hints: Readonly<Record<string, string>> = {
  '000606': 'No virtual warehouse runs the statement: name one as `warehouse` in profiles.yml, that the role may use.',
  '000666': 'The account may not run statements now; its administrator knows why.',
  '003001': 'The role lacks a privilege: grant it, or name another `role` in profiles.yml.',
}
const hintOf = (code: string) => (hints[code] === undefined ? {} : { hint: hints[code] })

/** `error line 2 at position 7`: lines from 1, positions from 0. */
function placeIn(message: string): { line?: number; column?: number } {
  const [, line, position] = /line (\d+) at position (\d+)/.exec(message) ?? []
  return line === undefined ? {} : { line: Number(line), column: Number(position) + 1 }
}
