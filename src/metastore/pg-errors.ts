/** https://www.postgresql.org/docs/current/errcodes-appendix.html: shutdown, crash, not ready yet, too many connections, silent for too long, read only: another server is the primary by now. */
const lostStates = new Set(['57P01', '57P02', '57P03', '53300', '25P03', '25006'])
/** Two transactions in each other's way: one of them has to do it again. */
const conflictStates = new Set(['40001', '40P01'])
const lostNetwork = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
])
/** The driver's own words have no code. */
const lostWords =
  /connection terminated|connection error|client has encountered a connection error|timeout exceeded when trying to connect|connection timeout|query read timeout/i

const stateOf = (error: unknown) => String((error as { code?: unknown }).code ?? '')

/** Whether the server went away, or does not answer yet. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = stateOf(error)
  return code.startsWith('08') || lostStates.has(code) || lostNetwork.has(code) || lostWords.test(error.message)
}

/** On a connection that is still good. */
export const isConflict = (error: unknown): boolean => conflictStates.has(stateOf(error))

export const isWorthAnotherTry = (error: unknown): boolean => isConnectionLost(error) || isConflict(error)

/** What a statement met in the tables: data (22…), constraints (23…), objects (42…), others that depend on them (2B…, and 0A… of a view's columns). */
const schemaFaults = /^(0A|22|23|2B|42)/

export const isOfSchema = (error: unknown): boolean => schemaFaults.test(stateOf(error)) && !isRefused(error)

/** Login refused (28…), no such database (3D…), not allowed to create (42501). */
const refusals = /^(28|3D|42501)/

export const isRefused = (error: unknown): error is Error => error instanceof Error && refusals.test(stateOf(error))
