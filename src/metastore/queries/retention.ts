import type { OrchestrateStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'

export function retentionQueries(database: Database): Pick<OrchestrateStore, 'prune'> {
  return {
    prune: ({ logsBefore, runsBefore, idleTicksBefore }) =>
      database.transaction(async (client) => {
        // What an asset's plots and a check's history are made of stays as long as its run.
        await client.query(
          `delete from events e using runs r where r.id = e.run_id and r.ended_at < $1
             and e.type not in ('asset_materialized', 'check_evaluated', 'run_succeeded', 'run_failed', 'run_cancelled')`,
          [logsBefore],
        )
        await client.query('delete from events e using runs r where r.id = e.run_id and r.ended_at < $1', [runsBefore])
        await client.query("delete from events where run_id = '' and at < $1", [runsBefore])
        await client.query('delete from runs where ended_at < $1', [runsBefore])
        await client.query('delete from backfills where ended_at < $1', [runsBefore])
        await client.query('delete from connection_events where at < $1', [runsBefore])
        // The last one says why an asset is as it is, however old it may be.
        await client.query(
          `delete from condition_evaluations where (at < $1 or (at < $2 and not is_requested))
             and id not in (select evaluation_id from condition_states where evaluation_id is not null)`,
          [runsBefore, idleTicksBefore],
        )
        await client.query('delete from audit_log where at < $1', [runsBefore])
        await client.query('delete from webhook_deliveries where received_at < $1 and tick_id is not null', [
          runsBefore,
        ])
        await client.query('delete from sessions where expires_at < now()')
        // A delivery that is sent again is answered with its tick.
        await client.query(
          `delete from ticks where at < $1 or (at < $2 and status = 'skipped'
             and id not in (select tick_id from webhook_deliveries where tick_id is not null))`,
          [runsBefore, idleTicksBefore],
        )
      }),
  }
}
