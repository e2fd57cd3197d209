import { AssetGraph, type AssetState, quartzOf, type RunEvent, type SyncJob } from '../../../orchestrate/index.js'
import { columnViews } from '../../views/assets.js'
import { numberOf } from '../../views/overview.js'
import type { Catalog, ShownConnection } from './catalog.js'
import { behaviourOf, type ConnectionFacts, epochSeconds, includesFiles, isActive, namespaceOf } from './connections.js'
import { shownMappers } from './mappers.js'

/** A connection as the configuration API answers it: with the fields of its streams, as the tables have them. */
export function connectionRead(
  connection: ShownConnection,
  catalog: Catalog,
  facts: ConnectionFacts,
  states: ReadonlyMap<string, AssetState>,
) {
  const { spec, id, source, destination, prefix } = connection
  const { schedule } = spec
  return {
    connectionId: id,
    name: spec.name,
    ...inConfiguration(namespaceOf(connection)),
    prefix,
    sourceId: source.id,
    destinationId: destination.id,
    workspaceId: catalog.workspaceId,
    operationIds: [],
    syncCatalog: { streams: spec.streams.map((stream) => streamRead(stream, connection, facts, states)) },
    scheduleType: schedule ? 'cron' : 'manual',
    ...(schedule
      ? {
          scheduleData: {
            cron: { cronExpression: quartzOf(schedule.cron, '').trim(), cronTimeZone: schedule.timezone },
          },
        }
      : {}),
    status: isActive(connection, facts) ? 'active' : 'inactive',
    nonBreakingChangesPreference: behaviourOf(spec) === 'disable_connection' ? 'disable' : behaviourOf(spec),
    geography: 'auto',
    breakingChange: false,
    notifySchemaChanges: false,
    createdAt: epochSeconds(facts.createdAt(spec.name)),
  }
}

/** The two APIs spell one word differently. */
const inConfiguration = ({ namespaceDefinition, ...rest }: ReturnType<typeof namespaceOf>) => ({
  namespaceDefinition: namespaceDefinition.replace('_', ''),
  ...rest,
})

function streamRead(
  stream: ShownConnection['spec']['streams'][number],
  { streams }: ShownConnection,
  { definitions }: ConnectionFacts,
  states: ReadonlyMap<string, AssetState>,
) {
  const asset = AssetGraph.of(definitions.assets).assets.get(stream.asset)
  const columns = asset ? columnViews(asset, states.get(stream.asset)) : []
  return {
    stream: {
      name: stream.name,
      jsonSchema: {
        type: 'object',
        properties: Object.fromEntries(columns.map(({ name, type }) => [name, jsonType(type)])),
      },
      supportedSyncModes: ['full_refresh', 'incremental'],
      sourceDefinedCursor: false,
      defaultCursorField: [...(stream.cursorField ?? [])],
      sourceDefinedPrimaryKey: [],
    },
    config: {
      syncMode: stream.syncMode,
      destinationSyncMode: stream.destinationSyncMode,
      cursorField: [...(stream.cursorField ?? [])],
      primaryKey: (stream.primaryKey ?? []).map((path) => [...path]),
      aliasName: stream.name,
      selected: true,
      fieldSelectionEnabled: false,
      mappers: shownMappers(streams[stream.name]).told,
      ...(includesFiles(streams[stream.name]) ? { includeFiles: true } : {}),
    },
  }
}

const jsonTypes: readonly (readonly [RegExp, Readonly<Record<string, string>>])[] = [
  [/\[\]$|^list|^array/, { type: 'array' }],
  [/^bool/, { type: 'boolean' }],
  [/^u?(?:tiny|small|medium|big|huge)?int(?:eger)?\d*\b|serial\d?$/, { type: 'integer' }],
  [/^(?:double|float|real|decimal|numeric|number)/, { type: 'number' }],
  [/^date$/, { type: 'string', format: 'date' }],
  [/^timestamp|^datetime/, { type: 'string', format: 'date-time' }],
  [/^(?:struct|map|json|variant)/, { type: 'object' }],
]

/** The type of a column in the words of a JSON Schema; what has none of its own is sent as text. */
export function jsonType(sqlType: string | undefined): Readonly<Record<string, string>> {
  const name = sqlType?.toLowerCase() ?? ''
  return jsonTypes.find(([pattern]) => pattern.test(name))?.[1] ?? { type: 'string' }
}

/** What a run tells of one job, where that is asked for. */
export interface JobLog {
  readonly loads: readonly RunEvent[]
  readonly lines: readonly string[]
}

/** A job as the configuration API answers it. Its attempts share what is known of them: one is told. */
export function jobRead(job: SyncJob, { id, spec }: ShownConnection, log?: JobLog) {
  const createdAt = epochSeconds(job.run.createdAt)
  const updatedAt = epochSeconds(job.updatedAt)
  const attempt = {
    id: Math.max(0, (job.step?.attempt ?? 1) - 1),
    status:
      job.status === 'pending' || job.status === 'incomplete'
        ? 'running'
        : job.status === 'cancelled'
          ? 'failed'
          : job.status,
    createdAt: epochSeconds(job.step?.startedAt ?? job.run.createdAt),
    updatedAt,
    ...(job.step?.endedAt ? { endedAt: epochSeconds(job.step.endedAt) } : {}),
    bytesSynced: job.bytes,
    recordsSynced: job.rows,
    totalStats: statsOf(job.rows, job.bytes),
    streamStats: (log?.loads ?? []).map((event) => ({
      streamName: spec.streams.find(({ asset }) => asset === event.asset)?.name ?? event.asset,
      stats: statsOf(numberOf(event, 'rows_committed'), numberOf(event, 'bytes_read')),
    })),
    ...(job.step?.error
      ? {
          failureSummary: {
            failures: [{ externalMessage: job.step.error.message, timestamp: Date.parse(job.updatedAt) }],
          },
        }
      : {}),
  }
  return {
    job: { id: job.id, configType: job.type, configId: id, createdAt, updatedAt, status: job.status },
    attempts: job.step === undefined ? [] : log ? [{ attempt, logs: { logLines: log.lines } }] : [attempt],
  }
}

const statsOf = (records: number, bytes: number) => ({
  recordsEmitted: records,
  recordsCommitted: records,
  bytesEmitted: bytes,
})
