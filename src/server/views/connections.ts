import {
  AssetGraph,
  type AutomationState,
  type ConnectionSpec,
  type Definitions,
  type RemoteConnection,
  type Run,
  type RunEvent,
  switches,
} from '../../orchestrate/index.js'
import type { ConnectionDetail, ConnectionView, SyncView, WaitingConnection } from '../contract/index.js'
import { type AssetStates, assetSummary, worstHealth } from './assets.js'
import { type Lateness, lateAssets, targetOf } from './lateness.js'
import { numberOf } from './overview.js'
import { type Upcoming, upcomingTicks } from './schedules.js'

/** What all connections of an answer share. */
export interface ConnectionFacts {
  readonly definitions: Definitions
  readonly states: AssetStates
  readonly upcoming: readonly Upcoming[]
  readonly isOn: ReturnType<typeof switches>
  readonly late: ReadonlyMap<string, Lateness>
}

export function connectionFacts(
  definitions: Definitions,
  states: AssetStates,
  automations: readonly AutomationState[],
  now: Date,
): ConnectionFacts {
  const isOn = switches(automations)
  return {
    definitions,
    states,
    upcoming: upcomingTicks(definitions, isOn, now, 1),
    isOn,
    late: lateAssets(definitions, isOn, states, now),
  }
}

export function connectionView(connection: ConnectionSpec, facts: ConnectionFacts): ConnectionView {
  const { definitions, upcoming, late } = facts
  const streams = connection.streams.map((stream) => streamView(stream, facts))
  const newest = [...streams].sort((a, b) => ((a.lastSyncAt ?? '') > (b.lastSyncAt ?? '') ? -1 : 1))[0]
  const next = upcoming.find(({ schedule }) => {
    const target = targetOf(definitions, schedule.target)
    return connection.streams.some((stream) => target.has(stream.asset))
  })
  const lateness = connection.streams
    .map((stream) => late.get(stream.asset))
    .filter((one) => one !== undefined)
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))[0]
  const inProgress = streams.find((stream) => stream.inProgressRunId !== undefined)?.inProgressRunId
  return {
    name: connection.name,
    file: connection.file,
    sourceConnector: connection.sourceConnector,
    destinationConnector: connection.destinationConnector,
    ...(connection.destinationSchema === undefined ? {} : { destinationSchema: connection.destinationSchema }),
    ...(connection.schedule
      ? {
          schedule: { ...connection.schedule, cron: [connection.schedule.cron].flat(), ...switchOf(connection, facts) },
        }
      : {}),
    ...(connection.schemaChanges === undefined ? {} : { schemaPolicy: connection.schemaChanges }),
    ...(next ? { next: { at: next.at, by: next.schedule.name, timezone: next.schedule.timezone } } : {}),
    ...(lateness ? { late: { ...lateness } } : {}),
    ...(newest?.lastSyncAt === undefined ? {} : { lastSyncAt: newest.lastSyncAt }),
    ...(newest?.lastRunId === undefined ? {} : { lastRunId: newest.lastRunId }),
    ...(inProgress === undefined ? {} : { inProgressRunId: inProgress }),
    health: worstHealth(streams.map((stream) => stream.health)),
    streams,
    ...(connection.remote ? { remote: remoteView(connection.remote) } : {}),
  }
}

const remoteView = ({ server, title, page, status, schedule }: RemoteConnection) => ({
  server,
  title,
  page,
  status,
  ...(schedule
    ? {
        schedule: {
          text: schedule.text,
          timezone: schedule.timezone,
          ...(schedule.cron ? { cron: [...schedule.cron] } : {}),
        },
      }
    : {}),
})

/** The schedule that its file makes; there is none before it has streams. */
function switchOf({ file, schedule: own }: ConnectionSpec, { definitions, isOn }: ConnectionFacts) {
  const schedule = definitions.schedules.find((one) => one.source?.file === file && one.name === own?.name)
  return schedule ? { automation: { name: schedule.name, isOn: isOn(schedule) } } : {}
}

function streamView(
  stream: ConnectionSpec['streams'][number],
  { definitions, states }: ConnectionFacts,
): ConnectionView['streams'][number] {
  const asset = AssetGraph.of(definitions.assets).assets.get(stream.asset)
  const summary = asset && assetSummary(definitions, asset, states)
  const state = states.assets.get(stream.asset)
  return {
    name: stream.name,
    asset: stream.asset,
    syncMode: stream.syncMode,
    destinationSyncMode: stream.destinationSyncMode,
    ...(stream.cursorField ? { cursorField: [...stream.cursorField] } : {}),
    ...(stream.primaryKey ? { primaryKey: stream.primaryKey.map((path) => [...path]) } : {}),
    health: summary?.health ?? 'never',
    ...(asset?.relation ? { relation: `${asset.relation.schema}.${asset.relation.identifier}` } : {}),
    ...(state?.lastMaterializedAt ? { lastSyncAt: state.lastMaterializedAt } : {}),
    ...(state?.lastRunId ? { lastRunId: state.lastRunId } : {}),
    ...(state?.lastMetadata ? { lastMetadata: { ...state.lastMetadata } } : {}),
    ...(summary?.rows === undefined ? {} : { rows: summary.rows }),
    ...(state?.lastError ? { lastError: state.lastError } : {}),
    ...(summary?.inProgressRunId ? { inProgressRunId: summary.inProgressRunId } : {}),
  }
}

/** How many assets are made from a connection's streams, near and far. */
export function downstreamCount(definitions: Definitions, connection: ConnectionSpec): number {
  const streams = connection.streams.map((stream) => stream.asset)
  const reached = AssetGraph.of(definitions.assets).reach(streams, 'down', Number.POSITIVE_INFINITY)
  return definitions.assets.filter((one) => one.isExecutable && reached.has(one.key) && !streams.includes(one.key))
    .length
}

/** The syncs of a connection, put together from what its streams reported, and from what is known of its last runs. Last begun first. */
export function syncsOf(
  connection: ConnectionSpec,
  events: readonly RunEvent[],
  runs: readonly Pick<Run, 'id' | 'status'>[],
  limit: number,
): SyncView[] {
  const cancelled = new Set(runs.flatMap(({ id, status }) => (status === 'cancelled' ? [id] : [])))
  const names = new Map(connection.streams.map((stream) => [stream.asset, stream.name]))
  const byRun = new Map<string, SyncView>()
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const name = event.asset === undefined ? undefined : names.get(event.asset)
    // To clear is no sync, whether it worked or not.
    if (name === undefined || event.metadata?.cleared !== undefined) continue
    const startedAt = new Date(Date.parse(event.at) - numberOf(event, 'duration_ms')).toISOString()
    const sync: SyncView = byRun.get(event.runId) ?? {
      runId: event.runId,
      status: 'succeeded',
      startedAt,
      endedAt: event.at,
      rows: 0,
      bytes: 0,
      streams: [],
    }
    byRun.set(event.runId, sync)
    const hasFailed = event.type === 'asset_failed'
    const rows = numberOf(event, 'rows_committed')
    const note = event.metadata?.note
    sync.rows += rows
    sync.bytes += numberOf(event, 'bytes_read')
    sync.endedAt = event.at
    if (startedAt < sync.startedAt) sync.startedAt = startedAt
    // A stream that failed and then, tried again, worked is told once: as it ended.
    sync.streams = [
      ...sync.streams.filter((stream) => stream.name !== name),
      {
        name,
        status: hasFailed ? 'failed' : 'succeeded',
        rows,
        ...(typeof note === 'string' ? { note } : {}),
        ...(event.error ? { error: event.error } : {}),
      },
    ]
    const isFailed = sync.streams.some((stream) => stream.status === 'failed')
    sync.status = cancelled.has(event.runId) ? 'cancelled' : isFailed ? 'failed' : 'succeeded'
  }
  // A run that waited, or was taken up again, may have begun behind younger ones.
  const isNewer = (a: SyncView, b: SyncView) =>
    a.startedAt === b.startedAt ? a.runId > b.runId : a.startedAt > b.startedAt
  return [...byRun.values()].sort((a, b) => (isNewer(a, b) ? -1 : 1)).slice(0, limit)
}

/** Columns that came, went or changed, as the syncs noted them. Newest first. */
export function schemaChangesOf(
  connection: ConnectionSpec,
  events: readonly RunEvent[],
): ConnectionDetail['schemaChanges'] {
  return [...events]
    .sort((a, b) => b.id - a.id)
    .flatMap((event) => {
      const stream = connection.streams.find((one) => one.asset === event.asset)
      const noted = event.metadata?.schema_changes
      if (!stream || typeof noted !== 'object' || noted?.type !== 'json' || !Array.isArray(noted.value)) return []
      return (noted.value as Record<string, unknown>[]).map((change) => ({
        stream: stream.name,
        at: event.at,
        runId: event.runId,
        change: String(change.kind ?? 'changed').replaceAll('_', ' '),
        ...(typeof change.column === 'string' ? { column: change.column } : {}),
        ...detailOf(change),
      }))
    })
}

function detailOf(change: Readonly<Record<string, unknown>>): { detail?: string } {
  const [from, to, renamed] = [change.from, change.to, change.renamedFrom].map((one) =>
    typeof one === 'string' ? one : undefined,
  )
  const type = from !== undefined && to !== undefined ? `${from} → ${to}` : (to ?? from)
  const words = [type, renamed && `perhaps renamed from ${renamed}`].filter(Boolean)
  return words.length === 0 ? {} : { detail: words.join(', ') }
}

const wantOfSecrets: ReadonlySet<string> = new Set(['ENV_MISSING', 'CONNECTION_SECRET_UNREADABLE'])

/** Connections whose files name secrets that nobody has, or can read. */
export const waitingConnections = ({ problems }: Definitions): WaitingConnection[] =>
  problems.flatMap((error) =>
    wantOfSecrets.has(error.code) && typeof error.data?.connection === 'string'
      ? [{ name: error.data.connection, error }]
      : [],
  )
