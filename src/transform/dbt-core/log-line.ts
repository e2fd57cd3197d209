import { z } from 'zod'
import type { LogLevel } from './contract.js'

const text = z.string()
const levels: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  test: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
}

const infoSchema = z.object({ name: text, level: text, msg: text, invocation_id: text.default('') })
const nodeSchema = z.object({
  unique_id: text,
  node_status: text.optional(),
  node_path: text.optional(),
  node_relation: z.object({ relation_name: text.nullish() }).optional(),
})
const timeSchema = z.object({ name: text, started_at: text.nullish(), completed_at: text.nullish() })
const resultSchema = z.object({
  status: text,
  message: z.unknown().optional(),
  execution_time: z.number().default(0),
  adapter_response: z.record(text, z.unknown()).default({}),
  num_failures: z.number().nullish(),
  thread: text.default(''),
  timing_info: z.array(timeSchema).default([]),
})
const lineSchema = z.object({
  info: infoSchema,
  data: z
    .object({
      node_info: nodeSchema.optional().catch(undefined),
      run_result: resultSchema.optional().catch(undefined),
      version: text.optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** One line of dbt's log as it is used here. */
export interface LogLine {
  readonly name: string
  readonly level: LogLevel
  readonly message: string
  readonly invocationId: string
  readonly node?: z.infer<typeof nodeSchema> | undefined
  readonly result?: z.infer<typeof resultSchema> | undefined
  /** Of the first line: which dbt this is. */
  readonly version?: string | undefined
}

/** Before 1.4 a line had no `info`, and the version another name. */
const oldSchema = z.object({ code: text, data: z.object({ v: text }), msg: text.default('') })

/** Undefined for what is no event: what dbt's libraries print, and the last words of a Python that fails. */
export function readLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const read = lineSchema.safeParse(value)
  if (!read.success) return oldVersion(value)
  const { info, data } = read.data
  const { node_info: node, run_result: result, version } = data ?? {}
  return {
    name: info.name,
    level: levels[info.level] ?? 'info',
    message: info.msg,
    invocationId: info.invocation_id,
    node: node?.unique_id ? node : undefined,
    result,
    version: info.name === 'MainReportVersion' ? version?.replace(/^=/, '') : undefined,
  }
}

function oldVersion(value: unknown): LogLine | undefined {
  const old = oldSchema.safeParse(value)
  if (!old.success) return undefined
  const { code, msg, data } = old.data
  const name = code === 'A001' ? 'MainReportVersion' : code
  return { name, level: 'info', message: msg, invocationId: '', version: data.v.replace(/^=/, '') }
}
