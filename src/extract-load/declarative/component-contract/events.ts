import type { Clock } from '../../../base/index.js'
import type { FileKeeper } from '../../contract.js'
import type { FileReference } from './files.js'
import type { FailureType, HttpRequest, HttpTransport } from './http.js'
import type { LocateTemplate, Mapping, RecordData, StreamSlice } from './values.js'

/** What a source says, in the order in which it is to be acted upon. */
export type SourceEvent =
  | {
      readonly type: 'records'
      readonly stream: string
      readonly records: readonly RecordData[]
      /** Of each record, where the files of the stream are included. */
      readonly files?: readonly FileReference[] | undefined
    }
  | {
      readonly type: 'state'
      readonly stream: string
      readonly state: Mapping
      /** Since the last state of the stream. */
      readonly recordCount: number
    }
  | {
      readonly type: 'status'
      readonly stream: string
      readonly status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE'
      readonly rateLimited?: { readonly until?: Date | undefined } | undefined
    }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      /** The stream that it explains should no record of it come: otherwise it is not worth a word. */
      readonly ifEmpty?: string | undefined
    }
  /** The whole config as it is from now on; kept durably before anything else is done with it. */
  | { readonly type: 'control'; readonly config: Mapping }
  | {
      readonly type: 'error'
      /** Undefined: of the source as a whole. */
      readonly stream: string | undefined
      readonly failureType: FailureType
      readonly message: string
      /** For whoever maintains the manifest: the request that failed, what it was answered; no secrets. */
      readonly internalMessage?: string | undefined
      readonly error: unknown
    }

/** What is said while streams are read: changed settings go to `SourceServices.say` at once. */
export type ReadEvent = Exclude<SourceEvent, { type: 'control' }>

/** A request with what came of it, for who looks at how a stream is read. Secrets are masked, long bodies cut short. */
export interface Exchange {
  /** That of a parent is shown with the stream for which it is read. */
  readonly stream: string
  readonly slice: StreamSlice | undefined
  readonly request: HttpRequest
  readonly response:
    | {
        readonly status: number
        readonly headers: ReadonlyMap<string, string>
        readonly body: string
      }
    | undefined
  /** Not for records: a token, a parent's record, a schema. */
  readonly isAuxiliary: boolean
}

/** How much is read at most, where somebody only looks. */
export interface ReadLimits {
  readonly slices: number
  readonly pagesPerSlice: number
  readonly records: number
}

/** What the components of one source are given from outside. */
export interface SourceServices {
  readonly clock: Clock
  /** From 0 up to and without 1. */
  readonly random: () => number
  readonly transport: HttpTransport
  readonly signal?: AbortSignal | undefined
  /**
   * Logs, rate limits and changed settings, which components say while they work. While streams are read all but the settings are events
   * of the reading; the settings always come here, and are kept durably before it resolves.
   */
  readonly say: (event: Extract<SourceEvent, { type: 'log' | 'status' | 'control' }>) => Promise<void>
  /** Beside the manifest, for the schemas that it names as files; undefined where it came from elsewhere. */
  readonly folder?: string | undefined
  readonly onExchange?: ((exchange: Exchange) => void) | undefined
  readonly limits?: ReadLimits | undefined
  /** Somebody waits for the answer: what does not go well by the second try, or wants a longer wait, has failed. */
  readonly isImpatient?: boolean | undefined
  /** For the files of streams that include them; undefined where nobody keeps any. */
  readonly files?: FileKeeper | undefined
  /** Whoever takes the records can take them as `packed/` has them: in the body of their page, but for what somebody looked at. */
  readonly packsRecords?: boolean | undefined
  /** Every slice is read to its end: the next page may be asked for while somebody has the records of the one before. */
  readonly asksAhead?: boolean | undefined
  /** Says where a template stands that failed; undefined where the manifest is no file. */
  readonly locateTemplate?: LocateTemplate | undefined
  /** What stands for Python classes of the manifest (`custom/`), by their names. */
  readonly custom?: ReadonlyMap<string, unknown> | undefined
}
