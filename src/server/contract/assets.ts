import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import {
  assetHealthSchema,
  diffLineSchema,
  errorSchema,
  metadataSchema,
  stepStatusSchema,
  tableSchema,
} from './shared.js'

export const assetSummarySchema = z.object({
  key: z.string(),
  kinds: z.array(z.string()),
  group: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  owners: z.array(z.string()),
  deps: z.array(z.string()),
  isExecutable: z.boolean(),
  health: assetHealthSchema,
  /** One sentence: "failed 5 minutes ago: …", "upstream raw/flights is newer", "2 of 30 partitions failed". */
  healthReason: z.string().optional(),
  lastMaterializedAt: z.string().optional(),
  lastRunId: z.string().optional(),
  inProgressRunId: z.string().optional(),
  rows: z.number().optional(),
  /** Of one that is cut into partitions: how many are made, have failed since or instead, and are missing. */
  partitionCounts: z.object({ made: z.number(), failed: z.number(), missing: z.number() }).optional(),
  checks: z.object({ passed: z.number(), warned: z.number(), failed: z.number(), unknown: z.number() }),
})
export type AssetSummary = z.infer<typeof assetSummarySchema>

/** GET /api/assets · the whole graph: nodes with their `deps`. */
export const assetsSchema = z.object({ project: z.string(), assets: z.array(assetSummarySchema) })

/** GET /api/selection?q=… · the assets that a selection means, in the words that runs take; an error where it means none. */
export const selectionSchema = z.object({ keys: z.array(z.string()) })

/** GET /api/assets/:key/code-changes · how the SQL of a model that would run now differs from what ran last; no lines where it does not */
export const codeChangesSchema = z.object({
  /** With two lines around each change; what is left out between them is `…`. */
  lines: z.array(diffLineSchema),
  /** Why that cannot be said. */
  unknown: z.string().optional(),
})
export type CodeChanges = z.infer<typeof codeChangesSchema>

export const checkSummarySchema = z.object({
  asset: z.string(),
  name: z.string(),
  description: z.string(),
  column: z.string().optional(),
  isBlocking: z.boolean(),
  status: z.enum(['passed', 'warned', 'failed', 'unknown']),
  at: z.string().optional(),
  runId: z.string().optional(),
  /** Of an asset with partitions: of which it was asked last. */
  partitions: z.string().optional(),
  /** Of which it found something the last time that it was asked of them: how many, the keys of some, and the last run that found one. */
  badPartitions: z.object({ count: z.number(), keys: z.array(z.string()), runId: z.string() }).optional(),
  message: z.string().optional(),
  metadata: metadataSchema.optional(),
})
export type CheckSummary = z.infer<typeof checkSummarySchema>

/** A check with its latest outcomes, newest first, at most 30. */
export const checkWithHistorySchema = checkSummarySchema.extend({
  history: z.array(
    z.object({
      at: z.string(),
      status: z.enum(['passed', 'warned', 'failed']),
      runId: z.string(),
      partitions: z.string().optional(),
      message: z.string().optional(),
      /** Without SQL and columns. */
      metadata: metadataSchema.optional(),
    }),
  ),
})
export type CheckWithHistory = z.infer<typeof checkWithHistorySchema>

export const assetEventSchema = z.object({
  id: z.number(),
  at: z.string(),
  runId: z.string(),
  type: z.string(),
  check: z.string().optional(),
  /** Which of the asset's, where it has some. */
  partitions: z.string().optional(),
  message: z.string().optional(),
  metadata: metadataSchema.optional(),
  error: errorSchema.optional(),
})
export type AssetEvent = z.infer<typeof assetEventSchema>

/** GET /api/assets/:key (the key URL-encoded as one segment) */
export const assetDetailSchema = assetSummarySchema.extend({
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string().optional(),
      description: z.string().optional(),
      tests: z.array(z.string()).optional(),
    }),
  ),
  /** It is cut into partitions: `daily from 2024-01-01`, `5 keys`. */
  partitions: z.string().optional(),
  /** Of how many dimensions they are. */
  partitionDimensions: z.number().optional(),
  relation: z.object({ schema: z.string(), identifier: z.string() }).optional(),
  source: z.object({ file: z.string(), line: z.number().optional(), column: z.number().optional() }).optional(),
  code: z.object({ language: z.enum(['sql', 'python', 'typescript', 'yaml']), text: z.string() }).optional(),
  /** What the warehouse was last sent for it; in a dbt project also in `target/compiled`. */
  compiledCode: z.string().optional(),
  origin: z.record(z.string(), z.string()).optional(),
  upstream: z.array(assetSummarySchema),
  downstream: z.array(assetSummarySchema),
  checkList: z.array(checkWithHistorySchema),
  /** How the latest run that touched it went for it: why it did, or did not, run. */
  lastStep: z
    .object({
      runId: z.string(),
      status: stepStatusSchema,
      at: z.string(),
      /** Why it was skipped. */
      reason: z.string().optional(),
    })
    .optional(),
  /** What will run it by itself, and when next. */
  automation: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['schedule', 'sensor', 'automation']),
      isOn: z.boolean(),
      nextAt: z.string().optional(),
      /** Of an automation: what its condition is called. */
      condition: z.string().optional(),
    }),
  ),
  /** What its definition says of it besides. */
  metadata: metadataSchema,
  /** Of the code as it is, of the code that made it last, and of its data, as far as they are known. */
  versions: z.object({ code: z.string().optional(), madeBy: z.string().optional(), data: z.string().optional() }),
  /** Newest first, at most 50. */
  events: z.array(assetEventSchema),
  /** Every numeric metadata entry over time, oldest first: rows, bytes, duration_ms … */
  plots: z.array(
    z.object({ name: z.string(), points: z.array(z.object({ at: z.string(), value: z.number(), runId: z.string() })) }),
  ),
  /** Whether it was made as late as its policy wants it. */
  freshness: z
    .object({
      policy: z.string(),
      state: z.enum(['pass', 'warn', 'fail', 'unknown']),
      since: z.string().optional(),
      failsAt: z.string().optional(),
    })
    .optional(),
  lastError: errorSchema.optional(),
  runs: z.array(runSummarySchema),
})
export type AssetDetail = z.infer<typeof assetDetailSchema>

/**
 * GET /api/assets/:key/partitions · what is known of them, in the order of the partitions: a stretch of one status each, and the
 * keys of its first and its last.
 */
export const assetPartitionsSchema = z.object({
  size: z.number(),
  dimensions: z.array(z.object({ name: z.string(), size: z.number() })),
  counts: z.object({ made: z.number(), failed: z.number(), running: z.number(), missing: z.number() }),
  stretches: z.array(
    z.object({
      status: z.enum(['made', 'failed', 'running', 'missing']),
      from: z.number(),
      count: z.number(),
      first: z.string(),
      last: z.string(),
    }),
  ),
  /** All that is missing or failed, as a choice of partitions. */
  unmade: z.string(),
})
export type AssetPartitions = z.infer<typeof assetPartitionsSchema>

/** GET /api/assets/:key/partition-matrix?across=&down=&hold.<dimension>=<key> · partitions of several dimensions, two of them as a table. */
export const partitionMatrixSchema = z.object({
  size: z.number(),
  counts: z.object({ made: z.number(), failed: z.number(), running: z.number(), missing: z.number() }),
  /** In the order of their keys in the key of a partition. */
  dimensions: z.array(z.object({ name: z.string(), size: z.number(), isTime: z.boolean() })),
  /** The latest of the keys; so many before them are left out. */
  across: z.object({ name: z.string(), keys: z.array(z.string()), leftOut: z.number() }),
  down: z.object({ name: z.string(), keys: z.array(z.string()), leftOut: z.number() }),
  /** The other dimensions, each with all its keys and the one at which it is held; without one a cell stands for all of them. */
  others: z.array(z.object({ name: z.string(), keys: z.array(z.string()), held: z.string().optional() })),
  /** A letter for each cell, row by row: `m`ade, `p`artly made, `f`ailed, `r`unning, `.` missing. */
  cells: z.string(),
})
export type PartitionMatrixView = z.infer<typeof partitionMatrixSchema>

/** GET /api/assets/:key/partitions/:partition */
export const partitionDetailSchema = z.object({
  key: z.string(),
  window: z.object({ start: z.string(), end: z.string() }).optional(),
  madeAt: z.string().optional(),
  failedAt: z.string().optional(),
  /** The run that made it last, or failed to: its page tells the rest. */
  runId: z.string().optional(),
})
export type PartitionDetail = z.infer<typeof partitionDetailSchema>

/** GET /api/assets/:key/sample?limit=20 · rows through the engine that owns the warehouse. */
export const assetSampleSchema = tableSchema

/** POST /api/assets/{key}/report */
export const reportRequestSchema = z.strictObject({
  metadata: metadataSchema.optional(),
  /** Where it is the one of before, nothing changed for what reads the asset. */
  dataVersion: z.string().min(1).optional(),
  /** Keys of partitions, or ranges of them. */
  partitions: z.string().min(1).optional(),
})
export const reportResponseSchema = z.object({ asset: z.string() })

/** POST /api/materialize · DANGEROUS: says first what it will do with `dryRun`. */
export const materializeRequestSchema = z.object({
  selection: z.string().min(1),
  /** Of assets that have some: keys, ranges `a...b`, `*`, with commas between them. */
  partitions: z.string().min(1).optional(),
  /** By asset: what the run asks of it, after the schemas that a dry run answers. */
  config: z.record(z.string(), z.unknown()).optional(),
  fullRefresh: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  tags: z.record(z.string(), z.string()).optional(),
})
export type MaterializeRequest = z.infer<typeof materializeRequestSchema>
export const materializeResponseSchema = z.object({
  /** Absent for a dry run. */
  runId: z.string().optional(),
  /** In the order in which they will run. */
  assets: z.array(z.string()),
  /** How many of each main kind: streams, models, seeds … */
  kinds: z.record(z.string(), z.number()),
  checks: z.number(),
  steps: z.number(),
  /** Checks whose failure keeps what comes after from being made. */
  blockingChecks: z.number(),
  /** How many of the assets hold something already, which is replaced or added to. */
  madeBefore: z.number(),
  /** Those that only add what is new, and that a full refresh would make from nothing; at most 100. */
  incremental: z.array(z.string()),
  /** Assets with a condition of their own that read what is made, and may follow by themselves; at most 100 are named. */
  followers: z.object({ count: z.number(), assets: z.array(z.object({ asset: z.string(), condition: z.string() })) }),
  /** Of assets that have some: which, written out where all are cut in one way, and how many in all. */
  partitions: z.object({ text: z.string().optional(), count: z.number() }).optional(),
  /** What the run may ask, of assets that take a config: a JSON Schema each. */
  config: z.array(z.object({ asset: z.string(), schema: z.record(z.string(), z.unknown()) })).optional(),
})
export type MaterializeResponse = z.infer<typeof materializeResponseSchema>
