import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import { assetHealthSchema, errorSchema, metadataSchema, tableSchema } from './shared.js'

export const connectionStreamSchema = z.object({
  name: z.string(),
  asset: z.string(),
  syncMode: z.string(),
  destinationSyncMode: z.string(),
  cursorField: z.array(z.string()).optional(),
  primaryKey: z.array(z.array(z.string())).optional(),
  health: assetHealthSchema,
  lastSyncAt: z.string().optional(),
  lastMetadata: metadataSchema.optional(),
  rows: z.number().optional(),
  lastError: errorSchema.optional(),
  inProgressRunId: z.string().optional(),
})
export type ConnectionStreamView = z.infer<typeof connectionStreamSchema>

export const connectionSchema = z.object({
  name: z.string(),
  file: z.string(),
  sourceConnector: z.string(),
  destinationConnector: z.string(),
  destinationSchema: z.string(),
  schedule: z.object({ cron: z.string(), timezone: z.string(), nextAt: z.string().optional() }).optional(),
  lastSyncAt: z.string().optional(),
  health: assetHealthSchema,
  streams: z.array(connectionStreamSchema),
})
export type ConnectionView = z.infer<typeof connectionSchema>

/** GET /api/connections */
export const connectionsSchema = z.object({ connections: z.array(connectionSchema) })

/** GET /api/connections/:name */
export const connectionDetailSchema = connectionSchema.extend({
  /** The YAML file as it stands, secrets masked. */
  yaml: z.string(),
  runs: z.array(runSummarySchema),
  /** State per stream as committed in the warehouse; opaque. */
  states: z.array(z.object({ stream: z.string(), state: z.unknown(), updatedAt: z.string().optional() })),
})
export type ConnectionDetail = z.infer<typeof connectionDetailSchema>

/** POST /api/connections/:name/sync → { runId } */
export const syncRequestSchema = z.object({
  streams: z.array(z.string()).optional(),
  fullRefresh: z.boolean().optional(),
})
export const syncResponseSchema = z.object({ runId: z.string() })

/** POST /api/connections/:name/check */
export const connectionCheckSchema = z.object({
  status: z.enum(['succeeded', 'failed']),
  message: z.string().optional(),
  error: errorSchema.optional(),
})

/** GET /api/connections/:name/discover */
export const discoverSchema = z.object({
  streams: z.array(
    z.object({
      name: z.string(),
      supportedSyncModes: z.array(z.string()),
      defaultCursorField: z.array(z.string()),
      primaryKey: z.array(z.array(z.string())),
      fields: z.array(z.object({ path: z.string(), type: z.string() })),
    }),
  ),
})

/** POST /api/query · read-only unless `allowWrite`. */
export const queryRequestSchema = z.object({
  sql: z.string().min(1),
  limit: z.number().int().positive().max(10_000).optional(),
  allowWrite: z.boolean().optional(),
})
export const queryResponseSchema = tableSchema
