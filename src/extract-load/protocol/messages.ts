import { z } from 'zod'

/** Names a stream across namespaces. */
export interface StreamDescriptor {
  readonly name: string
  readonly namespace?: string | null | undefined
}

const descriptor = z.looseObject({ name: z.string(), namespace: z.string().nullish() })

/** Some write it as a text. */
const count = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.0+)?$/)
    .transform(Number),
])

const stats = z.looseObject({ recordCount: count.nullish(), rejectedRecordCount: count.nullish() })

const stateSchema = z
  .looseObject({
    /** Left out by sources of the first days. */
    type: z.enum(['STREAM', 'GLOBAL', 'LEGACY']).nullish(),
    stream: z.looseObject({ stream_descriptor: descriptor, stream_state: z.unknown().optional() }).nullish(),
    sourceStats: stats.nullish(),
    destinationStats: stats.nullish(),
  })
  // It would be taken for one of all streams.
  .refine(({ type, stream }) => type !== 'STREAM' || stream != null, { error: 'names no stream', path: ['stream'] })

const failureTypes = ['system_error', 'config_error', 'transient_error'] as const

const traceSchema = z.looseObject({
  type: z.string(),
  error: z
    .looseObject({
      message: z.string(),
      internal_message: z.string().nullish(),
      stack_trace: z.string().nullish().catch(undefined),
      failure_type: z.enum(failureTypes).nullish().catch(undefined),
      stream_descriptor: descriptor.nullish(),
    })
    .nullish(),
  estimate: z
    .looseObject({
      name: z.string(),
      namespace: z.string().nullish(),
      row_estimate: z.number().nullish(),
    })
    .nullish()
    .catch(undefined),
  stream_status: z
    .looseObject({
      stream_descriptor: descriptor,
      status: z.enum(['STARTED', 'RUNNING', 'COMPLETE', 'INCOMPLETE']),
      reasons: z
        .array(
          z.looseObject({
            type: z.string(),
            rate_limited: z.looseObject({ quota_reset: z.number().nullish() }).nullish(),
          }),
        )
        .nullish()
        .catch(undefined),
    })
    .nullish(),
})

/**
 * Every message of the Airbyte protocol but RECORD, which scan-record.ts looks at; of each only what is used.
 * https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol
 */
export const messageSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('STATE'), state: stateSchema }),
  z.looseObject({ type: z.literal('TRACE'), trace: traceSchema }),
  z.looseObject({
    type: z.literal('CONTROL'),
    control: z.looseObject({
      type: z.string(),
      connectorConfig: z.looseObject({ config: z.record(z.string(), z.unknown()) }).nullish(),
    }),
  }),
  z.looseObject({
    type: z.literal('LOG'),
    log: z.looseObject({ level: z.string(), message: z.string() }),
  }),
  z.looseObject({
    type: z.literal('SPEC'),
    spec: z.looseObject({
      connectionSpecification: z.record(z.string(), z.unknown()),
      documentationUrl: z.string().nullish(),
      supported_destination_sync_modes: z.array(z.string()).nullish(),
    }),
  }),
  z.looseObject({
    type: z.literal('CONNECTION_STATUS'),
    connectionStatus: z.looseObject({ status: z.enum(['SUCCEEDED', 'FAILED']), message: z.string().nullish() }),
  }),
  z.looseObject({ type: z.literal('CATALOG'), catalog: z.unknown() }),
  /** Only one that scan-record.ts could not take apart. */
  z.looseObject({ type: z.literal('RECORD') }),
])

export type Message = z.output<typeof messageSchema>
export type TraceError = NonNullable<z.output<typeof traceSchema>['error']>

/** A line that is a message; undefined for what a connector prints besides, and for messages of later protocols. */
export function readMessage(line: string): Message | undefined {
  const parsed = messageSchema.safeParse(readLine(line))
  return parsed.success ? parsed.data : undefined
}

/** Python writes numbers that JSON does not have. */
const stringsAndLiterals = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

/** The value of a line; undefined where it is no JSON, or no object. Numbers of Python's that JSON does not have are null. */
function readLine(line: string): unknown {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    // Settings are kept as they are read: none may become something else.
    if (!/NaN|Infinity/.test(line) || line.includes('"CONTROL"')) return undefined
  }
  try {
    return JSON.parse(line.replace(stringsAndLiterals, (found) => (found.startsWith('"') ? found : 'null')))
  } catch {
    return undefined
  }
}

/** Passed over, one of these would commit rows that nobody goes on from, hide a failure, or lose a renewed token. */
const indispensable = ['STATE', 'TRACE', 'CONTROL']
const begunMessage = /^\s*\{.*"type"\s*:\s*"(STATE|TRACE|CONTROL)"|^\s*\{\s*"(state|trace|control)"\s*:\s*\{/

/**
 * What is wrong with a line that `readMessage` cannot read and that was to be a message which must not be passed over; undefined for any
 * other. What the line holds may be secret: nothing of it is told.
 */
export function whyBroken(line: string): string | undefined {
  const value = readLine(line)
  if (value === undefined) {
    const [, upper, lower] = begunMessage.exec(line) ?? []
    const type = (upper ?? lower)?.toUpperCase()
    return type && `a ${type} message that cannot be read: it is no JSON`
  }
  const { type } = value as { readonly type?: unknown }
  if (typeof type !== 'string' || !indispensable.includes(type)) return undefined
  const [issue] = messageSchema.safeParse(value).error?.issues ?? []
  return issue && `a ${type} message that cannot be read: \`${issue.path.join('.')}\`: ${issue.message}`
}
