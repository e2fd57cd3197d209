import { grouped, plural } from '../../base/index.js'
import type {
  ConnectionEvent,
  ConnectionSpec,
  OrchestrateStore,
  Run,
  RunEvent,
  RunStep,
} from '../../orchestrate/index.js'
import type { TimelineView } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { schemaChangesOf } from './connections.js'
import { numberOf } from './overview.js'

export type TimelineEntry = TimelineView['entries'][number]

export interface TimelineParts {
  readonly syncs: readonly { readonly run: Run; readonly step: RunStep }[]
  /** Of its streams, those of these syncs among them. */
  readonly events: readonly RunEvent[]
  readonly noted: readonly ConnectionEvent[]
}

const syncsShown = 50
const mostEvents = 100_000

/**
 * A page of a connection's timeline: so many syncs, and what else happened since the first of them.
 * @param cursor `next` of the page before
 */
export async function readTimeline(
  store: OrchestrateStore,
  connection: ConnectionSpec,
  cursor: string | undefined,
): Promise<TimelineView> {
  const [runId, until] = readCursor(cursor)
  const found = await store.stepHistory({ step: connection.step, before: runId, limit: syncsShown + 1 })
  const syncs = found.slice(0, syncsShown)
  const last = found.length > syncsShown ? syncs.at(-1) : undefined
  const since = last && new Date(timeOf(last))
  const [events, noted] = await Promise.all([
    store.readEvents({
      assets: connection.streams.map(({ asset }) => asset),
      types: ['asset_materialized'],
      runIds: syncs.map(({ run }) => run.id),
      limit: mostEvents,
    }),
    store.connectionEvents({ connection: connection.name, since, before: until ? new Date(until) : undefined }),
  ])
  const entries = timelineOf(connection, { syncs, events, noted })
  return { entries, ...(last ? { next: `${last.run.id} ${timeOf(last)}` } : {}) }
}

/** @throws SERVER_INVALID */
function readCursor(cursor: string | undefined): readonly [runId?: string, until?: string] {
  if (cursor === undefined) return []
  const [, runId, until = ''] = /^(\S+) (\S+)$/.exec(cursor) ?? []
  if (runId !== undefined && !Number.isNaN(Date.parse(until))) return [runId, until]
  throw serverErrors.create('SERVER_INVALID', {
    message: '`before` is no place in the timeline.',
    hint: 'Pass `next` of the answer before as it is.',
  })
}

const timeOf = ({ run, step }: TimelineParts['syncs'][number]) => step.startedAt ?? run.createdAt

/** What happened to a connection, newest first: its syncs, what they found, and what people and programs did to it. */
export function timelineOf(connection: ConnectionSpec, { syncs, events, noted }: TimelineParts): TimelineEntry[] {
  const rows = new Map<string, number>()
  for (const event of events) rows.set(event.runId, (rows.get(event.runId) ?? 0) + numberOf(event, 'rows_committed'))
  return [
    ...syncs.map((one) => syncEntry(connection, one, rows.get(one.run.id))),
    ...schemaEntries(connection, events),
    ...notedEntries(noted),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

export const notedEntries = (noted: readonly ConnectionEvent[]): TimelineEntry[] =>
  noted.map(({ at, type, by, message }) => ({ at, type, by, message }))

function syncEntry(
  connection: ConnectionSpec,
  one: TimelineParts['syncs'][number],
  rows: number | undefined,
): TimelineEntry {
  const { run, step } = one
  const { status, attempt, endedAt, error, reason } = step
  const committed = rows === undefined ? '' : `${plural(rows, 'row', grouped(rows))} committed`
  return {
    at: timeOf(one),
    type: run.clearData ? 'clear' : run.fullRefresh ? 'refresh' : 'sync',
    by: run.trigger.name ?? run.trigger.type,
    message: error?.message ?? reason ?? (run.clearData ? streamNames(connection, step) : committed),
    sync: {
      runId: run.id,
      status,
      attempts: attempt,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(error ? { error } : {}),
    },
  }
}

/** Of a few of many streams it is worth knowing which. */
function streamNames({ streams }: ConnectionSpec, { assets }: RunStep): string {
  const names = streams.filter(({ asset }) => assets.includes(asset)).map(({ name }) => name)
  return names.length === streams.length && names.length > 1 ? `all ${names.length} streams` : names.join(', ')
}

/** One entry for all that a sync found in a stream. */
function schemaEntries(connection: ConnectionSpec, events: readonly RunEvent[]): TimelineEntry[] {
  const found = new Map<string, { readonly at: string; readonly stream: string; readonly what: string[] }>()
  for (const { runId, stream, at, change, column, detail } of schemaChangesOf(connection, events)) {
    const key = `${runId} ${stream}`
    const entry = found.get(key) ?? { at, stream, what: [] }
    found.set(key, entry)
    entry.what.push([change, column, detail && `(${detail})`].filter(Boolean).join(' '))
  }
  return [...found.values()].map(({ at, stream, what }) => ({
    at,
    type: 'schema_changed',
    by: connection.sourceConnector,
    message: `${stream}: ${what.join(', ')}`,
  }))
}
