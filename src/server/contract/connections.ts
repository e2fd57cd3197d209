import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import { assetHealthSchema, errorSchema, metadataSchema, stepStatusSchema, tableSchema } from './shared.js'

export const connectionStreamSchema = z.object({
  name: z.string(),
  asset: z.string(),
  syncMode: z.string(),
  destinationSyncMode: z.string(),
  cursorField: z.array(z.string()).optional(),
  primaryKey: z.array(z.array(z.string())).optional(),
  health: assetHealthSchema,
  lastSyncAt: z.string().optional(),
  /** Without SQL and columns. */
  lastMetadata: metadataSchema.optional(),
  rows: z.number().optional(),
  /** The table as SQL names it: `raw.orders`. */
  relation: z.string().optional(),
  lastRunId: z.string().optional(),
  lastError: errorSchema.optional(),
  inProgressRunId: z.string().optional(),
})
export type ConnectionStreamView = z.infer<typeof connectionStreamSchema>

export const connectionSchema = z.object({
  name: z.string(),
  file: z.string(),
  sourceConnector: z.string(),
  destinationConnector: z.string(),
  /** Of the tables in the warehouse; not there where streams go elsewhere. */
  destinationSchema: z.string().optional(),
  /** Its own schedule, as its file says, and whether it is switched on; that is not known before it has streams. */
  schedule: z
    .object({
      cron: z.array(z.string()),
      timezone: z.string(),
      automation: z.object({ name: z.string(), isOn: z.boolean() }).optional(),
    })
    .optional(),
  /** What becomes of it when its source changes: ignore, pause, propagate_columns or propagate_fully. */
  schemaPolicy: z.string().optional(),
  /** The next tick of any schedule that is on and reaches one of its streams. */
  next: z.object({ at: z.string(), by: z.string(), timezone: z.string() }).optional(),
  /** A tick that passed without bringing all of its streams up to date. */
  late: z.object({ dueAt: z.string(), by: z.string() }).optional(),
  lastSyncAt: z.string().optional(),
  lastRunId: z.string().optional(),
  inProgressRunId: z.string().optional(),
  health: assetHealthSchema,
  streams: z.array(connectionStreamSchema),
  /** Of one that a server of Airbyte keeps: it is synced from here, and changed there. */
  remote: z
    .object({
      server: z.string(),
      title: z.string(),
      page: z.string(),
      /** active, inactive or locked */
      status: z.string(),
      /** When the server syncs it by itself, in its words and, where cron can say it, in cron's. */
      schedule: z.object({ text: z.string(), cron: z.array(z.string()).optional(), timezone: z.string() }).optional(),
    })
    .optional(),
})
export type ConnectionView = z.infer<typeof connectionSchema>

/** GET /api/connections */
export const connectionsSchema = z.object({
  connections: z.array(connectionSchema),
  /** Those that cannot be read for want of a secret, with what is missing in the data of the error. */
  waiting: z.array(z.object({ name: z.string(), error: errorSchema })),
})
export type ConnectionsView = z.infer<typeof connectionsSchema>
export type WaitingConnection = ConnectionsView['waiting'][number]

/** What one run did to a connection, as its streams reported it. */
export const syncSchema = z.object({
  runId: z.string(),
  /** Cancelled: what is told of its streams was done before. */
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  startedAt: z.string(),
  endedAt: z.string(),
  rows: z.number(),
  bytes: z.number(),
  streams: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['succeeded', 'failed']),
      rows: z.number(),
      note: z.string().optional(),
      error: errorSchema.optional(),
    }),
  ),
})
export type SyncView = z.infer<typeof syncSchema>

/** A column that came, went or changed its type, and with which sync. */
export const schemaChangeSchema = z.object({
  stream: z.string(),
  at: z.string(),
  runId: z.string(),
  change: z.string(),
  column: z.string().optional(),
  detail: z.string().optional(),
})

/** GET /api/connections/:name */
export const connectionDetailSchema = connectionSchema.extend({
  /** The YAML file as it stands, secrets masked. */
  yaml: z.string(),
  /** Newest first, at most 30. */
  syncs: z.array(syncSchema),
  /** Newest first, from the same syncs. */
  schemaChanges: z.array(schemaChangeSchema),
  runs: z.array(runSummarySchema),
  /** How many assets follow from its streams, near and far. */
  downstream: z.number(),
  /** State per stream as committed in the warehouse; opaque. */
  states: z.array(z.object({ stream: z.string(), state: z.unknown(), updatedAt: z.string().optional() })),
  /** Why the states are not known now; `states` is empty then, and says nothing. */
  statesError: errorSchema.optional(),
})
export type ConnectionDetail = z.infer<typeof connectionDetailSchema>

/** GET /api/connections/:name/timeline · newest first */
export const timelineSchema = z.object({
  entries: z.array(
    z.object({
      at: z.string(),
      type: z.enum([
        'sync',
        'refresh',
        'clear',
        'schema_changed',
        'created',
        'settings_changed',
        'removed',
        'schema_accepted',
        'schedule_turned_on',
        'schedule_turned_off',
      ]),
      /** Who: `file`, `web`, `cli`, `daemon`, the name of a schedule or sensor. */
      by: z.string(),
      /** What, for people; of settings the lines that changed. */
      message: z.string(),
      /** Of a sync, refresh or clear. */
      sync: z
        .object({
          runId: z.string(),
          status: stepStatusSchema,
          attempts: z.number(),
          endedAt: z.string().optional(),
          error: errorSchema.optional(),
        })
        .optional(),
    }),
  ),
  /** Pass it as `before` for what is older; not there at the end. */
  next: z.string().optional(),
})
export type TimelineView = z.infer<typeof timelineSchema>

/** POST /api/connections/:name/sync → { runId } */
export const syncRequestSchema = z.object({
  streams: z.array(z.string()).optional(),
  fullRefresh: z.boolean().optional(),
})
export const syncResponseSchema = z.object({ runId: z.string() })

/** POST /api/connections/:name/clear → { runId } · all streams where none is named */
export const clearRequestSchema = z.object({ streams: z.array(z.string()).min(1).optional() })

/** POST /api/connections/:name/accept */
export const acceptRequestSchema = z.object({ streams: z.array(z.string()).optional() })
export const acceptResponseSchema = z.object({ streams: z.array(z.string()) })

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
      /** Since a sync last took them. */
      changes: z.array(
        z.object({
          kind: z.string(),
          column: z.string(),
          from: z.string().optional(),
          to: z.string().optional(),
          /** Of a column that came: what it may have been called. */
          renamedFrom: z.string().optional(),
        }),
      ),
    }),
  ),
})

export type DiscoveredView = z.infer<typeof discoverSchema>

/** POST /api/query · read-only unless `allowWrite`. */
export const queryRequestSchema = z.object({
  sql: z.string().min(1),
  limit: z.number().int().positive().max(10_000).optional(),
  allowWrite: z.boolean().optional(),
})
export const queryResponseSchema = tableSchema

/** POST /api/query/parquet · all rows of a reading query, as a file. */
export const parquetRequestSchema = z.object({ sql: z.string().min(1) })
