import { z } from 'zod'
import { errorSchema, runStatusSchema } from './shared.js'

export const backfillSchema = z.object({
  id: z.string(),
  selection: z.string(),
  partitions: z.string(),
  partitionsPerRun: z.number(),
  /** Each run waits for the one before. */
  isSequential: z.boolean(),
  runCount: z.number(),
  partitionCount: z.number(),
  status: z.enum(['running', 'cancelling', 'succeeded', 'failed', 'cancelled']),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  requestedRuns: z.number(),
  runs: z.record(runStatusSchema, z.number()),
  error: errorSchema.optional(),
})
export type BackfillView = z.infer<typeof backfillSchema>

/** GET /api/backfills · newest first */
export const backfillsSchema = z.object({ backfills: z.array(backfillSchema) })

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
export const backfillResponseSchema = z.object({
  /** Absent for a dry run. */
  backfillId: z.string().optional(),
  partitions: z.string(),
  partitionsPerRun: z.number(),
  isSequential: z.boolean(),
  runCount: z.number(),
  partitionCount: z.number(),
  /** Of which the partitions are. */
  assets: z.array(z.string()),
})
