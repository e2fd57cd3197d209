import { z } from 'zod'
import { maybe } from './maybe.js'

const fieldPath = z.array(z.string())
const settings = z.record(z.string(), z.unknown())

export const workspaceAnswer = z.object({ workspaceId: z.string(), name: maybe(z.string()) })
export type AirbyteWorkspace = z.output<typeof workspaceAnswer>

/** Which version answers; not every server says it. */
export const instanceAnswer = z.object({ version: maybe(z.string()), edition: maybe(z.string()) })
export type AirbyteInstance = z.output<typeof instanceAnswer>

/** Of a mapper: `type`, and its settings under a name of each version. */
const mapper = z.looseObject({ type: z.string(), mapperConfiguration: maybe(settings) })

const streamConfiguration = z.object({
  name: z.string(),
  /** Older servers do not say it here: see `AirbyteCatalog`. */
  namespace: maybe(z.string()),
  /** `full_refresh_overwrite`, `incremental_deduped_history`, … */
  syncMode: maybe(z.string()),
  cursorField: maybe(fieldPath),
  primaryKey: maybe(z.array(fieldPath)),
  selectedFields: maybe(z.array(z.object({ fieldPath }))),
  mappers: maybe(z.array(mapper)),
  /** Raw files are moved besides the records. */
  includeFiles: maybe(z.boolean()),
})

export const scheduleAnswer = z.object({
  /** `manual`, `basic`, `cron`; a server may learn others. */
  scheduleType: z.string(),
  /** Quartz, seconds first, with the time zone behind it: `0 0 6 * * ? UTC`. */
  cronExpression: maybe(z.string()),
  /** `Every 24 HOURS` */
  basicTiming: maybe(z.string()),
})
export type AirbyteSchedule = z.output<typeof scheduleAnswer>

export const connectionAnswer = z.object({
  connectionId: z.string(),
  name: z.string(),
  sourceId: z.string(),
  destinationId: z.string(),
  workspaceId: z.string(),
  /** `active`, `inactive`, `deprecated` (deleted), `locked`. */
  status: z.string(),
  statusReason: maybe(z.string()),
  schedule: scheduleAnswer
    .nullish()
    .transform((value) => value ?? { scheduleType: 'manual', cronExpression: undefined, basicTiming: undefined }),
  /** `source`, `destination`, `custom_format` */
  namespaceDefinition: maybe(z.string()),
  namespaceFormat: maybe(z.string()),
  prefix: maybe(z.string()),
  nonBreakingSchemaUpdatesBehavior: maybe(z.string()),
  configurations: z
    .object({ streams: maybe(z.array(streamConfiguration)) })
    .nullish()
    .transform((value) => ({ streams: value?.streams ?? [] })),
  /** Seconds since 1970. */
  createdAt: maybe(z.number()),
})
export type AirbyteConnection = z.output<typeof connectionAnswer>
export type AirbyteStreamConfiguration = AirbyteConnection['configurations']['streams'][number]

const actor = {
  name: z.string(),
  definitionId: maybe(z.string()),
  workspaceId: z.string(),
  /** Its secrets are masked by the server. */
  configuration: settings.nullish().transform((value) => value ?? {}),
}
export const sourceAnswer = z.object({
  ...actor,
  sourceId: z.string(),
  sourceType: maybe(z.string()),
})
export type AirbyteSource = z.output<typeof sourceAnswer>

export const destinationAnswer = z.object({
  ...actor,
  destinationId: z.string(),
  destinationType: maybe(z.string()),
})
export type AirbyteDestination = z.output<typeof destinationAnswer>

/** What a source offers: `GET /streams`. */
export const streamPropertiesAnswer = z.object({
  streamName: z.string(),
  streamnamespace: maybe(z.string()),
  syncModes: maybe(z.array(z.string())),
  defaultCursorField: maybe(fieldPath),
  sourceDefinedCursorField: maybe(z.boolean()),
  sourceDefinedPrimaryKey: maybe(z.array(fieldPath)),
  propertyFields: maybe(z.array(fieldPath)),
})
export type AirbyteStreamProperties = z.output<typeof streamPropertiesAnswer>

export const catalogAnswer = z.object({
  streams: z.array(
    z.object({
      stream: z.object({
        name: z.string(),
        namespace: maybe(z.string()),
        jsonSchema: maybe(settings),
        supportedSyncModes: maybe(z.array(z.string())),
        sourceDefinedCursor: maybe(z.boolean()),
        defaultCursorField: maybe(fieldPath),
        sourceDefinedPrimaryKey: maybe(z.array(fieldPath)),
      }),
      config: z.object({
        syncMode: z.string(),
        destinationSyncMode: z.string(),
        cursorField: maybe(fieldPath),
        primaryKey: maybe(z.array(fieldPath)),
        aliasName: maybe(z.string()),
        /** Left out by older servers: those list only what is selected. */
        selected: z
          .boolean()
          .nullish()
          .transform((value) => value ?? true),
        fieldSelectionEnabled: maybe(z.boolean()),
        selectedFields: maybe(z.array(z.object({ fieldPath: maybe(fieldPath) }))),
        mappers: maybe(z.array(mapper)),
        includeFiles: maybe(z.boolean()),
        generationId: maybe(z.number()),
        minimumGenerationId: maybe(z.number()),
      }),
    }),
  ),
})
export type AirbyteCatalog = z.output<typeof catalogAnswer>

/** `POST /connections/get` of the configuration API. */
export const configuredConnectionAnswer = z.object({
  connectionId: z.string(),
  name: z.string(),
  sourceId: z.string(),
  destinationId: z.string(),
  status: z.string(),
  /** `source`, `destination`, `customformat` */
  namespaceDefinition: maybe(z.string()),
  namespaceFormat: maybe(z.string()),
  prefix: maybe(z.string()),
  scheduleType: maybe(z.string()),
  scheduleData: maybe(
    z.object({
      basicSchedule: maybe(z.object({ timeUnit: z.string(), units: z.number() })),
      cron: maybe(z.object({ cronExpression: z.string(), cronTimeZone: maybe(z.string()) })),
    }),
  ),
  nonBreakingChangesPreference: maybe(z.string()),
  backfillPreference: maybe(z.string()),
  syncCatalog: catalogAnswer,
})
export type AirbyteConfiguredConnection = z.output<typeof configuredConnectionAnswer>

/** `POST /source_definitions/get`, `/destination_definitions/get`: which program a connector is. */
export const definitionAnswer = z.object({
  name: z.string(),
  dockerRepository: z.string(),
  dockerImageTag: z.string(),
  /** Of a connector that somebody made themselves. */
  custom: maybe(z.boolean()),
  /** `python`, `java`, `manifest-only`; not every server says it. */
  language: maybe(z.string()),
})
export type AirbyteDefinition = z.output<typeof definitionAnswer>

/** A connector that is a manifest of the builder. */
export const declarativeDefinitionAnswer = z.object({ id: z.string(), name: z.string(), manifest: settings })
export type AirbyteDeclarativeDefinition = z.output<typeof declarativeDefinitionAnswer>
