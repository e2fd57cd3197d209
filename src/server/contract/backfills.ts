import { z } from 'zod'
import { errorSchema, runStatusSchema } from './shared.js'

/** Assets that runs make together, in the order in which the parts are requested. */
const partSchema = z.object({
  assets: z.array(z.string()),
  /** Absent for assets without partitions, which are made once. */
  partitions: z.string().optional(),
  partitionsPerRun: z.number(),
  runCount: z.number(),
})

export const backfillSchema = z.object({
  id: z.string(),
  selection: z.string(),
  partitions: z.string(),
  partitionsPerRun: z.number(),
  /** There are assets that read earlier partitions of their own: their runs wait for each other. */
  isSequential: z.boolean(),
  /** None where a former version was asked for it. */
  parts: z.array(partSchema),
  runCount: z.number(),
  partitionCount: z.number(),
  status: z.enum(['running', 'cancelling', 'succeeded', 'failed', 'cancelled']),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  requestedRuns: z.number(),
  /** Of a run that was retried by itself the last retry counts. */
  runs: z.record(runStatusSchema, z.number()),
  /** Runs that are not requested, since what they would read failed, or was skipped itself. */
  skippedRuns: z.number(),
  skipped: z.array(
    z.object({
      /** Among all runs of the backfill, from 0, and how many follow each other. */
      place: z.number(),
      runs: z.number(),
      assets: z.array(z.string()),
      partitions: z.string().optional(),
      upstream: z.string(),
      upstreamPartitions: z.string().optional(),
    }),
  ),
  error: errorSchema.optional(),
})

/** GET /api/backfills?asset=…&limit=50 · newest first */
const listedSchema = backfillSchema.omit({ parts: true })
export const backfillsSchema = z.object({ backfills: z.array(listedSchema) })
export type BackfillView = z.infer<typeof listedSchema>

/** POST /api/backfills · with `dryRun` only what it would do */
export const backfillRequestSchema = z.object({
  selection: z.string().min(1),
  /** Keys, ranges `a...b`, `*`, with commas between them; all of them when left out. */
  partitions: z.string().min(1).optional(),
  /** Of these only what was not made, or failed. */
  onlyMissing: z.boolean().optional(),
  /** How many partitions a run makes. */
  perRun: z.union([z.number().int().positive(), z.literal('all')]).optional(),
  fullRefresh: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  tags: z.record(z.string(), z.string()).optional(),
})
/** POST /backfills/:id/retry · with `dryRun` only what it would do */
export const backfillRetrySchema = z.object({ dryRun: z.boolean().optional() })
export const backfillResponseSchema = z.object({
  /** Absent for a dry run. */
  backfillId: z.string().optional(),
  partitions: z.string(),
  partitionsPerRun: z.number(),
  isSequential: z.boolean(),
  parts: z.array(partSchema),
  runCount: z.number(),
  partitionCount: z.number(),
  /** Of which the partitions are. */
  assets: z.array(z.string()),
})
export type BackfillResponse = z.infer<typeof backfillResponseSchema>
