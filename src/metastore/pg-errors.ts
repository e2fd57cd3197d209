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

/** What a server that answers cannot do now, and what helps. */
const shortages: Readonly<Record<string, { readonly what: string; readonly hint: string }>> = {
  '53100': {
    what: 'has no room on its disk',
    hint: "Free room on the disk of the PostgreSQL's data folder, or give it a larger one. What was asked last was undone.",
  },
  '53200': {
    what: 'is out of memory',
    hint: 'Give the PostgreSQL more memory, or less to do (work_mem, max_connections). What was asked last was undone.',
  },
  '53300': {
    what: 'takes no more connections',
    hint: 'Raise max_connections of the PostgreSQL (or the limit of its user or database), end processes that use it, or put a pooler before it (`pooler=session`). Each process of Millrace holds up to eight connections.',
  },
  '55P03': {
    what: 'waited in vain for a lock',
    hint: 'Another session holds it, or lock_timeout is too short: pg_stat_activity says who has been in a transaction for long. Let it end, and try again.',
  },
  '57014': {
    what: 'broke off a statement',
    hint: 'Somebody cancelled it, or it took longer than statement_timeout: raise that for the user or database of DATABASE_URL (alter role … set statement_timeout), and try again.',
  },
}

export const shortageOf = (error: unknown) => shortages[stateOf(error)]
