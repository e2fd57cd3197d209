import type { PoolClient } from 'pg'
import {
  limitThatHolds,
  type QueuedRun,
  type RunStatus,
  type StoreChange,
  type TagLimit,
  type WorkerStore,
} from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertEventsByKey } from './events.js'
import { emptyCounts, optional, type Row, toClaimedRun, toStep } from './rows.js'
import { isHeldRun, isOpenRun, msHeldUntil, queueOrder } from './run-status.js'
import { RunWrites } from './run-writes.js'

/** Where tags or pools are limited, queued runs are looked at by so many, until enough of them may start. */
const lookedAt = 500
/** Behind so many that wait for their tags nobody looks: it would take longer than it is worth. */
const mostLookedAt = 20_000
/** Any number that nobody else takes. */
const claimLock = 7_125_014

type Tagged = { readonly tags: Readonly<Record<string, string>> }

const someWait = `select 1 from runs where ${isOpenRun} and (status = 'queued' or lease_until < now()) limit 1`

const countHeld = `select count(*) as n from runs where ${isHeldRun} and lease_until >= now()`

/** Those that may be taken now, in their order. */
const waiting = (
  columns: string,
) => `select ${columns} from runs r where ${isOpenRun} and (status <> 'queued' or sequence_key is null or not exists (
    select 1 from runs o where o.sequence_key = r.sequence_key and o.sequence_key is not null and o.${isOpenRun} and o.id <> r.id
      and (o.status <> 'queued' or (o.created_at, o.id) < (r.created_at, r.id))))
    and (status = 'queued' or lease_until < now())
  order by ${queueOrder}`

interface Limits {
  readonly tags: readonly TagLimit[]
  readonly passesOver: ((run: QueuedRun) => boolean) | undefined
}

const toQueued = (row: Row): QueuedRun => ({
  id: String(row.id),
  priority: Number(row.priority),
  selection: String(row.selection),
  rerun: optional(row.rerun),
  stepCounts: { ...emptyCounts, ...(row.step_counts as QueuedRun['stepCounts']) },
})

/** The ids of those that limits of tags and of pools let through, at most so many. */
async function withinLimits(
  client: PoolClient,
  most: number,
  { tags: limits, passesOver }: Limits,
): Promise<readonly string[]> {
  // Two workers that count at once would both find the last place of a tag.
  await client.query('select pg_advisory_xact_lock($1)', [claimLock])
  const { rows: tagged } = await client.query<Row>(`select tags from runs where ${isHeldRun} and tags <> '{}'`)
  const going = [...(tagged as unknown as Tagged[])]
  const found: string[] = []
  // Read on from where it stands: to look at all before it again would take longer and longer.
  await client.query(
    `declare queue no scroll cursor for ${waiting('id, status, tags, selection, rerun, step_counts, priority')}`,
  )
  for (let seen = 0; seen < mostLookedAt; seen += lookedAt) {
    const { rows } = await client.query<Row>(`fetch ${lookedAt} from queue`)
    for (const row of rows) {
      if (found.length === most) return found
      const isResumed = row.status !== 'queued'
      if (!isResumed && limitThatHolds(row as unknown as Tagged, going, limits) !== undefined) continue
      if (!isResumed && passesOver?.(toQueued(row)) === true) continue
      if (!isResumed) going.push(row as unknown as Tagged)
      found.push(String(row.id))
    }
    if (rows.length < lookedAt) break
  }
  return found
}

/** How many more may be held, where so many may be in all. Two workers that count at once would both find the last place. */
async function restOf(client: PoolClient, mostInAll: number): Promise<number> {
  await client.query('select pg_advisory_xact_lock($1)', [claimLock])
  const { rows } = await client.query<Row>(countHeld)
  return mostInAll - Number(rows[0]?.n)
}

/** Those of some runs that nobody has taken since they were looked at. */
const stillWaiting =
  "select id, status from runs where id = any($1) and (status = 'queued' or lease_until < now()) for update skip locked"

/**
 * Takes the runs of a query (its first parameter is `$1`) for the worker `$2`, for `$3` milliseconds from then on: the transaction may have waited
 * for another one, and what this run waited for may have ended meanwhile.
 */
const take = (found: string) => `with found as materialized (${found})
  update runs r set status = case when r.cancel_requested then 'cancelling' else 'starting' end, lease_worker = $2,
    lease_token = r.lease_token + 1, lease_until = clock_timestamp() + $3 * interval '1 millisecond', attempt = r.attempt + 1,
    started_at = coalesce(r.started_at, clock_timestamp()), held_since = clock_timestamp(),
    worked_ms = r.worked_ms + case when f.status <> 'queued' then ${msHeldUntil('r.lease_until')} else 0 end
    from found f where r.id = f.id returning r.*, f.status <> 'queued' as is_resumed`

async function claim(
  client: PoolClient,
  {
    worker,
    leaseMs,
    limits,
    ...wish
  }: { worker: string; leaseMs: number; most: number; limits: Limits; mostInAll: number | undefined },
): Promise<readonly Row[]> {
  const most = wish.mostInAll === undefined ? wish.most : Math.min(wish.most, await restOf(client, wish.mostInAll))
  if (most <= 0) return []
  const { rows } =
    limits.tags.length === 0 && limits.passesOver === undefined
      ? await client.query<Row>(take(`${waiting('id, status')} for update skip locked limit $1`), [
          most,
          worker,
          leaseMs,
        ])
      : await client.query<Row>(take(stillWaiting), [await withinLimits(client, most, limits), worker, leaseMs])
  return rows.sort(inOrder)
}

/** Like the queue. */
const inOrder = (a: Row, b: Row) =>
  Number(b.priority) - Number(a.priority) ||
  (a.created_at as Date).getTime() - (b.created_at as Date).getTime() ||
  (String(a.id) < String(b.id) ? -1 : 1)

export function workerQueries(database: Database): Omit<WorkerStore, 'takeLease' | 'expireLease'> {
  const writes = new RunWrites(database)
  /** The last look into the queue found something: the next one likely does, too. */
  let hasFound = false

  return {
    async claimRuns(worker, leaseMs, { most, limits: tags = [], mostInAll, ...wish }) {
      // Asked every second, mostly for nothing: only a transaction that may find something is worth an id and a commit.
      const isLikely = hasFound || (await database.rows(someWait, [], { patienceMs: 0 })).length > 0
      hasFound = false
      if (!isLikely) return []
      // Who launches runs looks after each that ended: it need not hold up all others to see that there is no room.
      if (mostInAll !== undefined) {
        const [row] = await database.rows(countHeld, [], { patienceMs: 0 })
        if (Number(row?.n) >= mostInAll) return []
      }
      const limits = { tags, passesOver: await wish.passesOver?.() }
      const rows = await database.transaction((client) => claim(client, { worker, leaseMs, most, limits, mostInAll }), {
        patienceMs: 0,
        isByKey: true,
        last: (client, taken) => [
          insertEventsByKey(
            database,
            client,
            taken.map((row) => ({
              runId: String(row.id),
              ...(row.is_resumed === true
                ? {
                    type: 'run_resumed',
                    message: `Taken over by ${worker} after its worker was lost`,
                    metadata: { worker },
                  }
                : { type: 'run_started', message: `Started by ${worker}` }),
            })),
            ...taken.map(toChange),
          ),
        ],
      })
      hasFound = rows.length > 0
      return rows.map((row) => toClaimedRun(row, { isResumed: row.is_resumed === true }))
    },

    async leaseHolders() {
      const rows = await database.rows(
        `select distinct lease_worker from runs where ${isHeldRun} and lease_until >= now()`,
      )
      return rows.map((row) => String(row.lease_worker))
    },

    expireLeases: (workers) =>
      database.transaction(async (client) => {
        await client.query(
          `update runs set lease_until = now() - interval '1 second' where ${isHeldRun} and lease_worker = any($1)`,
          [[...workers]],
        )
      }),

    excuseAttempt: ({ runId, token }) =>
      database.transaction(async (client) => {
        // Where nobody claimed it since, one that was given back does not count already.
        await client.query(
          `update runs set attempt = attempt - 1 where id = $1 and ended_at is null and attempt > 0
             and (lease_token > $2 or (lease_token = $2 and lease_until is not null))`,
          [runId, token],
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
      if (hasKeptPlan)
        return plan.map((step) => ({ ...step, runId: lease.runId, status: 'pending', attempt: 0, waits: [] }))
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
