import { z } from 'zod'
import { errorSchema, metadataSchema, runStatusSchema, stepStatusSchema } from './shared.js'

export const triggerTypeSchema = z.enum([
  'manual',
  'schedule',
  'sensor',
  'rerun',
  'cli',
  'start',
  'backfill',
  'automation',
  'retry',
])

export const runSummarySchema = z.object({
  id: z.string(),
  selection: z.string(),
  trigger: z.object({
    type: triggerTypeSchema,
    name: z.string().optional(),
  }),
  status: runStatusSchema,
  createdAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  parentRunId: z.string().optional(),
  /** Of assets that have some: those that it makes. */
  partitions: z.string().optional(),
  attempt: z.number(),
  fullRefresh: z.boolean(),
  /** It emptied tables, and loaded nothing. */
  clearData: z.boolean(),
  tags: z.record(z.string(), z.string()),
  stepCounts: z.record(stepStatusSchema, z.number()),
  /** In lists: its checks that found something, also those that hold nothing up. */
  badChecks: z.object({ failed: z.number(), warned: z.number() }).optional(),
  error: errorSchema.optional(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

/** GET /api/runs?status=failed,running&asset=…&trigger=…&tag=team=finance&since=2024-01-01&until=…&limit=50&before=<run id> */
export const runsSchema = z.object({ runs: z.array(runSummarySchema), hasMore: z.boolean() })

export const runStepSchema = z.object({
  key: z.string(),
  kind: z.enum(['sync', 'dbt', 'typescript']),
  status: stepStatusSchema,
  attempt: z.number(),
  assets: z.array(z.string()),
  /** With their outcome, once they were evaluated. */
  checks: z.array(
    z.object({
      asset: z.string(),
      name: z.string(),
      status: z.enum(['passed', 'warned', 'failed']).optional(),
      message: z.string().optional(),
    }),
  ),
  upstream: z.array(z.string()),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  error: errorSchema.optional(),
  reason: z.string().optional(),
  /** When it stood still: it waited for a place, for its turn, for its next attempt. */
  waits: z.array(z.object({ from: z.string(), to: z.string().optional() })),
  /** While it runs, where known. */
  progress: z.object({ fraction: z.number().optional(), message: z.string() }).optional(),
})
export type RunStepView = z.infer<typeof runStepSchema>

/** GET /api/runs/:id */
export const runDetailSchema = runSummarySchema.extend({
  /** By asset: what the run asked of it. */
  config: z.record(z.string(), z.unknown()).optional(),
  steps: z.array(runStepSchema),
  /** Of assets with partitions: those that it was to make and did not. */
  failedPartitions: z.array(z.object({ asset: z.string(), partitions: z.string() })),
  /** While it is queued: why it does not start. Where its worker was lost: what it waits for. */
  waitsFor: z.string().optional(),
  children: z.array(runSummarySchema),
})
export type RunDetail = z.infer<typeof runDetailSchema>

export const logLevelSchema = z.enum(['debug', 'info', 'warn', 'error'])
export const runEventSchema = z.object({
  id: z.number(),
  at: z.string(),
  runId: z.string(),
  type: z.string(),
  step: z.string().optional(),
  asset: z.string().optional(),
  check: z.string().optional(),
  /** Which of the asset's, where it has some. */
  partitions: z.string().optional(),
  level: logLevelSchema.optional(),
  message: z.string().optional(),
  metadata: metadataSchema.optional(),
  error: errorSchema.optional(),
})
export type RunEventView = z.infer<typeof runEventSchema>

/** GET /api/runs/:id/events?after=<event id>&limit=1000 · with `newest` the last of them, `before` the older ones · oldest first */
export const runEventsSchema = z.object({
  events: z.array(runEventSchema),
  /** The last of them, or `after`. */
  lastId: z.number(),
  /** There are more: later ones, with `newest` earlier ones. */
  hasMore: z.boolean(),
})
export type RunEventsAnswer = z.infer<typeof runEventsSchema>

/** POST /api/runs/:id/cancel → RunSummary · POST /api/runs/:id/rerun → { runId } */
export const rerunRequestSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('all') }),
  z.object({ mode: z.literal('from_failure') }),
  /** Some of its steps, by their keys; a check runs again with the asset that it is on. */
  z.object({ mode: z.literal('steps'), steps: z.array(z.string()).min(1) }),
])
export type RerunRequest = z.infer<typeof rerunRequestSchema>
export const rerunResponseSchema = z.object({ runId: z.string() })

/** POST /api/runs/cancel · all runs of a filter that have not ended; what is left out does not narrow it. */
export const cancelRunsRequestSchema = z.object({
  status: z.array(z.enum(['queued', 'starting', 'running'])).min(1),
  /** As GET /api/runs takes it. */
  trigger: z.string().min(1).optional(),
  asset: z.string().min(1).optional(),
  tags: z.array(z.string().min(1)).optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  dryRun: z.boolean().default(false),
})
export type CancelRunsRequest = z.input<typeof cancelRunsRequestSchema>
export const cancelRunsResponseSchema = z.object({
  /** They waited, and ended at once. */
  cancelled: z.number(),
  /** A worker has them, and was asked to stop. */
  stopping: z.number(),
})
export type CancelRunsAnswer = z.infer<typeof cancelRunsResponseSchema>
