import type { OrchestrateStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'

/** Two workers that count the places of a pool at once would both find the last one. */
const poolLock = 7_125_013

/** A place counts as long as the lease under which it was taken: whoever lost its run, or ended it, holds none. */
const isHeld = `exists (select 1 from runs r where r.id = s.run_id and r.lease_token = s.token and r.lease_until >= now())`

export function poolQueries(
  database: Database,
): Pick<OrchestrateStore, 'takePoolSlot' | 'freePoolSlot' | 'poolSlots' | 'takeTurn' | 'endTurn'> {
  return {
    takePoolSlot: ({ runId, token }, { pool, step, limit }) =>
      database.transaction(async (client) => {
        await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [poolLock, pool])
        await client.query(`delete from pool_slots s where pool = $1 and not ${isHeld}`, [pool])
        const { rowCount } = await client.query(
          `insert into pool_slots (pool, run_id, step, token) select $1, $2, $3, $4
           where (select count(*) from pool_slots where pool = $1) < $5 on conflict (run_id, step) do nothing`,
          [pool, runId, step, token, Math.min(limit, 1e9)],
        )
        return (rowCount ?? 0) > 0
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
      const rows = await database.rows(`select * from pool_slots s where ${isHeld} order by taken_at`)
      return rows.map((row) => ({
        pool: String(row.pool),
        runId: String(row.run_id),
        step: String(row.step),
        since: (row.taken_at as Date).toISOString(),
      }))
    },
  }
}
