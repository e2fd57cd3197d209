import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import { assetHealthSchema, errorSchema, slotsSchema } from './shared.js'

/** GET /api/overview */
export const overviewSchema = z.object({
  project: z.string(),
  groups: z.array(
    z.object({
      group: z.string(),
      assets: z.number(),
      health: z.record(assetHealthSchema, z.number()),
      /** How many of them missed a tick of a schedule that is on. */
      late: z.number(),
      lastMaterializedAt: z.string().optional(),
    }),
  ),
  checks: z.object({ passed: z.number(), warned: z.number(), failed: z.number(), unknown: z.number() }),
  /** Runs of the past 24 hours, those of them that failed, and those that have not ended: at most 200 of each, newest first. */
  runs: z.array(runSummarySchema),
  /** How many were requested in the past 24 hours, and how many of them failed. */
  runCounts: z.object({ total: z.number(), failed: z.number() }),
  /** The next ticks of schedules that are on, soonest first. */
  upcoming: z.array(
    z.object({ automation: z.string(), at: z.string(), timezone: z.string(), target: z.string(), assets: z.number() }),
  ),
  /** Assets that failed or whose checks fail, newest first, at most 50. */
  failures: z.array(
    z.object({
      asset: z.string(),
      /** Names of the failing checks. */
      checks: z.array(z.string()),
      runId: z.string().optional(),
      at: z.string().optional(),
      error: errorSchema.optional(),
      /** One line. */
      message: z.string(),
    }),
  ),
  failureCount: z.number(),
  /** Runs of the past 24 hours that failed although no asset or check of theirs did, and that no later one of the same made good; newest first, at most 50. */
  failedRuns: z.array(
    z.object({
      id: z.string(),
      selection: z.string(),
      partitions: z.string().optional(),
      at: z.string(),
      message: z.string(),
    }),
  ),
  /** Schedules and sensors that are on and whose ticks fail, the newest first. */
  failingAutomations: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['schedule', 'sensor', 'automation']),
      since: z.string(),
      message: z.string(),
    }),
  ),
  /** At most 50. */
  stale: z.array(z.object({ asset: z.string(), reason: z.string(), lastMaterializedAt: z.string().optional() })),
  staleCount: z.number(),
  /** At most 50, the longest overdue first. */
  late: z.array(
    z.object({ asset: z.string(), dueAt: z.string(), by: z.string(), lastMaterializedAt: z.string().optional() }),
  ),
  lateCount: z.number(),
  /** What syncs brought in during the past 24 hours. */
  moved: z.object({
    rows: z.number(),
    bytes: z.number(),
    /** Hour by hour, oldest first, 24 of them. */
    hours: z.array(z.object({ at: z.string(), rows: z.number() })),
  }),
  problems: z.array(errorSchema),
})
export type Overview = z.infer<typeof overviewSchema>

/** GET /api/health · also what load balancers ask, who have no login: they are answered the words of `status` alone. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string().optional(),
  project: z.string().optional(),
  engine: z.object({
    /** `starting` = it reads the project; `busy` = it lives, but does not answer at once. */
    status: z.enum(['up', 'down', 'starting', 'busy']),
    pid: z.number().optional(),
    message: z.string().optional(),
  }),
  slots: slotsSchema.optional(),
  store: z.object({ status: z.enum(['up', 'down']), message: z.string().optional() }),
  daemon: z.object({ status: z.enum(['up', 'down']), lastLoopAt: z.string().optional() }),
  queue: z.object({ queued: z.number(), running: z.number() }).optional(),
  definitionsVersion: z.string().optional(),
  definitionsLoadedAt: z.string().optional(),
  problems: z.array(errorSchema).optional(),
  /** What is likely not meant, and keeps nothing from running. */
  warnings: z.array(errorSchema).optional(),
  /** Files that could be read before and cannot be now: what they said before is shown, and does not run. Their errors are among the problems. */
  broken: z.array(z.object({ file: z.string(), since: z.string(), error: errorSchema })).optional(),
})
export type Health = z.infer<typeof healthSchema>

/**
 * GET /api/events · server-sent events, each `data:` a JSON of this shape, `id:` rising. They say that something changed, and what:
 * clients ask again for what that touches. What changes without anybody's doing (what becomes late, processes that are lost) is not told.
 */
export const liveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), runId: z.string() }),
  z.object({ type: z.literal('run_events'), runId: z.string(), lastEventId: z.number() }),
  z.object({ type: z.literal('definitions') }),
  z.object({ type: z.literal('automation'), name: z.string() }),
  z.object({ type: z.literal('backfill'), id: z.string() }),
])
export type LiveEvent = z.infer<typeof liveEventSchema>
