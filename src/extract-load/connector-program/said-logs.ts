import { redact } from '../../base/index.js'
import type { SourceMessage } from '../connectors/connector.js'
import type { Message, TraceError } from '../protocol/messages.js'

/** What a connector says for the log of the run. */
export type SaidLog = Extract<SourceMessage, { type: 'log' }>

const levels: Readonly<Record<string, SaidLog['level']>> = {
  FATAL: 'error',
  ERROR: 'error',
  WARN: 'warn',
  WARNING: 'warn',
  INFO: 'info',
}

/** What is longer is no line for people. */
const longestLine = 2000

export const loggedMessage = ({ log }: Extract<Message, { type: 'LOG' }>): SaidLog => ({
  type: 'log',
  level: levels[log.level] ?? 'debug',
  message: redact(log.message),
})

/** What a connector says that went wrong: its words, and where in its code for who looks closer. @param stream that it names */
export const loggedError = ({ message, stack_trace }: TraceError, stream?: string): SaidLog[] => [
  { type: 'log', level: 'error', message: redact(stream === undefined ? message : `${stream}: ${message}`) },
  ...(stack_trace ? [{ type: 'log', level: 'debug', message: redact(stack_trace) } as const] : []),
]

/** A line that is no message of the protocol; undefined where it is empty. */
export const loggedLine = (line: string): SaidLog | undefined =>
  line.trim() === '' ? undefined : { type: 'log', level: 'info', message: redact(line.slice(0, longestLine)) }

/** A line that a connector wrote on its standard error; what is secret is masked already. */
export const loggedStderr = (message: string): SaidLog => ({ type: 'log', level: 'debug', message })
