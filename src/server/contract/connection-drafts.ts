import { z } from 'zod'

const jsonSchema = z.record(z.string(), z.unknown())
const path = z.array(z.string())

/** GET /api/connectors */
export const connectorsSchema = z.object({
  connectors: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      releaseStage: z.string(),
      /** JSON Schema with Airbyte's `airbyte_secret` and `order`. */
      spec: jsonSchema,
    }),
  ),
  /** Connections may be made through this server. */
  canCreate: z.boolean(),
})
export type ConnectorsView = z.infer<typeof connectorsSchema>
export type ConnectorView = ConnectorsView['connectors'][number]

/** POST /api/connectors/spec */
export const sourceSchema = z.object({ connector: z.string(), config: z.record(z.string(), z.unknown()).default({}) })
export const sourceSpecSchema = z.object({ spec: jsonSchema, documentationUrl: z.string().optional() })
export type SourceSpecView = z.infer<typeof sourceSpecSchema>

export const configuredStreamSchema = z.object({
  name: z.string(),
  syncMode: z.enum(['full_refresh', 'incremental']),
  destinationSyncMode: z.enum(['overwrite', 'append', 'append_dedup', 'overwrite_dedup']),
  cursorField: path.optional(),
  primaryKey: z.array(path).optional(),
  /** The fields that are loaded; all when left out. */
  fields: z.array(z.string()).optional(),
})
export type ConfiguredStreamView = z.infer<typeof configuredStreamSchema>

/** A connection that is not a file yet. Its secrets are used, and never written. */
export const connectionDraftSchema = z.object({
  name: z.string(),
  source: sourceSchema,
  destination: z.object({
    /** The warehouse where it is left out. */
    connector: z.string().optional(),
    config: z.record(z.string(), z.unknown()).optional(),
    /** Of the tables; only the warehouse has some. */
    schema: z.string().optional(),
    prefix: z.string().optional(),
  }),
  streams: z.array(configuredStreamSchema).default([]),
  schemaChanges: z.enum(['ignore', 'pause', 'propagate_columns', 'propagate_fully']).optional(),
  schedule: z.object({ cron: z.string(), timezone: z.string() }).optional(),
})
export type ConnectionDraftView = z.infer<typeof connectionDraftSchema>

/** POST /api/connection-drafts/discover */
export const discoveredDraftSchema = z.object({
  streams: z.array(
    z.object({
      name: z.string(),
      supportedSyncModes: z.array(z.string()),
      /** It knows what is new without being told a column. */
      hasOwnCursor: z.boolean(),
      fields: z.array(z.object({ path: z.string(), type: z.string() })),
      /** Columns that could be the key, or the cursor, where the source can tell. */
      keyCandidates: z.array(z.string()),
      cursorCandidates: z.array(z.string()),
      sample: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) }).optional(),
      proposed: configuredStreamSchema,
    }),
  ),
})
export type DiscoveredDraftStream = z.infer<typeof discoveredDraftSchema>['streams'][number]

/** POST /api/connection-drafts/preview, POST /api/connections */
export const connectionFileSchema = z.object({
  /** Relative to the project. */
  file: z.string(),
  yaml: z.string(),
  /** Variables of the environment that hold secrets and are not set: until they are, the connection cannot be read. */
  missingVariables: z.array(z.string()),
})
export type ConnectionFileView = z.infer<typeof connectionFileSchema>
