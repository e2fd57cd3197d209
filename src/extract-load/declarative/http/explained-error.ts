import { MillraceError } from '../../../base/index.js'
import { TransportError, type TransportProblem } from './transport-error.js'

/**
 * What Python's `requests` would call a failure of the network.
 * @param hasBegun the head of the response was there already
 */
export function explainedError(error: unknown, hasBegun: boolean): unknown {
  if (error instanceof TransportError) return error
  const refusal = causesOf(error).find((one) => one instanceof MillraceError)
  if (refusal) return refusal
  const { code = '' } = error as NodeJS.ErrnoException
  return new TransportError(problemOf(code, error, hasBegun), textOf(error), { cause: error })
}

function problemOf(code: string, error: unknown, hasBegun: boolean): TransportProblem {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'ConnectTimeout'
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return 'ReadTimeout'
  if (code === 'UND_ERR_BODY_TIMEOUT') return hasBegun ? 'ConnectionError' : 'ReadTimeout'
  const codes = causesOf(error).map((one) => (one as NodeJS.ErrnoException).code ?? '')
  if (codes.some((one) => /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(one))) return 'SSLError'
  return hasBegun ? 'ChunkedEncodingError' : 'ConnectionError'
}

function causesOf(error: unknown): readonly unknown[] {
  const all: unknown[] = []
  for (let one = error; one !== undefined && one !== null && !all.includes(one); one = (one as Error).cause) {
    all.push(one)
    if (one instanceof AggregateError) all.push(...one.errors)
  }
  return all
}

/** An error of several addresses of one host says nothing itself. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map((one) => (one as Error).message).join('; ')
  return error instanceof Error ? error.message : String(error)
}
