import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import { slotsSchema } from './shared.js'

const poolPlaceSchema = z.object({
  runId: z.string(),
  step: z.string(),
  /** What the step makes. */
  assets: z.array(z.string()),
  since: z.string(),
})

/** GET /api/deployment · what runs, what waits, and for what. */
export const deploymentSchema = z.object({
  version: z.string(),
  project: z.string(),
  projectDir: z.string(),
  warehouse: z.string().optional(),
  counts: z.record(z.string(), z.number()),
  slots: slotsSchema,
  /** Those that were heard of within the last hour, by kind and then by age. */
  processes: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['server', 'daemon', 'worker', 'engine', 'command']),
      host: z.string(),
      version: z.string(),
      /** What it does with queued runs. */
      runs: z.enum(['executes', 'launches', 'none']),
      /** How many runs it executes at once; where it launches them, how many all that launch may have going together. */
      capacity: z.number(),
      /** Runs that it has itself. */
      running: z.number(),
      isLeadingDaemon: z.boolean(),
      startedAt: z.string(),
      heardAt: z.string(),
      isLost: z.boolean(),
    }),
  ),
  maxRuntimeMs: z.number().optional(),
  maxRetries: z.number(),
  /** Runs that go on, and those that wait, in the order in which they are taken, with why; at most 100 of each. */
  going: z.array(runSummarySchema.extend({ worker: z.string().optional(), waitsFor: z.string().optional() })),
  queued: z.array(runSummarySchema.extend({ waitsFor: z.string() })),
  pools: z.array(
    z.object({
      name: z.string(),
      limit: z.number(),
      taken: z.array(poolPlaceSchema),
      /** In the order in which they get places. */
      waiting: z.array(poolPlaceSchema),
    }),
  ),
  tagLimits: z.array(
    z.object({ key: z.string(), value: z.string().optional(), isPerValue: z.boolean(), limit: z.number() }),
  ),
  retentionDays: z.object({ logs: z.number(), runs: z.number() }),
})
export type Deployment = z.infer<typeof deploymentSchema>
