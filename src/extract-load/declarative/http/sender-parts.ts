import type { Authenticator, ErrorHandler, SourceServices } from '../component-contract.js'
import type { ApiBudget } from './budget.js'
import type { ResponseCache } from './response-cache.js'

/** What a request passes on its way. */
export interface SenderParts {
  /** Of the stream, or of what it is asked for. */
  readonly name: string
  readonly services: SourceServices
  readonly errorHandler: ErrorHandler
  readonly authenticator: Authenticator
  readonly budget: ApiBudget
  readonly cache: ResponseCache | undefined
  readonly isStreamed: boolean
  readonly isAuxiliary: boolean
  /** The stream with which they are shown, where that is another one. */
  readonly readFor?: string | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly readTimeoutMs?: number | undefined
}
