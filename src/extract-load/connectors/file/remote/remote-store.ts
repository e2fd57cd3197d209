import type { ConnectorContext } from '../../connector.js'
import type { FileStream } from '../config.js'

/** A file of a bucket or a server, as a look at it told. */
export interface RemoteFile {
  /** The key of an object, or the path on a server. */
  readonly path: string
  readonly modifiedAt: Date
  readonly sizeBytes: number
  /** Another text means another content. */
  readonly version: string
}

/** A file that is being read. Whoever opens it closes it. */
export interface RemoteContent {
  readonly modifiedAt: Date
  /** Undefined where the server does not say it. */
  readonly version: string | undefined
  /** Which byte of the file is the first one of the body. */
  readonly from: number
  /** It was packed on its way, or where it lies, and comes unpacked: bytes do not count as they do there. */
  readonly isUnpacked: boolean
  body(): AsyncIterable<Uint8Array>
  /** Whether the file stayed the same while it was read, where that is not certain. */
  isStillTheSame?(): Promise<boolean>
  close(): Promise<void>
}

/** A part of a file that was read before as this version. */
export interface Rest {
  readonly from: number
  readonly version: string
}

/** Where files lie that are not of this machine. Looking for files asks again where that may help; `open` leaves it to others (`RetryAdvice`). */
export interface RemoteStore {
  /** How people know a file of it. */
  urlOf(path: string): string
  /** Undefined where there is none of exactly this path. */
  find(path: string): Promise<RemoteFile | undefined>
  /** The files that match, in any order. */
  match(pattern: string): Promise<readonly RemoteFile[]>
  /** The rest that was asked for, or all of it where the file is another one by now. Undefined where it is gone. */
  open(path: string, rest?: Rest): Promise<RemoteContent | undefined>
  close(): Promise<void>
}

export interface OpenedStore {
  readonly store: RemoteStore
  /** Of the files in it. */
  readonly path: string
}

/** Makes a store for one stream, without asking it for anything yet. @throws CONNECTION_INVALID */
export type OpenStore = (stream: FileStream, context: ConnectorContext) => OpenedStore
