import { z } from 'zod'

/** Bodies as Airbyte's clients send them; what else they hold is not looked at. */
export const tokenRequestSchema = z.object({ client_id: z.string(), client_secret: z.string().min(1) })

export const applicationSchema = z.object({ name: z.string() })

export const jobCreateSchema = z.object({
  connectionId: z.string(),
  jobType: z.enum(['sync', 'refresh', 'clear', 'reset']),
})

/** Clients that are made of a schema send nulls for what they do not say. */
const said = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? undefined)

const fieldPath = z.array(z.string())
const settings = z.record(z.string(), z.unknown())

const streamWish = z.object({
  name: z.string(),
  namespace: said(z.string()),
  syncMode: said(
    z.enum([
      'full_refresh_overwrite',
      'full_refresh_overwrite_deduped',
      'full_refresh_append',
      'full_refresh_update',
      'incremental_append',
      'incremental_deduped_history',
    ]),
  ),
  cursorField: said(fieldPath),
  primaryKey: said(z.array(fieldPath)),
  selectedFields: said(z.array(z.object({ fieldPath }))),
  mappers: said(z.array(z.looseObject({ type: z.string(), mapperConfiguration: said(settings) }))),
  includeFiles: said(z.boolean()),
})
export type StreamWish = z.output<typeof streamWish>

const connectionWishes = {
  name: said(z.string()),
  status: said(z.enum(['active', 'inactive'])),
  schedule: said(
    z.object({
      scheduleType: z.enum(['manual', 'cron', 'basic']),
      cronExpression: said(z.string()),
      basicTiming: said(z.string()),
    }),
  ),
  namespaceDefinition: said(z.enum(['source', 'destination', 'custom_format'])),
  namespaceFormat: said(z.string()),
  prefix: said(z.string()),
  nonBreakingSchemaUpdatesBehavior: said(
    z.enum(['ignore', 'disable_connection', 'propagate_columns', 'propagate_fully']),
  ),
  configurations: said(z.object({ streams: said(z.array(streamWish)) })),
}

/** What of a connection is to be otherwise; what is left out stays. */
export const connectionPatchSchema = z.object(connectionWishes)
export type ConnectionWishes = z.output<typeof connectionPatchSchema>

export const connectionCreateSchema = z.object({
  ...connectionWishes,
  sourceId: z.string(),
  destinationId: z.string(),
})
export type ConnectionCreate = z.output<typeof connectionCreateSchema>

/** A source or a destination. */
export const endCreateSchema = z.object({
  name: z.string().min(1).max(200),
  workspaceId: said(z.string()),
  definitionId: said(z.string()),
  configuration: settings,
})
export const endPatchSchema = z.object({ name: said(z.string().min(1).max(200)), configuration: said(settings) })
export type EndPatch = z.output<typeof endPatchSchema>

/** JSON, or a text that holds it or YAML. */
const manifest = z.union([settings, z.string().min(1)])
export const declarativeCreateSchema = z.object({ name: z.string().min(1).max(200), manifest })
export const declarativeUpdateSchema = z.object({ manifest })

export const connectionIdSchema = z.object({ connectionId: z.string() })
export const sourceIdSchema = z.object({ sourceId: z.string() })
/** By the end of a connection: the id of one. */
export const endIdSchemas = {
  source: sourceIdSchema.transform(({ sourceId }) => sourceId),
  destination: z.object({ destinationId: z.string() }).transform(({ destinationId }) => destinationId),
}
export const workspaceIdSchema = z.object({ workspaceId: z.string() })
export const jobIdSchema = z.object({ id: z.coerce.number().int().positive() })
/** The same of its definition. */
export const definitionIdSchemas = {
  source: z.object({ sourceDefinitionId: z.string() }).transform((asked) => asked.sourceDefinitionId),
  destination: z.object({ destinationDefinitionId: z.string() }).transform((asked) => asked.destinationDefinitionId),
}

export const jobListSchema = z.object({
  configTypes: z.array(z.string()).optional(),
  configId: z.string().optional(),
  pagination: z
    .object({ pageSize: z.number().int().min(1).max(1000).optional(), rowOffset: z.number().int().min(0).optional() })
    .optional(),
})
