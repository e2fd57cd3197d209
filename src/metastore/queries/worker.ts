import type { PoolClient } from 'pg'
import type { ErrorJson } from '../../base/index.js'
import {
  limitThatHolds,
  type OrchestrateStore,
  type PlannedStep,
  type RunLease,
  type RunRecord,
  type StepChange,
  type TagLimit,
} from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { metastoreErrors } from '../errors.js'
import { insertEvents, insertEventsOf, updateStates } from './events.js'
import { updatePartitions } from './partitions.js'
import { type Row, toRun, toStep } from './rows.js'
import { insertRun } from './runs.js'

const claimed = "('starting', 'running', 'cancelling')"

/** Where tags are limited, so many queued runs are looked at for one that may start. */
const lookedAt = 500
/** Any number that nobody else takes. */
const claimLock = 7_125_014

type Tagged = { readonly tags: Readonly<Record<string, string>> }

/** Those that may be taken now, in their order, locked. */
async function claimable(
  client: PoolClient,
  { most, limits, mostInAll }: { most: number; limits: readonly TagLimit[]; mostInAll: number | undefined },
): Promise<{ readonly id: string; readonly isResumed: boolean }[]> {
  // Two workers that count at once would both find the last place.
  if (limits.length > 0 || mostInAll !== undefined) await client.query('select pg_advisory_xact_lock($1)', [claimLock])
  const room = mostInAll === undefined ? most : Math.min(most, mostInAll - (await countHeld(client)))
  if (room <= 0) return []
  const { rows } = await client.query<Row>(
    `select id, status, tags from runs r where (status = 'queued' and (sequence_key is null or not exists (
         select 1 from runs o where o.sequence_key = r.sequence_key and o.id <> r.id
           and (o.status in ${claimed} or (o.status = 'queued' and (o.created_at, o.id) < (r.created_at, r.id))))))
       or (status in ${claimed} and lease_until < now())
     order by priority desc, created_at, id for update skip locked limit $1`,
    [limits.length > 0 ? lookedAt : room],
  )
  const going: Tagged[] = []
  if (limits.length > 0 && rows.length > 0) {
    const { rows: tagged } = await client.query<Row>(
      `select tags from runs where status in ${claimed} and tags <> '{}'`,
    )
    going.push(...(tagged as unknown as Tagged[]))
  }
  const found: { id: string; isResumed: boolean }[] = []
  for (const row of rows) {
    if (found.length === room) break
    const isResumed = row.status !== 'queued'
    if (!isResumed && limitThatHolds(row as unknown as Tagged, going, limits) !== undefined) continue
    if (!isResumed) going.push(row as unknown as Tagged)
    found.push({ id: String(row.id), isResumed })
  }
  return found
}

/** How many runs are held by a worker that lives, as far as its lease tells. */
async function countHeld(client: PoolClient): Promise<number> {
  const { rows } = await client.query<Row>(
    `select count(*) as n from runs where status in ${claimed} and lease_until >= now()`,
  )
  return Number(rows[0]?.n)
}

const nothing: RunRecord = { events: [], steps: [] }
/** How many of its steps have which status, for an update of a run `$1`. */
const counted = `step_counts = (select coalesce(jsonb_object_agg(status, n), '{}')
  from (select status, count(*) as n from run_steps where run_id = $1 group by status) c)`

type EndStatus = 'succeeded' | 'failed' | 'cancelled'

export function workerQueries(
  database: Database,
): Pick<
  OrchestrateStore,
  'claimRuns' | 'leaseHolders' | 'expireLeases' | 'heartbeat' | 'startRun' | 'record' | 'endRun' | 'releaseRun'
> {
  /** Every write of a worker goes through here: the row is locked, and only the newest lease that has not ended writes. */
  const underLease = <T>(lease: RunLease, work: (client: PoolClient, run: Row) => Promise<T>): Promise<T> =>
    database.transaction(async (client) => {
      const { rows } = await client.query<Row>('select * from runs where id = $1 for update', [lease.runId])
      const [run] = rows
      if (!run || run.lease_until === null || Number(run.lease_token) !== lease.token)
        throw metastoreErrors.create('METASTORE_LEASE_LOST', {
          message: `The worker ${lease.worker} no longer has the run ${lease.runId}.`,
          hint: 'It was silent for too long, and another one has taken the run over, or ended it.',
        })
      return work(client, run)
    })

  const runChange = (runId: string) => ({ type: 'run', runId }) as const

  const write = async (client: PoolClient, runId: string, { events, steps }: RunRecord): Promise<void> => {
    await changeSteps(client, runId, steps)
    if (steps.length > 0) await client.query(`update runs set ${counted} where id = $1`, [runId])
    await updatePartitions(client, runId, events)
    const also = steps.length > 0 ? [runChange(runId)] : []
    await updateStates(client, await insertEvents(database, client, runId, events, ...also))
  }

  /** Everything that is not an event comes first: see `insertEventsOf`. */
  const end = async (
    client: PoolClient,
    runId: string,
    {
      status,
      error,
      record = nothing,
    }: { status: EndStatus; error?: ErrorJson | undefined; record?: RunRecord | undefined },
  ): Promise<void> => {
    await changeSteps(client, runId, record.steps)
    await updatePartitions(client, runId, record.events)
    await client.query(
      `update runs set status = $2, error = $3, ended_at = now(), lease_until = null, ${counted} where id = $1`,
      [runId, status, error ? JSON.stringify(error) : null],
    )
    // Progress was for watching.
    await client.query("delete from events where run_id = $1 and type = 'progress'", [runId])
    const events = [
      ...record.events.filter(({ type }) => type !== 'progress'),
      { type: `run_${status}` as const, message: error?.message ?? `Run ${status}`, error },
    ]
    await updateStates(client, await insertEvents(database, client, runId, events, runChange(runId)))
  }

  return {
    async claimRuns(worker, leaseMs, { most, limits = [], mostInAll }) {
      // Asked every second, mostly for nothing: only a transaction that may find something is worth an id and a commit.
      const waiting = await database.rows(
        `select 1 from runs where status = 'queued' or (status in ${claimed} and lease_until < now()) limit 1`,
        [],
        { patienceMs: 0 },
      )
      if (waiting.length === 0) return []
      return database.transaction(
        async (client) => {
          const found = await claimable(client, { most, limits, mostInAll })
          if (found.length === 0) return []
          const { rows } = await client.query<Row>(
            `update runs set status = case when cancel_requested then 'cancelling' else 'starting' end, lease_worker = $2,
               lease_token = lease_token + 1, lease_until = now() + $3 * interval '1 millisecond', attempt = attempt + 1,
               started_at = coalesce(started_at, now()) where id = any($1) returning *`,
            [found.map(({ id }) => id), worker, leaseMs],
          )
          const taken = new Map(rows.map((row) => [String(row.id), row]))
          const runs = found.map(({ id, isResumed }) => ({ row: taken.get(id) as Row, isResumed }))
          await insertEventsOf(
            database,
            client,
            runs.map(({ row, isResumed }) => ({
              runId: String(row.id),
              ...(isResumed
                ? { type: 'run_resumed', message: `Taken over by ${worker} after its worker was lost` }
                : { type: 'run_started', message: `Started by ${worker}` }),
            })),
            ...runs.map(({ row }) => runChange(String(row.id))),
          )
          return runs.map(({ row, isResumed }) => ({
            run: toRun(row),
            lease: { runId: String(row.id), token: Number(row.lease_token), worker },
            isResumed,
          }))
        },
        { patienceMs: 0 },
      )
    },

    async leaseHolders() {
      const rows = await database.rows(
        `select distinct lease_worker from runs where status in ${claimed} and lease_until >= now()`,
      )
      return rows.map((row) => String(row.lease_worker))
    },

    expireLeases: (workers) =>
      database.transaction(async (client) => {
        await client.query(
          `update runs set lease_until = now() - interval '1 second' where status in ${claimed} and lease_worker = any($1)`,
          [[...workers]],
        )
      }),

    async heartbeat(leases, leaseMs) {
      if (leases.length === 0) return { held: [], cancelling: [] }
      return database.transaction(
        async (client) => {
          const { rows } = await client.query<Row>(
            `update runs r set lease_until = now() + $3 * interval '1 millisecond' from unnest($1::text[], $2::bigint[]) as l (id, token)
             where r.id = l.id and r.lease_token = l.token and r.lease_until is not null returning r.id, r.cancel_requested`,
            [leases.map((lease) => lease.runId), leases.map((lease) => lease.token), leaseMs],
          )
          return {
            held: rows.map((row) => String(row.id)),
            cancelling: rows.filter((row) => row.cancel_requested === true).map((row) => String(row.id)),
          }
        },
        { patienceMs: 0 },
      )
    },

    startRun: (lease, plan, partitions) =>
      underLease(lease, async (client) => {
        await insertPlan(client, lease.runId, plan)
        await client.query(
          `update runs set status = case when cancel_requested then 'cancelling' else 'running' end,
             partitions = coalesce($2, partitions), ${counted} where id = $1`,
          [lease.runId, partitions ?? null],
        )
        await database.notify(client, { type: 'run', runId: lease.runId })
        const { rows } = await client.query<Row>('select * from run_steps where run_id = $1 order by position', [
          lease.runId,
        ])
        return rows.map(toStep)
      }),

    record: (lease, record) => underLease(lease, (client) => write(client, lease.runId, record)),

    endRun: (lease, status, error, { record, retry } = {}) =>
      underLease(lease, async (client) => {
        if (retry) await insertRun(database, client, retry)
        await end(client, lease.runId, { status, error, record })
      }),

    releaseRun: (lease) =>
      underLease(lease, async (client, run) => {
        const { runId } = lease
        const isCancelled = run.cancel_requested === true
        await client.query(
          `update run_steps set status = $2 where run_id = $1 and (status in ('running', 'retrying') or ($3 and status = 'pending'))`,
          [runId, isCancelled ? 'cancelled' : 'pending', isCancelled],
        )
        await client.query(`update runs set ${counted} where id = $1`, [runId])
        if (isCancelled) return end(client, runId, { status: 'cancelled' })
        await client.query(
          "update runs set status = 'queued', lease_until = null, attempt = attempt - 1 where id = $1",
          [runId],
        )
        await database.notify(client, { type: 'run', runId })
      }),
  }
}

async function insertPlan(client: PoolClient, runId: string, plan: readonly PlannedStep[]): Promise<void> {
  if (plan.length === 0) return
  await client.query(
    `insert into run_steps (run_id, key, position, kind, status, assets, checks, upstream)
     select $1, s->>'key', n - 1, s->>'kind', 'pending', s->'assets', s->'checks', s->'upstream'
     from jsonb_array_elements($2::jsonb) with ordinality as t (s, n) on conflict (run_id, key) do nothing`,
    [runId, JSON.stringify(plan)],
  )
}

/** Of several changes of one step in one write, the last one counts; attempt and start may come from earlier ones. */
async function changeSteps(client: PoolClient, runId: string, changes: readonly StepChange[]): Promise<void> {
  if (changes.length === 0) return
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
  await client.query(
    `update run_steps s set status = c.status, attempt = coalesce(c.attempt, s.attempt), started_at = coalesce(c."startedAt", s.started_at),
       ended_at = c."endedAt", error = c.error, reason = c.reason
     from jsonb_to_recordset($2::jsonb) as c (key text, status text, attempt int, "startedAt" timestamptz, "endedAt" timestamptz, error jsonb, reason text)
     where s.run_id = $1 and s.key = c.key`,
    [runId, JSON.stringify([...latest.values()])],
  )
}
