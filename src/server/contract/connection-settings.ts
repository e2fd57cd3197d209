import { z } from 'zod'
import { configuredStreamSchema, connectionDraftSchema, connectionFileSchema } from './connection-drafts.js'
import { diffLineSchema } from './shared.js'

const { schemaChanges, destination } = connectionDraftSchema.shape
/** As the file has them: `{ sync_seconds: 3600 }`; what is not said is as usual. */
const pace = z.record(z.string(), z.number()).optional()

/** GET /api/connections/:name/settings · what its file says, for a form; secrets are stars, or the names of variables */
export const connectionSettingsSchema = z.object({
  /** Relative to the project. */
  file: z.string(),
  /** Of its text: a change says of which one it was made. */
  hash: z.string(),
  /** Why it cannot be written; left out where it can. */
  readOnly: z.string().optional(),
  /** It names no stream, and takes whatever the source has. */
  followsStreams: z.boolean(),
  source: connectionDraftSchema.shape.source,
  destination,
  streams: z.array(configuredStreamSchema),
  schemaChanges,
  /** Any of several expressions is enough. */
  schedule: z.object({ cron: z.array(z.string()), timezone: z.string() }).optional(),
  retries: pace,
  timeouts: pace,
})
export type ConnectionSettingsView = z.infer<typeof connectionSettingsSchema>

/** POST /api/connections/:name/settings/…, PUT /api/connections/:name/settings · what is left out stays as it is */
export const connectionChangeSchema = z.strictObject({
  /** The hash of the settings that it was made of. */
  before: z.string(),
  /** All settings of its source. What is as it was shown stays as it is written. */
  source: z.strictObject({ config: z.record(z.string(), z.unknown()) }).optional(),
  destination: z
    .strictObject({
      /** All settings, as of the source. */
      config: destination.shape.config,
      schema: destination.shape.schema,
      prefix: destination.shape.prefix,
      cdcDeletes: destination.shape.cdcDeletes,
    })
    .optional(),
  /** All that are loaded from now on; none, with `propagate_fully`: whatever the source has. */
  streams: z.array(configuredStreamSchema).optional(),
  schemaChanges,
  /** Null: by hand only. */
  schedule: connectionDraftSchema.shape.schedule.unwrap().nullable().optional(),
  /** All of them. */
  retries: pace,
  timeouts: pace,
})
export type ConnectionChangeView = z.infer<typeof connectionChangeSchema>

/** POST /api/connections/:name/settings/preview */
export const changePreviewSchema = connectionFileSchema.extend({
  /** What changes in the file, with two lines around each change; none where nothing does. */
  diff: z.array(diffLineSchema),
  /** What the next sync will do otherwise. */
  effects: z.array(
    z.object({
      /** Left out: of all of its streams. */
      stream: z.string().optional(),
      /** `refresh`: syncs fail until it is loaded from the start; `replace`: the next sync does that. */
      kind: z.enum(['add', 'remove', 'move', 'refresh', 'replace', 'columns', 'source', 'unknown']),
      message: z.string(),
    }),
  ),
})
export type ChangePreviewView = z.infer<typeof changePreviewSchema>
export type ChangeEffectView = ChangePreviewView['effects'][number]

/** PUT /api/connections/:name/settings */
export const changeWrittenSchema = connectionFileSchema.pick({ file: true, newSecrets: true })
export type ChangeWritten = z.infer<typeof changeWrittenSchema>
