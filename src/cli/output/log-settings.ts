import type { LogLevel } from '../../base/index.js'

export type LogFormat = 'text' | 'json'

export const logFormats: readonly LogFormat[] = ['text', 'json']
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export interface LogSettings {
  readonly format: LogFormat
  /** What is less than that is not said. */
  readonly level: LogLevel
  /** Which of the processes says it. */
  readonly process: string
}

const { MILLRACE_LOG_FORMAT, MILLRACE_LOG_LEVEL } = process.env
/** Until the command line was read, what the environment says. */
let settings: LogSettings = {
  format: logFormats.find((format) => format === MILLRACE_LOG_FORMAT) ?? 'text',
  level: logLevels.find((level) => level === MILLRACE_LOG_LEVEL) ?? 'info',
  process: 'millrace',
}

export const logSettings = (): LogSettings => settings

/** What the command line says. `--debug` is more than any level. */
export function setLogSettings(chosen: {
  readonly logFormat?: LogFormat | undefined
  readonly logLevel?: LogLevel | undefined
  readonly debug?: boolean | undefined
  readonly process: string
}): void {
  settings = {
    format: chosen.logFormat ?? settings.format,
    level: chosen.debug ? 'debug' : (chosen.logLevel ?? settings.level),
    process: chosen.process,
  }
}

/** For processes that this one starts. */
export const logVariables = (): Readonly<Record<string, string>> => ({
  MILLRACE_LOG_FORMAT: settings.format,
  MILLRACE_LOG_LEVEL: settings.level,
})
