import { metastoreErrors } from '../errors.js'

/** A program of PostgreSQL that did not do what it was started for. */
export interface FailedStart {
  readonly reason: string
  readonly lastWords: string
}

export const logFile = (dataDir: string): string => `${dataDir}.log`

export const lastLines = (output: string): string => output.trim().split('\n').slice(-5).join('\n')

/** A server that was killed a moment ago holds its lock file and its memory until the system has buried it. */
export const isHeldByDying = ({ lastWords }: FailedStart): boolean =>
  lastWords.includes('"postmaster.pid" already exists') || lastWords.includes('pre-existing shared memory block')

export const isOfOtherVersion = ({ lastWords }: FailedStart): boolean => lastWords.includes('incompatible with server')

export function startError(dataDir: string, failed: FailedStart) {
  if (isOfOtherVersion(failed))
    return metastoreErrors.create('METASTORE_OTHER_VERSION', {
      message: `The metadata store in ${dataDir} was made by a Millrace with another PostgreSQL.`,
      hint: `Use that version of Millrace, or move the folder away: the history of runs then starts anew; warehouse and project stay as they are. The server's log: ${logFile(dataDir)}.`,
    })
  return metastoreErrors.create('METASTORE_START_FAILED', {
    message: `The embedded PostgreSQL did not start (${failed.reason}). Its last words:\n${failed.lastWords}`,
    hint: `Its whole log: ${logFile(dataDir)}. Or use a PostgreSQL of your own: set DATABASE_URL.`,
  })
}
