import type { DiffLine } from '../base/index.js'
import type { ChangeEffect, ConnectionDraft, ConnectionFile, WrittenPace } from '../extract-load/index.js'

/** What the file of a connection says, for a form that changes it. */
export interface ConnectionSettings {
  /** Relative to the project. */
  readonly file: string
  /** Of the text that the file has now, for `ConnectionFileChange.before`. */
  readonly hash: string
  /** Why the file cannot be written; undefined where it can. */
  readonly readOnly: string | undefined
  /** It names no stream, and takes whatever the source has. */
  readonly followsStreams: boolean
  /** With the names of variables, and stars in the place of secrets that stand in clear. All streams, also where the file names none. */
  readonly draft: ConnectionDraft
  readonly retries?: WrittenPace | undefined
  readonly timeouts?: WrittenPace | undefined
}

/** What a change makes of the file of a connection, and of what it loads. Secrets are masked. */
export interface ChangePreview extends ConnectionFile {
  /** Only what changes, with some lines around it; empty where nothing does. */
  readonly diff: readonly DiffLine[]
  readonly effects: readonly ChangeEffect[]
}
