import type { RunStatus, WorkerStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertEvents } from './events.js'
import { type Row, toClaimedRun } from './rows.js'
import { isHeldRun, msHeldUntil } from './run-status.js'

/** How a run goes from who launches it to its run worker, and away from one that ended. */
export function handOverQueries(database: Database): Pick<WorkerStore, 'takeLease' | 'expireLease'> {
  return {
    takeLease: ({ runId, token }, worker, leaseMs) =>
      database.transaction(async (client) => {
        // The new token makes whoever comes second with the old one too late, and tells the launcher that it was taken.
        const { rows } = await client.query<Row>(
          `update runs r set lease_worker = $3, lease_token = lease_token + 1, lease_until = now() + $4 * interval '1 millisecond',
             worked_ms = worked_ms + ${msHeldUntil('clock_timestamp()')}, held_since = clock_timestamp()
           where id = $1 and lease_token = $2 and lease_until is not null and status in ('starting', 'cancelling') returning *`,
          [runId, token, worker, leaseMs],
        )
        const [row] = rows
        if (!row) return undefined
        const claimed = toClaimedRun(row, { isResumed: Number(row.attempt) > 1 })
        await insertEvents(
          database,
          client,
          runId,
          [{ type: 'log', level: 'info', message: `Taken up by the run worker ${worker}` }],
          { type: 'run', runId, status: claimed.run.status },
        )
        return claimed
      }),

    expireLease: ({ runId, worker }, reason) =>
      database.transaction(async (client) => {
        const { rows } = await client.query<Row>(
          `update runs set lease_until = now() - interval '1 second'
           where id = $1 and lease_worker = $2 and lease_until is not null and ${isHeldRun} returning status`,
          [runId, worker],
        )
        const [row] = rows
        if (!row) return false
        await insertEvents(database, client, runId, [{ type: 'log', level: 'warn', message: reason }], {
          type: 'run',
          runId,
          status: row.status as RunStatus,
        })
        return true
      }),
  }
}
