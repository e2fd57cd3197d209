import { z } from 'zod'
import { count, maybe } from './maybe.js'

/** A job as the public API tells it. */
export const jobAnswer = z
  .object({
    jobId: z.coerce.number().int(),
    connectionId: maybe(z.string()),
    /** `sync`, `reset`, `refresh`, `clear` */
    jobType: maybe(z.string()),
    /** `pending`, `queued`, `running`, `incomplete`, `failed`, `succeeded`, `cancelled`; a server may learn others. */
    status: z.string(),
    startTime: maybe(z.string()),
    lastUpdatedAt: maybe(z.string()),
    bytesSynced: count,
    rowsSynced: count,
  })
  .transform(({ jobId, jobType, bytesSynced, rowsSynced, ...job }) => ({
    ...job,
    id: jobId,
    type: jobType ?? 'sync',
    bytes: bytesSynced,
    rows: rowsSynced,
  }))
export type AirbyteJob = z.output<typeof jobAnswer>

/** Whether a job is over. One that is `incomplete` has an attempt that failed, and is tried again. */
export const isOver = ({ status }: Pick<AirbyteJob, 'status'>): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled'

const stats = z.object({
  recordsEmitted: count,
  bytesEmitted: count,
  recordsCommitted: count,
  bytesCommitted: count,
  recordsRejected: count,
})
export type AirbyteStats = z.output<typeof stats>

const failure = z.object({
  /** `source`, `destination`, `replication`, `persistence`, `airbyte_platform`, … */
  failureOrigin: maybe(z.string()),
  /** `config_error`, `system_error`, `manual_cancellation`, `transient_error`, … */
  failureType: maybe(z.string()),
  /** For people. */
  externalMessage: maybe(z.string()),
  internalMessage: maybe(z.string()),
  retryable: maybe(z.boolean()),
  streamDescriptor: maybe(z.object({ name: z.string(), namespace: maybe(z.string()) })),
})
export type AirbyteFailure = z.output<typeof failure>

const logEvent = z.object({
  /** Milliseconds since 1970. */
  timestamp: maybe(z.number()),
  message: z.string(),
  level: maybe(z.string()),
  logSource: maybe(z.string()),
})

const attempt = z.object({
  id: z.number(),
  status: z.string(),
  createdAt: maybe(z.number()),
  endedAt: maybe(z.number()),
  bytesSynced: count,
  recordsSynced: count,
  totalStats: maybe(stats),
  streamStats: maybe(z.array(z.object({ streamName: z.string(), streamNamespace: maybe(z.string()), stats }))),
  failureSummary: maybe(z.object({ failures: z.array(failure), partialSuccess: maybe(z.boolean()) })),
})

/** `POST /attempt/get_for_job`: one attempt, with its logs. */
export const attemptAnswer = z.object({
  attempt,
  /** Lines in older servers, events in newer ones. */
  logs: maybe(z.object({ logLines: maybe(z.array(z.string())), events: maybe(z.array(logEvent)) })),
})
export type AirbyteAttempt = z.output<typeof attemptAnswer>

/** `POST /jobs/get` of the configuration API; `get_without_logs` leaves the logs out. */
export const jobInfoAnswer = z.object({
  job: z.object({
    id: z.coerce.number().int(),
    configType: maybe(z.string()),
    status: z.string(),
    aggregatedStats: maybe(stats),
    streamAggregatedStats: maybe(z.array(stats.extend({ streamName: z.string(), streamNamespace: maybe(z.string()) }))),
  }),
  attempts: z.array(attemptAnswer),
})
export type AirbyteJobInfo = z.output<typeof jobInfoAnswer>

/** `POST /stream_statuses/list`: how far each stream of a job is. */
export const streamStatusesAnswer = z.object({
  streamStatuses: z.array(
    z.object({
      streamName: z.string(),
      streamNamespace: maybe(z.string()),
      /** `PENDING`, `RUNNING`, `COMPLETE`, `INCOMPLETE`, `RATE_LIMITED` */
      runState: z.string(),
      jobId: z.coerce.number().int(),
      attemptNumber: maybe(z.number()),
      /** Milliseconds since 1970. */
      transitionedAt: maybe(z.number()),
    }),
  ),
})
export type AirbyteStreamStatus = z.output<typeof streamStatusesAnswer>['streamStatuses'][number]
