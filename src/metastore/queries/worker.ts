import type { PoolClient } from 'pg'
import {
  limitThatHolds,
  type OrchestrateStore,
  type RunStatus,
  type StoreChange,
  type TagLimit,
} from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertEventsOf } from './events.js'
import { type Row, toRun, toStep } from './rows.js'
import { RunWrites } from './run-writes.js'

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

export function workerQueries(
  database: Database,
): Pick<
  OrchestrateStore,
  'claimRuns' | 'leaseHolders' | 'expireLeases' | 'heartbeat' | 'startRun' | 'record' | 'endRun' | 'releaseRun'
> {
  const writes = new RunWrites(database)

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
            ...rows.map(toChange),
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
            // Locked in the order in which writes lock them, see `RunWrites`.
            `with held as materialized (
               select r.id from runs r join unnest($1::text[], $2::bigint[]) as l (id, token) on r.id = l.id and r.lease_token = l.token
               where r.lease_until is not null order by r.id for update of r)
             update runs set lease_until = now() + $3 * interval '1 millisecond' where id in (select id from held) returning id, cancel_requested`,
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

    startRun: async (lease, plan, partitions) => {
      const { hasKeptPlan } = await writes.add({ lease, start: { plan, partitions } })
      if (hasKeptPlan) return plan.map((step) => ({ ...step, runId: lease.runId, status: 'pending', attempt: 0 }))
      return (await database.rows('select * from run_steps where run_id = $1 order by position', [lease.runId])).map(
        toStep,
      )
    },

    record: async (lease, record) => void (await writes.add({ lease, record })),

    endRun: async (lease, status, error, { record, retry } = {}) =>
      void (await writes.add({ lease, record, end: { status, error, retry } })),

    releaseRun: async (lease) => void (await writes.add({ lease, isRelease: true })),
  }
}

const toChange = (row: Row): StoreChange => ({
  type: 'run',
  runId: String(row.id),
  status: row.status as RunStatus,
})
