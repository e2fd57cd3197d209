import type { PoolClient } from 'pg'
import { type ErrorJson, MillraceError } from '../../base/index.js'
import type {
  NewRunEvent,
  PlannedStep,
  RunLease,
  RunRecord,
  RunRequest,
  RunStatus,
  StepChange,
  StoreChange,
} from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { metastoreErrors } from '../errors.js'
import { prepared } from '../statements.js'
import { insertEventsByKey } from './events.js'
import { jsonText } from './json-text.js'
import { updatePartitions } from './partitions.js'
import type { Row } from './rows.js'
import { msHeldUntil } from './run-status.js'
import { countedSteps, type InsertedRun, insertRuns, newsOfQueued, putDownSteps } from './runs.js'
import { numberSyncs } from './sync-jobs.js'

/** What a worker writes of a run that it holds. */
export interface RunWrite {
  readonly lease: RunLease
  readonly start?: { readonly plan: readonly PlannedStep[]; readonly partitions?: string | undefined }
  readonly record?: RunRecord | undefined
  readonly end?: {
    readonly status: 'succeeded' | 'failed' | 'cancelled'
    readonly error?: ErrorJson | undefined
    readonly retry?: RunRequest | undefined
  }
  /** It goes back to the queue; one that was to be cancelled, ends. */
  readonly isRelease?: boolean
}

export interface Written {
  /** The plan of a start is what the store has: nobody planned before. */
  readonly hasKeptPlan: boolean
}

interface Waiting {
  readonly write: RunWrite
  readonly resolve: (written: Written) => void
  readonly reject: (error: unknown) => void
}

const mostWrites = 64
/** What tells more than this is written alone, so that it holds up nobody but itself. */
const mostEvents = 500

/**
 * All writes of a worker's runs. Those that come while one is on its way to the store wait for it, and go together in the
 * next transaction: a commit costs the same for one run and for ten. Each is held against its own lease, and one that is
 * refused, or cannot be written, changes nothing about the others.
 */
export class RunWrites {
  readonly #database: Database
  #waiting: Waiting[] = []
  #isWriting = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Resolves when it is committed. @throws METASTORE_LEASE_LOST, METASTORE_UNREACHABLE */
  add(write: RunWrite): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject })
      void this.#go()
    })
  }

  async #go(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    // What is told in the same moment goes together from the start.
    await undefined
    while (this.#waiting.length > 0) await this.#settle(this.#next())
    this.#isWriting = false
  }

  /** In their order, of each run one. */
  #next(): readonly Waiting[] {
    const batch = new Map<string, Waiting>()
    const later: Waiting[] = []
    let events = 0
    for (const one of this.#waiting) {
      const { runId } = one.write.lease
      const told = one.write.record?.events.length ?? 0
      const isFull = batch.size >= mostWrites || (batch.size > 0 && events + told > mostEvents)
      if (isFull || batch.has(runId) || later.some(({ write }) => write.lease.runId === runId)) later.push(one)
      else {
        batch.set(runId, one)
        events += told
      }
    }
    this.#waiting = later
    return [...batch.values()]
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await writeAll(
        this.#database,
        batch.map(({ write }) => write),
      )
      for (const [i, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[i]
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome as Written)
      }
    } catch (error) {
      // One of them cannot be written: the others need not fail with it.
      if (batch.length > 1 && !isUnreachable(error)) for (const one of batch) await this.#settle([one])
      else for (const { reject } of batch) reject(error)
    }
  }
}

const isUnreachable = (error: unknown) => error instanceof MillraceError && error.code === 'METASTORE_UNREACHABLE'

/** A write whose run is still its worker's, with what the store knew of the run before. */
interface HeldWrite extends RunWrite {
  readonly run: Row
}

/** All of them in one transaction: of each what came of it, or why it was refused. */
async function writeAll(database: Database, writes: readonly RunWrite[]): Promise<readonly (Written | Error)[]> {
  const { judged } = await database.transaction(
    async (client) => {
      const runs = await lockedRuns(client, writes)
      const judged = writes.map((write): HeldWrite | Error => {
        const run = runs.get(write.lease.runId)
        return run?.is_held === true && Number(run.lease_token) === write.lease.token
          ? { ...write, run }
          : leaseLost(write.lease)
      })
      const told = await withPartitions(client, judged)
      return { judged: told, retries: await writeRarer(client, heldOf(told)) }
    },
    { isByKey: true, last: (client, { judged, retries }) => writeUsual(database, client, heldOf(judged), retries) },
  )
  return judged.map((one) =>
    one instanceof Error ? one : { hasKeptPlan: one.run.is_unplanned === true && (one.start?.plan.length ?? 0) > 0 },
  )
}

const heldOf = (judged: readonly (HeldWrite | Error)[]): HeldWrite[] =>
  judged.flatMap((one) => (one instanceof Error ? [] : [one]))

/** Only the newest lease that has not ended writes. All lock in the same order, so that nobody waits in a circle. */
async function lockedRuns(client: PoolClient, writes: readonly RunWrite[]): Promise<ReadonlyMap<string, Row>> {
  const { rows } = await prepared(
    client,
    `select id, status, lease_token, lease_until is not null as is_held, cancel_requested, step_counts = '{}' as is_unplanned
      from runs where id = any($1) order by id for update`,
    [writes.map(({ lease }) => lease.runId)],
  )
  return new Map(rows.map((row) => [String(row.id), row]))
}

const leaseLost = ({ worker, runId }: RunLease) =>
  metastoreErrors.create('METASTORE_LEASE_LOST', {
    message: `The worker ${worker} no longer has the run ${runId}.`,
    hint: 'It was silent for too long, and another one has taken the run over, or ended it.',
  })

/** The states of partitions follow what is told, and say what of it changed nothing. */
async function withPartitions(
  client: PoolClient,
  judged: readonly (HeldWrite | Error)[],
): Promise<readonly (HeldWrite | Error)[]> {
  const told: (HeldWrite | Error)[] = []
  for (const one of judged) {
    const record = one instanceof Error ? undefined : one.record
    if (one instanceof Error || !record) told.push(one)
    else {
      const events = await updatePartitions(client, one.lease.runId, record.events)
      told.push({ ...one, record: { ...record, events } })
    }
  }
  return told
}

/** @returns the runs that were asked for in place of those that failed */
async function writeRarer(client: PoolClient, writes: readonly HeldWrite[]): Promise<readonly InsertedRun[]> {
  for (const { lease, run, isRelease } of writes)
    if (isRelease) await putDownSteps(client, [lease.runId], { isCancelled: run.cancel_requested === true })
  return insertRuns(
    client,
    writes.flatMap(({ end }) => end?.retry ?? []),
  )
}

/** Everything that is not an event comes first: see `insertEventsByKey`. */
function writeUsual(
  database: Database,
  client: PoolClient,
  writes: readonly HeldWrite[],
  retries: readonly InsertedRun[],
): Promise<void>[] {
  const news = newsOfQueued(retries)
  const events = [...writes.flatMap(eventsOf), ...news.events]
  const changes = [...writes.flatMap((write) => changeOf(write) ?? []), ...news.changes]
  return [
    insertPlans(client, writes),
    changeSteps(client, writes),
    changeRuns(client, writes),
    forgetProgress(client, writes),
    insertEventsByKey(database, client, events, ...changes),
  ]
}

async function insertPlans(client: PoolClient, writes: readonly RunWrite[]): Promise<void> {
  const steps = writes.flatMap(({ lease: { runId }, start }) =>
    (start?.plan ?? []).map((step, position) => ({ ...step, runId, position })),
  )
  if (steps.length === 0) return
  // Neither waits for the other: both have to be on their way before the commit is.
  const inserted = prepared(
    client,
    `insert into run_steps (run_id, key, position, kind, status, assets, checks, upstream)
      select s->>'runId', s->>'key', (s->>'position')::int, s->>'kind', 'pending', s->'assets', s->'checks', s->'upstream'
      from jsonb_array_elements($1::jsonb) s on conflict (run_id, key) do nothing`,
    [jsonText(steps)],
  )
  await Promise.all([inserted, numberSyncs(client, steps)])
}

async function changeSteps(client: PoolClient, writes: readonly RunWrite[]): Promise<void> {
  const changes = writes.flatMap(({ lease: { runId }, record }) =>
    latestChanges(record?.steps ?? []).map((change) => ({ ...change, runId })),
  )
  if (changes.length === 0) return
  await prepared(
    client,
    `update run_steps s set status = c.status, attempt = coalesce(c.attempt, s.attempt), started_at = coalesce(c."startedAt", s.started_at),
        began_at = case when c."startedAt" is null then s.began_at else now() end,
        ended_at = c."endedAt", error = c.error, reason = c.reason, waits = coalesce(c.waits, s.waits), note = coalesce(c.note, s.note)
      from jsonb_to_recordset($1::jsonb) as c ("runId" text, key text, status text, attempt int, "startedAt" timestamptz, "endedAt" timestamptz, error jsonb, reason text, waits jsonb, note jsonb)
      where s.run_id = c."runId" and s.key = c.key`,
    [jsonText(changes)],
  )
}

/** Of several changes of one step in one write, the last one counts; attempt, start, waits and note may come from earlier ones. */
function latestChanges(changes: readonly StepChange[]): StepChange[] {
  const latest = new Map<string, StepChange>()
  for (const change of changes) {
    const {
      status: _status,
      endedAt: _endedAt,
      error: _error,
      reason: _reason,
      ...kept
    } = latest.get(change.key) ?? change
    latest.set(change.key, { ...kept, ...change })
  }
  return [...latest.values()]
}

/** How it ends with this write, if it does: one that is given back and was to be cancelled, is cancelled. */
const endOf = ({ end, isRelease, run }: HeldWrite): Omit<NonNullable<RunWrite['end']>, 'retry'> | undefined =>
  end ?? (isRelease && run.cancel_requested === true ? { status: 'cancelled' } : undefined)

/** The status that a run has after this write, where the write changes anything about the run itself. */
function statusAfter(write: HeldWrite): RunStatus | undefined {
  const { start, record, isRelease, run } = write
  const ended = endOf(write)
  if (ended) return ended.status
  if (start) return run.cancel_requested === true ? 'cancelling' : 'running'
  if (isRelease) return 'queued'
  return record && record.steps.length > 0 ? (run.status as RunStatus) : undefined
}

function changeOf(write: HeldWrite): StoreChange | undefined {
  const status = statusAfter(write)
  return status && { type: 'run', runId: write.lease.runId, status }
}

async function changeRuns(client: PoolClient, writes: readonly HeldWrite[]): Promise<void> {
  const changes = writes.flatMap((write) => {
    const [status, ended] = [statusAfter(write), endOf(write)]
    const { lease, start, isRelease = false } = write
    return status === undefined
      ? []
      : {
          id: lease.runId,
          status,
          isRelease,
          isEnd: ended !== undefined,
          error: ended?.error,
          partitions: start?.partitions,
        }
  })
  if (changes.length === 0) return
  await prepared(
    client,
    `update runs r set status = c.status, partitions = coalesce(c.partitions, r.partitions),
        error = case when c."isEnd" then c.error else r.error end, ended_at = case when c."isEnd" then now() else r.ended_at end,
        lease_until = case when c."isEnd" or c."isRelease" then null else r.lease_until end,
        held_since = case when c."isEnd" or c."isRelease" then null else r.held_since end,
        worked_ms = case when c."isEnd" or not c."isRelease" then r.worked_ms when r.step_counts = '{}' then 0
          else r.worked_ms + ${msHeldUntil('clock_timestamp()')} end,
        attempt = r.attempt - case when c."isRelease" and not c."isEnd" then 1 else 0 end,
        started_at = case when c."isRelease" and not c."isEnd" and r.step_counts = '{}' then null else r.started_at end,
        step_counts = ${countedSteps}
      from jsonb_to_recordset($1::jsonb) as c (id text, status text, "isEnd" boolean, "isRelease" boolean, error jsonb, partitions text)
      where r.id = c.id`,
    [jsonText(changes)],
  )
}

/** Progress was for watching. */
async function forgetProgress(client: PoolClient, writes: readonly HeldWrite[]): Promise<void> {
  const ended = writes.flatMap((write) => (endOf(write) ? [write.lease.runId] : []))
  if (ended.length > 0)
    await prepared(client, "delete from events where run_id = any($1) and type = 'progress'", [ended])
}

function eventsOf(write: HeldWrite): (NewRunEvent & { readonly runId: string })[] {
  const ended = endOf(write)
  const told = write.record?.events ?? []
  const events = ended
    ? [...told.filter(({ type }) => type !== 'progress'), endEvent(ended.status, ended.error, write.end?.retry)]
    : told
  return events.map((event) => ({ ...event, runId: write.lease.runId }))
}

/** @param retry the run that tries it again */
const endEvent = (
  status: NonNullable<RunWrite['end']>['status'],
  error: ErrorJson | undefined,
  retry: RunRequest | undefined,
): NewRunEvent => ({
  type: `run_${status}`,
  message: error?.message ?? `Run ${status}`,
  error,
  ...(retry ? { metadata: { tried_again: true } } : {}),
})
