import { type MillraceError, redact, toMillraceError } from '../../base/index.js'
import type { Connection, ConnectionRetries, ConnectionStream } from '../../extract-load/index.js'
import {
  type AssetKey,
  type AssetSpec,
  type ConnectionSpec,
  type RetryPolicy,
  type ScheduleSpec,
  type StepSpec,
  selectionOf,
} from '../../orchestrate/index.js'
import { relationKey, syncStepKey } from './asset-keys.js'
import { type DefinitionParts, noParts } from './definition-parts.js'
import { streamPartitions } from './partitions/stream-partitions.js'

type StreamCut = ReturnType<typeof streamPartitions>

export interface ConnectionWithStreams {
  readonly connection: Connection
  readonly streams: readonly ConnectionStream[]
  /** The YAML text, for the pages. */
  readonly yaml: string
}

/** Every stream is an asset; a connection is one step that materializes its streams, each released when committed. */
export function streamAssets(
  connections: readonly ConnectionWithStreams[],
): DefinitionParts & { readonly problems: readonly MillraceError[] } {
  const problems: MillraceError[] = []
  const partitions = (connection: Connection, stream: ConnectionStream): StreamCut => {
    try {
      return streamPartitions(connection, stream)
    } catch (thrown) {
      problems.push(toMillraceError(thrown))
      return {}
    }
  }
  return {
    ...noParts,
    assets: connections.flatMap(({ connection, streams }) =>
      streams.map((stream) => streamAsset(connection, stream, partitions(connection, stream))),
    ),
    problems,
    steps: connections.map(({ connection, streams }) => syncStep(connection, streams)),
    schedules: connections.flatMap(({ connection, streams }) => connectionSchedule(connection, streams)),
    connections: connections.map(connectionSpec),
  }
}

/** The asset of a stream. What is no table of the warehouse never meets a dbt source. */
export const streamKey = (connection: Connection, stream: ConnectionStream): AssetKey =>
  stream.isInWarehouse
    ? relationKey(stream.schema, stream.table)
    : `${connection.destination.connector}/${connection.name}/${stream.table}`

function streamAsset(connection: Connection, stream: ConnectionStream, partitions: StreamCut): AssetSpec {
  return {
    key: streamKey(connection, stream),
    kinds: ['stream', connection.source.connector, ...(stream.isInWarehouse ? [] : [connection.destination.connector])],
    group: connection.name,
    description: `Stream \`${stream.name}\` of the connection \`${connection.name}\` (${connection.source.connector}), loaded by ${stream.syncMode.replace('_', ' ')}, ${stream.destinationSyncMode.replace('_', ' + ')}${cutOf(stream)}${placeOf(connection, stream)}.`,
    owners: [],
    tags: [],
    deps: [],
    columns: [],
    isExecutable: true,
    step: syncStepKey(connection.name),
    ...partitions,
    ...(stream.isInWarehouse ? { relation: { schema: stream.schema, identifier: stream.table } } : {}),
    source: { file: connection.file },
    origin: { connection: connection.name, stream: stream.name },
  }
}

const cutOf = ({ partitions }: ConnectionStream) =>
  partitions ? `, cut into partitions by \`${partitions.field}\`` : ''

function placeOf(connection: Connection, { isInWarehouse, location }: ConnectionStream): string {
  if (isInWarehouse) return ''
  return location === undefined
    ? `, into ${connection.destination.connector}: its rows are not kept`
    : `, into ${location}`
}

function syncStep(connection: Connection, streams: readonly ConnectionStream[]): StepSpec {
  return {
    key: syncStepKey(connection.name),
    kind: 'sync',
    assets: streams.map((stream) => streamKey(connection, stream)),
    checks: [],
    isSubsettable: true,
    retry: connection.retries && retryPolicy(connection.retries),
    pool: connection.pool,
  }
}

/** Airbyte counts attempts that fail, the policy those that follow. */
const retryPolicy = (retries: ConnectionRetries): RetryPolicy => ({
  max: retries.completeFailuresMaxSuccessive - 1,
  maxWithoutProgress: retries.completeFailuresMaxTotal - 1,
  maxWithProgress: retries.partialFailuresMaxTotal - 1,
  delayMs: retries.backoffMinSeconds * 1000,
  maxDelayMs: retries.backoffMaxSeconds * 1000,
  backoff: 'exponential',
  factor: retries.backoffBase,
  onlyRetryable: true,
})

const scheduleName = ({ name }: Connection) => `sync_${name}`

function connectionSchedule(connection: Connection, streams: readonly ConnectionStream[]): ScheduleSpec[] {
  // Before its source was asked for the first time, there is nothing to ask for.
  if (!connection.schedule || streams.length === 0) return []
  return [
    {
      name: scheduleName(connection),
      cron: connection.schedule.cron,
      timezone: connection.schedule.timezone,
      target: selectionOf(streams.map((stream) => streamKey(connection, stream))),
      description: `Syncs the connection ${connection.name}.`,
      catchUp: 'latest',
      overlap: 'skip',
      isOnByDefault: true,
      autoDisable: connection.schedule.autoDisable && {
        failedRuns: connection.schedule.autoDisable.failedSyncs,
        days: connection.schedule.autoDisable.days,
      },
      source: { file: connection.file },
    },
  ]
}

function connectionSpec({ connection, streams, yaml }: ConnectionWithStreams): ConnectionSpec {
  return {
    name: connection.name,
    file: connection.file,
    sourceConnector: connection.source.connector,
    destinationConnector: connection.destination.connector,
    destinationSchema: connection.destination.schema,
    yaml: redact(yaml),
    step: syncStepKey(connection.name),
    streams: streams.map((stream) => ({
      name: stream.name,
      asset: streamKey(connection, stream),
      syncMode: stream.syncMode,
      destinationSyncMode: stream.destinationSyncMode,
      cursorField: stream.cursorField,
      primaryKey: stream.primaryKey,
    })),
    schemaChanges: connection.schemaChanges,
    schedule: connection.schedule && {
      name: scheduleName(connection),
      cron: connection.schedule.cron,
      timezone: connection.schedule.timezone,
    },
  }
}
