import type { MillraceError } from '../../../base/index.js'
import { warehouseErrors } from '../../errors.js'
import { connectError, failureOf } from '../errors.js'

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const status = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** What passes by itself. A table, or a stream of it, may be unknown for a moment after it was made. */
const passing: ReadonlySet<number> = new Set([
  ...[status.cancelled, status.deadlineExceeded, status.notFound, status.resourceExhausted],
  ...[status.aborted, status.internal, status.unavailable],
])

/** A call that was refused, that nobody answered, or whose connection broke. */
export class CallFailed extends Error {
  /** Of gRPC; undefined where the call never came so far. */
  readonly code: number | undefined

  constructor(thrown: unknown) {
    const { code, details, message } = thrown as { code?: unknown; details?: unknown; message?: string }
    super(typeof details === 'string' && details !== '' ? details : (message ?? String(thrown)), { cause: thrown })
    this.code = typeof code === 'number' ? code : undefined
  }

  get isPassing(): boolean {
    return this.code !== undefined && passing.has(this.code)
  }
}

export interface WritePlace {
  /** The server. */
  readonly place: string
  /** `raw.orders` */
  readonly table: string
}

/** A load that did not come through, with what is to be done about it. */
export function writeError(failure: CallFailed, { place, table }: WritePlace): MillraceError {
  const { code, message, cause } = failure
  const data = { table, status: code }
  switch (code) {
    case status.resourceExhausted:
      return warehouseErrors.create('WAREHOUSE_QUOTA', {
        message: `The Storage Write API at ${place} takes no more rows for ${table}: ${message}`,
        hint: 'Sync fewer streams at once (a `pool`), ask Google for more of the quota (https://cloud.google.com/bigquery/quotas#write-api-limits), or load by load jobs: `loading_method: load_job`.',
        cause,
        data,
      })
    case status.permissionDenied:
      return warehouseErrors.create('WAREHOUSE_REFUSED', {
        message: `The Storage Write API at ${place} does not let this login write into ${table}: ${message}`,
        hint: 'The login needs BigQuery Data Editor on the dataset (bigquery.tables.updateData), and the BigQuery Storage API has to be enabled in the project.',
        cause,
        data,
      })
    case undefined:
      return connectError(failureOf(cause), place)
    case status.unauthenticated:
      return warehouseErrors.create('WAREHOUSE_REFUSED', {
        message: `The Storage Write API at ${place} refused the login: ${message}`,
        hint: 'Check method, keyfile, keyfile_json, token and impersonate_service_account of the target in profiles.yml: a token may have run out.',
        cause,
        data,
      })
    default:
      return failure.isPassing
        ? warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', {
            message: `The Storage Write API at ${place} failed for a reason that passes, while rows went into ${table}: ${message}`,
            hint: 'Nothing of this load is there: run again. Check the network, and `storage_api_endpoint` of the target in profiles.yml, if it has one.',
            cause,
            data,
          })
        : warehouseErrors.create('WAREHOUSE_ROWS_REFUSED', {
            message: `The Storage Write API at ${place} refused rows for ${table}: ${message}`,
            hint: 'Nothing of this load is there. If it goes on, load by load jobs: `loading_method: load_job` in `destination.config` of the connection.',
            cause,
            data,
          })
  }
}

/** One row is wrong. @param row of those that are loaded, from 1 */
export function rowError({ row, message, columns, more }: RefusedRow, { place, table }: WritePlace): MillraceError {
  const field = fieldIn(message, columns)
  const others = more === 0 ? '' : ` ${more} more of the same request were refused.`
  return warehouseErrors.create('WAREHOUSE_ROWS_REFUSED', {
    message: `The Storage Write API at ${place} refused row ${row} for ${table}${field === undefined ? '' : `, because of its field \`${field}\``}: ${message}${others}`,
    hint: 'Nothing of this load is there. Leave the field out (`fields` of the stream), hash or filter it by a mapper, or see whether load jobs take it: `loading_method: load_job`.',
    data: { table, row, ...(field === undefined ? {} : { field }) },
  })
}

export interface RefusedRow {
  readonly row: number
  readonly message: string
  readonly columns: readonly string[]
  /** How many others were refused with it. */
  readonly more: number
}

/** The column that a message names as a word of its own; the longest, where several do. */
function fieldIn(message: string, columns: readonly string[]): string | undefined {
  const words = new Set(message.toLowerCase().match(/[\p{L}\p{N}_]+/gu))
  const named = columns.filter((name) =>
    /^[\p{L}\p{N}_]+$/u.test(name) ? words.has(name.toLowerCase()) : message.includes(name),
  )
  return named.sort((a, b) => b.length - a.length)[0]
}
