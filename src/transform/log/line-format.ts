import { exactJson } from '../python/exact-json.js'
import type { LogEvent } from './event.js'
import { withoutColors } from './paint.js'

export type LineFormat = 'text' | 'debug' | 'json'

/** Printed as they are, without a time, and with --quiet too: somebody asked for them. */
export const printEvents: ReadonlySet<string> = new Set(['PrintEvent', 'ShowNode', 'CompiledNode'])

export interface LineOptions {
  readonly format: LineFormat
  readonly colors: boolean
  readonly invocationId: string
  readonly pid: number
  /** What the environment adds to every line of JSON. */
  readonly extra: Readonly<Record<string, string>>
}

/** An event as a line of a terminal, of logs/dbt.log, or as JSON with dbt's keys. */
export function logLine(event: LogEvent, options: LineOptions): string {
  const message = options.colors ? event.message : withoutColors(event.message)
  if (options.format === 'json') return jsonLine(event, message, options)
  return options.format === 'debug' ? debugLine(event, message, options) : textLine(event, message, options)
}

const reset = (colors: boolean) => (colors ? '\u001b[0m' : '')

function textLine({ name, at }: LogEvent, message: string, { colors }: LineOptions): string {
  return printEvents.has(name) ? message : `${reset(colors)}${at.toISOString().slice(11, 19)}  ${message}`.trimEnd()
}

function debugLine(
  { name, at, level, thread }: LogEvent,
  message: string,
  { colors, invocationId }: LineOptions,
): string {
  const time = `${at.toISOString().slice(11, 23)}000`
  const rule = '='.repeat(30)
  const head = name === 'MainReportVersion' ? `\n\n${rule} ${time} | ${invocationId} ${rule}\n` : ''
  return `${head}${reset(colors)}${time} [${level.padEnd(5)}] [${thread.slice(0, 10).padEnd(10)}]: ${message}`
}

function jsonLine(event: LogEvent, message: string, { invocationId, pid, extra }: LineOptions): string {
  const { name, code, level, data, node, thread, at } = event
  return exactJson({
    data: node === undefined ? data : { ...data, node_info: node },
    info: {
      category: '',
      code,
      extra,
      invocation_id: invocationId,
      level,
      msg: message,
      name,
      pid,
      thread,
      ts: `${at.toISOString().slice(0, -1)}000Z`,
    },
  })
}
