import { type ErrorJson, isErrorJson, toMillraceError } from './errors.js'
import { redact, redactDeep } from './settings/secrets.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogRecord {
  readonly at: Date
  readonly level: LogLevel
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
  with(fields: Record<string, unknown>): Logger
}

/** What a line of a log tells of an error. */
export type LoggedError = Pick<ErrorJson, 'code' | 'message' | 'hint' | 'at'>

/** A logger over one sink. Messages and fields are redacted before the sink sees them; the field `error` takes whatever was thrown. */
export function createLogger(sink: (record: LogRecord) => void, fixed: Record<string, unknown> = {}): Logger {
  const write = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) =>
    sink({ at: new Date(), level, message: redact(message), fields: redactDeep(toldFields({ ...fixed, ...fields })) })
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => createLogger(sink, { ...fixed, ...fields }),
  }
}

function toldFields(fields: Record<string, unknown>): Record<string, unknown> {
  const { error: thrown } = fields
  if (!(thrown instanceof Error) && !isErrorJson(thrown)) return fields
  const { code, message, hint, at } = isErrorJson(thrown) ? thrown : toMillraceError(thrown)
  const error: LoggedError = {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  }
  return { ...fields, error }
}

export const silentLogger: Logger = createLogger(() => {})
