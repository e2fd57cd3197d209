import { type LoggedError, type LogRecord, parseTraceparent } from '../../base/index.js'

/** A record as one JSON object in one line, whatever stands in it. Fields stand beside what every line has, and never replace it. */
export function jsonLogLine(
  { at, level, message, fields }: LogRecord,
  { process, traceparent }: { readonly process: string; readonly traceparent?: string | undefined },
): string {
  const { traceId, spanId } = parseTraceparent(traceparent) ?? {}
  const own = { time: at.toISOString(), level, message }
  return JSON.stringify({ ...own, process, trace_id: traceId, span_id: spanId, ...fields, ...own })
}

/** A record for people: fields are for machines, except why something failed. */
export function textLogLine({ level, message, fields }: LogRecord): string {
  const why = errorMessage(fields.error)
  const text = why === undefined || message.includes(why) ? message : `${message}: ${why}`
  return level === 'info' ? text : `${level}: ${text}`
}

function errorMessage(error: unknown): string | undefined {
  const message = typeof error === 'string' ? error : (error as LoggedError | undefined)?.message
  return message?.split('\n')[0]
}
