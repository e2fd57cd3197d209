import { z } from 'zod'

/** Names a stream across namespaces. */
export interface StreamDescriptor {
  readonly name: string
  readonly namespace?: string | null | undefined
}

const descriptor = z.looseObject({ name: z.string(), namespace: z.string().nullish() })

const stats = z.looseObject({ recordCount: z.number().nullish(), rejectedRecordCount: z.number().nullish() })

const stateSchema = z.looseObject({
  /** Left out by sources of the first days. */
  type: z.enum(['STREAM', 'GLOBAL', 'LEGACY']).nullish(),
  stream: z.looseObject({ stream_descriptor: descriptor, stream_state: z.unknown().optional() }).nullish(),
  sourceStats: stats.nullish(),
  destinationStats: stats.nullish(),
})

const failureTypes = ['system_error', 'config_error', 'transient_error'] as const

const traceSchema = z.looseObject({
  type: z.string(),
  error: z
    .looseObject({
      message: z.string(),
      internal_message: z.string().nullish(),
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
    .nullish(),
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
  if (!line.trimStart().startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const parsed = messageSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
