import type { PoolStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { iso, type Row } from './rows.js'

/** Two workers that count the places of a pool at once would both find the last one. */
const poolLock = 7_125_013

/** A place counts as long as the lease under which it was taken: whoever lost its run, or ended it, holds none. */
const isHeld = `exists (select 1 from runs r where r.id = s.run_id and r.lease_token = s.token and r.lease_until >= now())`

export function poolQueries(database: Database): PoolStore {
  return {
    takePoolSlots: (pool, limit, asks) =>
      database.transaction(async (client) => {
        const asked = [
          asks.map(({ lease }) => lease.runId),
          asks.map(({ lease }) => lease.token),
          asks.map(({ step }) => step),
        ]
        await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [poolLock, pool])
        await client.query(`delete from pool_slots s where pool = $1 and not ${isHeld}`, [pool])
        await client.query(
          `insert into pool_slots as s (pool, run_id, step, token, taken_at) select $1, a.run_id, a.step, a.token, null::timestamptz
             from unnest($2::text[], $3::bigint[], $4::text[]) with ordinality as a (run_id, token, step, n)
             where exists (select 1 from runs r where r.id = a.run_id and r.lease_token = a.token and r.lease_until >= now()) order by n
           on conflict (run_id, step) do update set pool = excluded.pool, token = excluded.token, taken_at = null where s.token <> excluded.token`,
          [pool, ...asked],
        )
        // Only for who asks: each worker learns of its own places.
        const { rows } = await client.query<Row>(
          `with asked as (select * from unnest($2::text[], $3::bigint[], $4::text[]) as a (run_id, token, step)),
             next as (
               select s.run_id, s.step from pool_slots s join runs r on r.id = s.run_id where s.pool = $1 and s.taken_at is null
               order by r.priority desc, s.place
               limit greatest(0, $5 - (select count(*) from pool_slots where pool = $1 and taken_at is not null))),
             taken as (
               update pool_slots s set taken_at = now() from next n join asked a using (run_id, step)
               where s.run_id = n.run_id and s.step = n.step and s.token = a.token returning s.run_id, s.step)
           select run_id, step from taken
           union all select run_id, step from pool_slots s join asked a using (run_id, step, token) where s.pool = $1 and s.taken_at is not null`,
          [pool, ...asked, Math.min(limit, 1e9)],
        )
        const held = new Set(rows.map((row) => `${row.run_id} ${row.step}`))
        return asks.map(({ lease, step }) => held.has(`${lease.runId} ${step}`))
      }),

    freePoolSlot: ({ runId, token }, step) =>
      database.transaction(async (client) => {
        await client.query('delete from pool_slots where run_id = $1 and step = $2 and token = $3', [
          runId,
          step,
          token,
        ])
      }),

    takeTurn: ({ runId, token }, step) =>
      database.transaction(async (client) => {
        const { rowCount } = await client.query(
          `insert into step_turns as s (step, run_id, token) select $1, id, lease_token from runs where id = $2 and lease_token = $3
           on conflict (step) do update set run_id = excluded.run_id, token = excluded.token, taken_at = now()
           where s.run_id = excluded.run_id or not ${isHeld}`,
          [step, runId, token],
        )
        return (rowCount ?? 0) > 0
      }),

    endTurn: ({ runId, token }, step) =>
      database.transaction(async (client) => {
        await client.query('delete from step_turns where step = $1 and run_id = $2 and token = $3', [
          step,
          runId,
          token,
        ])
      }),

    async poolSlots() {
      const rows = await database.rows(
        `select s.*, r.priority from pool_slots s join runs r on r.id = s.run_id where ${isHeld}
         order by s.taken_at nulls last, r.priority desc, s.place`,
      )
      return rows.map((row) => ({
        pool: String(row.pool),
        runId: String(row.run_id),
        step: String(row.step),
        askedAt: iso(row.asked_at) as string,
        priority: Number(row.priority),
        since: iso(row.taken_at),
      }))
    },
  }
}
