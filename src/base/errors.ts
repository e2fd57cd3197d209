import { tmpdir } from 'node:os'
import { redact, redactDeep } from './settings/secrets.js'
import { shortened } from './text/shortened.js'

/** Who has to act: the user (their input), something outside (network, database), or us (a bug). */
export type ErrorKind = 'user' | 'external' | 'bug'

/** A place in a file the user wrote. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

export interface ErrorDetails {
  /** What happened and why, one or two sentences. */
  readonly message: string
  /** What to do next. */
  readonly hint?: string | undefined
  readonly at?: SourceLocation | undefined
  /** Lines of the source around `at`, ready to print (see `codeFrame`). */
  readonly frame?: string | undefined
  readonly cause?: unknown
  /** Machine-readable extras; they are redacted like the message. */
  readonly data?: Readonly<Record<string, unknown>> | undefined
}

export interface ErrorDefinition {
  readonly kind: ErrorKind
  readonly retryable: boolean
  /** One line for docs/errors.md: when this code is used. */
  readonly summary: string
}

/** The one error class of the house. Codes are permanent: scripts and docs refer to them. */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  readonly code: string
  readonly kind: ErrorKind
  readonly retryable: boolean
  readonly hint: string | undefined
  readonly at: SourceLocation | undefined
  readonly frame: string | undefined
  readonly data: Readonly<Record<string, unknown>> | undefined

  constructor(code: string, definition: ErrorDefinition, details: ErrorDetails) {
    super(redact(details.message), details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.kind = definition.kind
    this.retryable = definition.retryable
    this.hint = details.hint === undefined ? undefined : redact(details.hint)
    this.at = details.at
    this.frame = details.frame === undefined ? undefined : redact(details.frame)
    this.data = details.data
  }

  /** As it is kept, at several places: some programs put all that they were answered into the message of an error. */
  toJSON(): ErrorJson {
    return {
      code: this.code,
      kind: this.kind,
      retryable: this.retryable,
      message: shortened(this.message),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.at === undefined ? {} : { at: this.at }),
      ...(this.frame === undefined ? {} : { frame: shortened(this.frame) }),
      ...(this.data === undefined ? {} : { data: redactDeep(JSON.parse(JSON.stringify(this.data))) }),
    }
  }
}

/** The shape of an error in events, artifacts and API answers. */
export interface ErrorJson {
  code: string
  kind: ErrorKind
  retryable: boolean
  message: string
  hint?: string
  at?: SourceLocation
  frame?: string
  data?: Record<string, unknown>
}

/** Whether something is an error in the shape in which it travels, rather than one that was thrown. */
export const isErrorJson = (value: unknown): value is Pick<ErrorJson, 'code' | 'message' | 'hint' | 'at'> =>
  !(value instanceof Error) &&
  typeof (value as ErrorJson | undefined)?.code === 'string' &&
  typeof (value as ErrorJson).message === 'string'

/** One folder's codes. `docs/errors.md` lists every catalogue; a test holds the two together. */
export interface ErrorCatalogue<Code extends string> {
  readonly definitions: Readonly<Record<Code, ErrorDefinition>>
  create(code: Code, details: ErrorDetails): MillraceError
}

export function errorCatalogue<Code extends string>(
  definitions: Readonly<Record<Code, ErrorDefinition>>,
): ErrorCatalogue<Code> {
  return {
    definitions,
    create: (code, details) => new MillraceError(code, definitions[code], details),
  }
}

export const baseErrors = errorCatalogue({
  UNEXPECTED: { kind: 'bug', retryable: false, summary: 'Something failed that Millrace did not foresee.' },
  ABORTED: { kind: 'user', retryable: true, summary: 'The work was cancelled.' },
  TIMEOUT: { kind: 'external', retryable: true, summary: 'Something took longer than its limit.' },
  ENV_MISSING: { kind: 'user', retryable: false, summary: 'A setting names an environment variable that is not set.' },
  YAML_SYNTAX: { kind: 'user', retryable: false, summary: 'A YAML file could not be read.' },
  FILE_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A file that is needed does not exist.' },
  FILE_ACCESS: { kind: 'user', retryable: false, summary: 'A file or folder could not be read or written.' },
  FILE_ENCODING: { kind: 'user', retryable: false, summary: 'A file of the project is not UTF-8.' },
  SETTING_INVALID: { kind: 'user', retryable: false, summary: 'A setting has a value of the wrong shape.' },
})

/** Rebuilds the error that another process sent as JSON. */
export function errorFromJson(json: ErrorJson): MillraceError {
  return new MillraceError(
    json.code,
    { kind: json.kind, retryable: json.retryable, summary: '' },
    { message: json.message, hint: json.hint, at: json.at, frame: json.frame, data: json.data },
  )
}

/** What the operating system refuses, in words, and what to do. */
const fileProblems: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  EACCES: ['there is no right to it', 'Give yourself the right, or name another folder.'],
  EPERM: ['there is no right to it', 'Give yourself the right, or name another folder.'],
  EROFS: ['it lies on a disk that cannot be written', 'Name a folder on another disk.'],
  ENOSPC: ['the disk is full', 'Make room, or name a folder on another disk.'],
  EDQUOT: ['your share of the disk is used up', 'Make room, or name a folder on another disk.'],
  EFBIG: ['it is larger than a file may be', 'Raise the limit (`ulimit -f`), or name a folder on another disk.'],
  EEXIST: ['something else of that name is there already', 'Move it away, or name another folder.'],
  ENOTDIR: ['a part of the path is a file and no folder', 'Move that file away, or name another folder.'],
  EISDIR: ['it is a folder and no file', 'Move it away, or name another file.'],
  ENOENT: ['it is not there', 'Was it removed meanwhile? Then begin again.'],
  ENAMETOOLONG: ['its name is too long', 'Shorten it.'],
  EMFILE: ['too many files are open', 'Raise the limit (`ulimit -n`), or close other programs.'],
  EBUSY: ['another program uses it', 'Close that program and begin again.'],
}

const verbs: Readonly<Record<string, string>> = {
  mkdir: 'made',
  open: 'opened',
  read: 'opened',
  write: 'written',
  writev: 'written',
}

/** It says so of folders that are to be made in one that is there. */
const noFolders = ['the system has no folders there', 'Name a folder on a disk.'] as const

function fileError(thrown: unknown): MillraceError | undefined {
  const { code = '', path, syscall } = (thrown ?? {}) as NodeJS.ErrnoException
  const problem = Object.hasOwn(fileProblems, code) ? fileProblems[code] : undefined
  if (!(thrown instanceof Error) || !problem) return undefined
  if (syscall === 'uv_cwd')
    return baseErrors.create('FILE_ACCESS', {
      message: 'The folder that this was started in is there no longer.',
      hint: 'Change into another one (`cd`), and run the command again.',
      cause: thrown,
    })
  if (typeof path !== 'string') return fullDisk(thrown, code, problem[0])
  const [what, hint] = code === 'ENOENT' && syscall === 'mkdir' ? noFolders : problem
  const verb = verbs[syscall ?? ''] ?? 'used'
  return baseErrors.create('FILE_ACCESS', {
    message: `${path} cannot be ${verb}: ${what} (${code}).`,
    hint,
    cause: thrown,
  })
}

/** Of a file that is being written the system says no name; the largest ones are temporary. */
function fullDisk(cause: Error, code: string, what: string): MillraceError | undefined {
  if (!['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return undefined
  return baseErrors.create('FILE_ACCESS', {
    message: `A file cannot be written: ${what} (${code}).`,
    hint: `Make room. Temporary files lie in ${tmpdir()}; TMPDIR names another folder.`,
    cause,
  })
}

/** Wraps anything thrown; a `MillraceError` passes unchanged, what a file refuses is told, the rest becomes `UNEXPECTED` (kind bug). */
export function toMillraceError(thrown: unknown): MillraceError {
  if (thrown instanceof MillraceError) return thrown
  if (isAbort(thrown)) return baseErrors.create('ABORTED', { message: 'Cancelled.', cause: thrown })
  const file = fileError(thrown)
  if (file) return file
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return baseErrors.create('UNEXPECTED', {
    message,
    cause: thrown,
    hint: 'This looks like a bug in Millrace. Run the command again with --debug and report what it prints.',
  })
}

export function isAbort(thrown: unknown): boolean {
  return (
    (thrown instanceof Error && thrown.name === 'AbortError') ||
    (thrown instanceof MillraceError && thrown.code === 'ABORTED')
  )
}

/** `file:line:column`, as editors and terminals link it. */
export function formatLocation(at: SourceLocation): string {
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(':')
}
