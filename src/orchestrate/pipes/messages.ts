import { z } from 'zod'
import type { Metadata, MetadataValue } from '../contract/index.js'

const metadataSchema = z.record(z.string(), z.object({ type: z.string(), raw_value: z.unknown() })).nullish()
const exceptionSchema = z.object({ message: z.string(), name: z.string().nullish() }).nullish()

const messageSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('opened') }),
  z.object({ method: z.literal('closed'), params: z.object({ exception: exceptionSchema }).nullish() }),
  z.object({ method: z.literal('log'), params: z.object({ message: z.string(), level: z.string().default('INFO') }) }),
  z.object({
    method: z.literal('report_asset_materialization'),
    params: z.object({ asset_key: z.string().nullish(), data_version: z.string().nullish(), metadata: metadataSchema }),
  }),
  z.object({
    method: z.literal('report_asset_check'),
    params: z.object({
      asset_key: z.string().nullish(),
      check_name: z.string(),
      passed: z.boolean(),
      severity: z.enum(['ERROR', 'WARN']).default('ERROR'),
      metadata: metadataSchema,
    }),
  }),
  z.object({ method: z.literal('report_custom_message'), params: z.object({ payload: z.unknown() }) }),
  z.object({
    method: z.literal('log_external_stream'),
    params: z.object({ stream: z.string(), text: z.string() }),
  }),
])
export type PipesMessage = z.infer<typeof messageSchema>

/** One line that a program wrote; a text that says why where it is none of the protocol. */
export function readMessage(line: string): PipesMessage | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return `it is no JSON: ${line.slice(0, 200)}`
  }
  const version = (value as { __dagster_pipes_version?: unknown } | null)?.__dagster_pipes_version
  if (version === undefined) return 'it names no version of the protocol'
  if (version !== '0.1') return `it is of the version ${String(version)} of the protocol; 0.1 is known`
  const parsed = messageSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`
}

/** Metadata in our words; what has no kind here is JSON. */
export function metadataOf(metadata: z.infer<typeof metadataSchema>): Metadata {
  return Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, { type, raw_value: value }]) => [name, metadataValue(type, value)]),
  )
}

function metadataValue(type: string, value: unknown): MetadataValue {
  if (type === 'md' && typeof value === 'string') return { type: 'markdown', text: value }
  if (type === 'url' && typeof value === 'string') return { type: 'url', url: value }
  if ((type === 'path' || type === 'notebook') && typeof value === 'string') return { type: 'path', path: value }
  if (type === 'timestamp' && typeof value === 'number') return new Date(value * 1_000).toISOString()
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as MetadataValue
  return { type: 'json', value }
}
