import { isMapping } from '../../../base/index.js'
import { type ConnectionSpec, type Definitions, quartzOf } from '../../../orchestrate/index.js'
import type { Catalog, ShownConnection } from './catalog.js'
import { shownMappers } from './mappers.js'

type Stream = ConnectionSpec['streams'][number]

/** What is said of connections besides their definitions. */
export interface ConnectionFacts {
  readonly definitions: Definitions
  readonly isOn: (schedule: Definitions['schedules'][number]) => boolean
  readonly createdAt: (connection: string) => Date
}

const syncModes: Readonly<Record<string, string>> = {
  'full_refresh overwrite': 'full_refresh_overwrite',
  'full_refresh overwrite_dedup': 'full_refresh_overwrite_deduped',
  'full_refresh append': 'full_refresh_append',
  // Airbyte has no name for it: what is read anew takes the place of the rows of the same key.
  'full_refresh append_dedup': 'full_refresh_update',
  'incremental append': 'incremental_append',
  'incremental append_dedup': 'incremental_deduped_history',
}

const behaviours: Readonly<Record<string, string>> = { pause: 'disable_connection' }

/** The words of Airbyte for what becomes of a connection when its source changes. */
export const behaviourOf = ({ schemaChanges = 'propagate_columns' }: ConnectionSpec) =>
  behaviours[schemaChanges] ?? schemaChanges

/** Of its own schedule, which is there once it has streams. */
export function isActive({ spec }: ShownConnection, { definitions, isOn }: ConnectionFacts): boolean {
  const own = scheduleOf(definitions, spec)
  return own === undefined || isOn(own)
}

export const scheduleOf = ({ schedules }: Definitions, { file, schedule }: ConnectionSpec) =>
  schedule && schedules.find((one) => one.source?.file === file && one.name === schedule.name)

/** Where its tables are: the schema of its destination, unless its file names another place. */
export function namespaceOf({ spec: { destinationSchema: schema }, destination }: ShownConnection) {
  if (schema === '${SOURCE_NAMESPACE}') return { namespaceDefinition: 'source' }
  const isElsewhere = destination.end !== undefined && schema !== destination.end.schema
  return schema !== undefined && (isElsewhere || schema.includes('${SOURCE_NAMESPACE}'))
    ? { namespaceDefinition: 'custom_format', namespaceFormat: schema }
    : { namespaceDefinition: 'destination' }
}

type ConnectionResponse = ReturnType<typeof connectionResponse>

/**
 * An answer as its client can read it. That of Python (airbyte-api 1.0.1) breaks at each mapper without `algorithm`, which only encryption has,
 * and lists no connection then.
 */
export function readableBy(userAgent: string | undefined, answer: ConnectionResponse): ConnectionResponse {
  if (!userAgent?.startsWith('speakeasy-sdk/python')) return answer
  const streams = answer.configurations.streams.map((stream) => ({
    ...stream,
    mappers: stream.mappers.map(({ mapperConfiguration, ...mapper }) => ({
      ...mapper,
      mapperConfiguration: { algorithm: null, ...mapperConfiguration },
    })),
  }))
  return { ...answer, configurations: { streams } }
}

/** As the public API answers it. */
export function connectionResponse(connection: ShownConnection, { workspaceId }: Catalog, facts: ConnectionFacts) {
  const { spec, id, source, destination, prefix } = connection
  return {
    connectionId: id,
    name: spec.name,
    sourceId: source.id,
    destinationId: destination.id,
    workspaceId,
    status: isActive(connection, facts) ? 'active' : 'inactive',
    schedule: spec.schedule
      ? { scheduleType: 'cron', cronExpression: quartzOf(spec.schedule.cron, spec.schedule.timezone) }
      : { scheduleType: 'manual' },
    nonBreakingSchemaUpdatesBehavior: behaviourOf(spec),
    ...namespaceOf(connection),
    prefix,
    configurations: { streams: spec.streams.map((stream) => streamConfiguration(stream, connection)) },
    createdAt: epochSeconds(facts.createdAt(spec.name)),
    tags: [],
  }
}

function streamConfiguration(stream: Stream, { streams }: ShownConnection) {
  const written = streams[stream.name]
  const fields = isMapping(written) && Array.isArray(written.fields) ? written.fields : undefined
  return {
    name: stream.name,
    syncMode: syncModes[`${stream.syncMode} ${stream.destinationSyncMode}`] ?? 'full_refresh_overwrite',
    cursorField: [...(stream.cursorField ?? [])],
    primaryKey: (stream.primaryKey ?? []).map((path) => [...path]),
    ...(fields ? { selectedFields: fields.map((field) => ({ fieldPath: [String(field)] })) } : {}),
    mappers: shownMappers(written).told,
    // Said either way: Terraform takes silence for a change of what it said.
    includeFiles: includesFiles(written),
  }
}

/** @param written the stream, as the file of its connection has it */
export const includesFiles = (written: unknown): boolean => isMapping(written) && written.include_files === true

export const epochSeconds = (time: Date | string): number => Math.floor(new Date(time).getTime() / 1000)
