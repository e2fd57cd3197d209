import type { MillraceError } from '../../base/index.js'
import { shownSql, warehouseErrors } from '../errors.js'
import type { ErrorResource } from './rest.js'

/** https://cloud.google.com/bigquery/docs/error-messages: those that pass by themselves. */
const passingReasons = new Set([
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'rateLimitExceeded',
  'tableUnavailable',
])
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const conflictWords = /could not serialize access|concurrent (?:update|transaction)|aborted due to concurrent/i
const signInWords =
  /default credentials|invalid_grant|invalid_client|unable to detect a project|invalid_rapt|PEM|DECODER|private[_ ]key|client_email|ENOENT|EACCES|is not a valid configuration file|No refresh token/i

/** What is thrown by the driver, and what stands in the status of a job. */
export interface BigQueryFailure extends ErrorResource {
  /** HTTP's. */
  readonly status?: number | undefined
  readonly networkCode?: string | undefined
  readonly cause?: unknown
}

/** A request that was refused, or that nobody answered: without what was sent, which has the login in it. */
export class RequestFailed extends Error {
  /** HTTP's status, or the network's own word: `ECONNREFUSED`. */
  readonly code: number | string | undefined
  readonly errors: readonly ErrorResource[]

  constructor(thrown: unknown) {
    const { message, code, response } = thrown as {
      message?: string
      code?: number | string
      response?: {
        readonly status: number
        readonly data?: { readonly error?: { readonly errors?: unknown } } | string
      }
    }
    super(message ?? String(thrown))
    const { errors } = (typeof response?.data === 'object' && response.data?.error) || {}
    this.code = response?.status ?? code
    this.errors = Array.isArray(errors) ? errors : []
  }
}

export function failureOf(thrown: unknown): BigQueryFailure {
  const { code, errors, message } = thrown as {
    code?: unknown
    errors?: readonly ErrorResource[]
    message?: string
  }
  const [first] = errors ?? []
  return {
    reason: first?.reason ?? '',
    message: first?.message ?? message ?? String(thrown),
    status: typeof code === 'number' ? code : undefined,
    networkCode: typeof code === 'string' ? code : undefined,
    cause: thrown,
  }
}

export const isPassing = ({ reason = '', status = 0 }: BigQueryFailure): boolean =>
  passingReasons.has(reason) || status === 429 || status >= 500

export const isNetwork = ({ networkCode }: BigQueryFailure): boolean =>
  networkCode !== undefined && networkCodes.has(networkCode)

/** Before any job was made: nobody answers, or who answers knows nobody of this name. */
export function connectError(failure: BigQueryFailure, place: string): MillraceError {
  const { message = '', reason, status, cause } = failure
  if (isNetwork(failure) || isPassing(failure))
    return warehouseErrors.create('WAREHOUSE_UNREACHABLE', {
      message: `BigQuery at ${place} does not answer: ${message}`,
      hint: 'Check the network, HTTPS_PROXY, and api_endpoint of the target in profiles.yml, if it has one.',
      cause,
    })
  return warehouseErrors.create('WAREHOUSE_REFUSED', {
    message: `BigQuery at ${place} refused the login: ${message}`,
    hint: hintOfRefusal(failure),
    cause,
    data: { reason, status },
  })
}

function hintOfRefusal({ message = '', status }: BigQueryFailure): string {
  if (/default credentials/i.test(message))
    return 'Run `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, or use `method: service-account` with a keyfile.'
  if (/ENOENT|EACCES/.test(message)) return 'Check `keyfile` of the target in profiles.yml.'
  if (status === 403)
    return 'The login needs the roles BigQuery Job User on the project that runs the jobs, and BigQuery Data Editor on the data.'
  return 'Check method, project, keyfile, keyfile_json, token and impersonate_service_account of the target in profiles.yml.'
}

export const isAboutLogin = ({ message = '', status }: BigQueryFailure): boolean =>
  status === 401 || signInWords.test(message) || (status === 403 && /bigquery\.jobs\.create/.test(message))

const hints: Readonly<Record<string, string>> = {
  accessDenied: 'Give the login a role on this dataset or table, such as BigQuery Data Editor.',
  bytesBilledLimitExceeded:
    'It would read more than maximum_bytes_billed of the target in profiles.yml allows. Filter by the partition, or raise the limit.',
  quotaExceeded: 'A quota of the project is used up: https://cloud.google.com/bigquery/quotas',
  responseTooLarge: 'Write the result into a table.',
  resourcesExceeded: 'The query needs more memory than it is given: sort and group less at once.',
  stopped: 'Somebody cancelled the job, or it took longer than job_execution_timeout_seconds of the target.',
  timeout: 'It took longer than job_execution_timeout_seconds of the target in profiles.yml.',
}

/** A failed statement: why, the place in the SQL where BigQuery points, and the job, which the console finds again. */
export function queryError(
  failure: BigQueryFailure,
  { sql, place, jobId }: { readonly sql: string; readonly place: string; readonly jobId?: string | undefined },
): MillraceError {
  const { message = '', reason = '', cause } = failure
  if (isNetwork(failure) || isPassing(failure))
    return warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', {
      message: `BigQuery at ${place} failed for a reason that passes: ${message}`,
      hint: 'Run again. How often it is tried by itself say job_retries and job_retry_deadline_seconds of the target.',
      cause,
      data: { sql: shownSql(sql), reason, jobId },
    })
  if (isAboutLogin(failure)) return connectError(failure, place)
  const data = { sql: shownSql(sql), reason, jobId, status: failure.status, dbtType: 'Database', ...placeOf(message) }
  if (conflictWords.test(message))
    return warehouseErrors.create('WAREHOUSE_CONFLICT', {
      message,
      hint: 'Another job changed the same table at this moment: run again.',
      cause,
      data,
    })
  return warehouseErrors.create('WAREHOUSE_SQL', { message, hint: hints[reason], cause, data })
}

/** `Syntax error: Unexpected identifier "selec" at [1:7]` */
function placeOf(message: string): { line?: number; column?: number } {
  const [, line, column] = /\bat \[(\d+):(\d+)\]/.exec(message) ?? []
  return line === undefined ? {} : { line: Number(line), column: Number(column) }
}
