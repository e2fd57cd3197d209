import { z } from 'zod'

const jsonSchema = z.record(z.string(), z.unknown())
const path = z.array(z.string())

const syncModeSchema = z.enum(['full_refresh', 'incremental'])
const destinationSyncModeSchema = z.enum(['overwrite', 'append', 'append_dedup', 'overwrite_dedup'])

const connectorSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  releaseStage: z.string(),
  /** JSON Schema with Airbyte's `airbyte_secret` and `order`. */
  spec: jsonSchema,
  /** Its records can be looked at with the requests and the answers behind them. */
  canPreview: z.boolean().optional(),
  /** It is a manifest that was added to the project. */
  isAdded: z.boolean().optional(),
})
export type ConnectorView = z.infer<typeof connectorSchema>

const destinationConnectorSchema = connectorSchema.extend({
  /** Streams become tables of the project's warehouse: they have a schema. */
  isWarehouse: z.boolean(),
  modes: z.array(destinationSyncModeSchema),
  /** It has a place for the files that records are about. */
  keepsFiles: z.boolean(),
})
export type DestinationConnectorView = z.infer<typeof destinationConnectorSchema>

/** GET /api/connectors */
export const connectorsSchema = z.object({
  /** Sources. */
  connectors: z.array(connectorSchema),
  /** The warehouse first. */
  destinations: z.array(destinationConnectorSchema),
  /** Connections may be made through this server. */
  canCreate: z.boolean(),
})
export type ConnectorsView = z.infer<typeof connectorsSchema>

/** POST /api/connectors/spec */
export const sourceSchema = z.object({ connector: z.string(), config: z.record(z.string(), z.unknown()).default({}) })
export const sourceSpecSchema = z.object({ spec: jsonSchema, documentationUrl: z.string().optional() })
export type SourceSpecView = z.infer<typeof sourceSpecSchema>

/** Which rows are loaded. */
export type RowConditionView =
  | { readonly field: string; readonly equal: string | number | boolean | null }
  | { readonly and: readonly RowConditionView[] }
  | { readonly or: readonly RowConditionView[] }
  | { readonly not: RowConditionView }

const field = z.string()
const rowConditionSchema = z
  .custom<RowConditionView>((value) => value !== null && typeof value === 'object' && !Array.isArray(value))
  .meta({ description: '{field, equal}, {and: […]}, {or: […]} or {not: …}' })

/** What becomes of values, names and rows on their way, as in the file of a connection. */
export const mapperSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hashing'),
    field,
    method: z.enum(['MD5', 'SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512']).default('SHA-256'),
  }),
  z.discriminatedUnion('algorithm', [
    /** `key`: 32 bytes, as hexadecimal digits or base64, or `${NAME}`. It stands in no file. */
    z.object({ type: z.literal('encryption'), field, algorithm: z.literal('AES'), key: z.string() }),
    z.object({
      type: z.literal('encryption'),
      field,
      algorithm: z.literal('RSA'),
      publicKey: z.string(),
      padding: z.enum(['PKCS1', 'OAEP']),
    }),
  ]),
  z.object({ type: z.literal('field-renaming'), field, to: z.string() }),
  z.object({ type: z.literal('field-filtering'), field }),
  z.object({ type: z.literal('row-filtering'), where: rowConditionSchema }),
])
export type MapperView = z.infer<typeof mapperSchema>

export const configuredStreamSchema = z.object({
  name: z.string(),
  syncMode: syncModeSchema,
  destinationSyncMode: destinationSyncModeSchema,
  cursorField: path.optional(),
  primaryKey: z.array(path).optional(),
  /** The fields that are loaded; all when left out. */
  fields: z.array(z.string()).optional(),
  mappers: z.array(mapperSchema).optional(),
  /** The files that its records are about are loaded with them. */
  includesFiles: z.boolean().optional(),
  /** Of its table, where they are not those of the connection. */
  schema: z.string().optional(),
  table: z.string().optional(),
})
export type ConfiguredStreamView = z.infer<typeof configuredStreamSchema>

/** A connection that is not a file yet. Its secrets are used, and kept encrypted once it is one; they stand in no file. */
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
    /** Whether a row that a source of changes calls deleted leaves its table, or stays with the time of it. */
    cdcDeletes: z.enum(['hard', 'soft']).optional(),
  }),
  /** None, with `propagate_fully`: whatever the source has, also what comes later. */
  streams: z.array(configuredStreamSchema).default([]),
  schemaChanges: z.enum(['ignore', 'pause', 'propagate_columns', 'propagate_fully']).optional(),
  /** Of several expressions any is enough. */
  schedule: z.object({ cron: z.union([z.string(), z.array(z.string()).min(1)]), timezone: z.string() }).optional(),
})
export type ConnectionDraftView = z.infer<typeof connectionDraftSchema>

/** POST /api/connection-drafts/discover */
export const discoveredDraftSchema = z.object({
  /** Only the source knows which streams there are: a connection may take all of them, and new ones as they come. */
  canFollow: z.boolean(),
  /** `${SOURCE_NAMESPACE}` is known of its streams. */
  hasNamespaces: z.boolean(),
  /** Incremental streams are read from the log of a database (CDC). */
  readsLog: z.boolean(),
  streams: z.array(
    z.object({
      name: z.string(),
      namespace: z.string().optional(),
      supportedSyncModes: z.array(z.string()),
      /** It knows what is new without being told a column. */
      hasOwnCursor: z.boolean(),
      /** Its records are about files, which may be loaded with them. */
      isFileBased: z.boolean(),
      fields: z.array(z.object({ path: z.string(), type: z.string() })),
      /** The key that the source itself names, as columns; none where it does not. */
      sourceKey: z.array(z.string()),
      /** The column that the source itself calls the cursor. */
      sourceCursor: z.string().optional(),
      /** Columns that could be the key, or the cursor, where the source can tell. */
      keyCandidates: z.array(z.string()),
      cursorCandidates: z.array(z.string()),
      sample: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) }).optional(),
      proposed: configuredStreamSchema,
    }),
  ),
})
export type DiscoveredDraft = z.infer<typeof discoveredDraftSchema>
export type DiscoveredDraftStream = z.infer<typeof discoveredDraftSchema>['streams'][number]

/** POST /api/connection-drafts/preview, POST /api/connections */
export const connectionFileSchema = z.object({
  /** Relative to the project. */
  file: z.string(),
  yaml: z.string(),
  /** Names of secrets that were given: they are kept, encrypted, as the file is written. */
  newSecrets: z.array(z.string()),
  /** Where the rows of each stream will be: its table, or its folder; left out where they are not kept. */
  places: z.array(z.object({ stream: z.string(), place: z.string().optional() })),
})
export type ConnectionFileView = z.infer<typeof connectionFileSchema>
