import { MillraceError, redact, type SourceLocation } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import type { FailureType } from './component-contract.js'

type Code = Parameters<typeof extractLoadErrors.create>[0]

export interface FailureDetails {
  readonly message: string
  readonly hint?: string | undefined
  readonly failureType: FailureType
  /** Where in the manifest. */
  readonly at?: SourceLocation | undefined
  /** For whoever maintains the manifest: the request that failed and what it was answered. */
  readonly internalMessage?: string | undefined
  readonly cause?: unknown
}

/** An error of which Airbyte's protocol is told what kind of failure it is: who can do something about it. */
export function failure(code: Code, details: FailureDetails): MillraceError {
  const { failureType, internalMessage, ...rest } = details
  const data = { failureType, ...(internalMessage === undefined ? {} : { internalMessage: redact(internalMessage) }) }
  return extractLoadErrors.create(code, { ...rest, data })
}

/** The same failure, told with where it happened: who is to do what about it stays, unless a hint says it better. @param code of one that has none */
export function retold(error: unknown, message: string, code: Code, better?: string): MillraceError {
  const { failureType, internalMessage } = failureOf(error)
  if (!(error instanceof MillraceError))
    return failure(code, { message, hint: better, failureType, internalMessage, cause: error })
  const { hint, at, frame, data } = error
  const more = { message, hint: better ?? hint, at, frame, data: { ...data, failureType }, cause: error }
  return new MillraceError(error.code, { kind: error.kind, retryable: error.retryable, summary: '' }, more)
}

export interface Failure {
  readonly failureType: FailureType
  readonly message: string
  readonly internalMessage: string | undefined
}

/** What kind of failure an error is. One that nobody said it of is the program's or the manifest's. */
export function failureOf(error: unknown): Failure {
  const message = redact(error instanceof Error ? error.message : String(error))
  const data = (error instanceof MillraceError ? error.data : error) as Partial<Failure> | null | undefined
  const internalMessage = typeof data === 'object' ? data?.internalMessage : undefined
  if (typeof data === 'object' && data?.failureType) return { failureType: data.failureType, message, internalMessage }
  const isUser = error instanceof MillraceError && error.code === 'MANIFEST_CONFIG_INVALID'
  return { failureType: isUser ? 'config_error' : 'system_error', message, internalMessage }
}
