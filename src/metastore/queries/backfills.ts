import type { PoolClient } from 'pg'
import { newId } from '../../base/index.js'
import type { OrchestrateStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { type Row, toBackfill } from './rows.js'
import { type InsertedRun, insertRuns, tellQueued } from './runs.js'

/** A backfill with how its runs stand. */
const withRuns = `select b.*, (select coalesce(jsonb_object_agg(status, n), '{}') from
  (select status, count(*) as n from runs where trigger_type = 'backfill' and trigger_name = b.id group by status) r) as runs from backfills b`

async function read(client: PoolClient, id: string) {
  const { rows } = await client.query<Row>(`${withRuns} where id = $1`, [id])
  return rows[0] && toBackfill(rows[0])
}

export function backfillQueries(
  database: Database,
): Pick<OrchestrateStore, 'requestBackfill' | 'listBackfills' | 'getBackfill' | 'cancelBackfill' | 'advanceBackfill'> {
  return {
    requestBackfill: (request) =>
      database.transaction(async (client) => {
        const id = newId()
        await client.query(
          `insert into backfills (id, selection, partitions, partitions_per_run, is_sequential, run_count, partition_count, full_refresh, tags)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [
            id,
            request.selection,
            request.partitions,
            request.partitionsPerRun,
            request.isSequential,
            request.runCount,
            request.partitionCount,
            request.fullRefresh ?? false,
            JSON.stringify(request.tags ?? {}),
          ],
        )
        await database.notify(client, { type: 'backfill', id })
        return (await read(client, id)) as NonNullable<Awaited<ReturnType<typeof read>>>
      }),

    async listBackfills({ isActive, limit = 50 }) {
      const rows = await database.rows(`${withRuns} where not $1 or ended_at is null order by id desc limit $2`, [
        isActive ?? false,
        limit,
      ])
      return rows.map(toBackfill)
    },

    async getBackfill(id) {
      const [row] = await database.rows(`${withRuns} where id = $1`, [id])
      return row && toBackfill(row)
    },

    cancelBackfill: (id) =>
      database.transaction(async (client) => {
        await client.query("update backfills set status = 'cancelling' where id = $1 and status = 'running'", [id])
        await database.notify(client, { type: 'backfill', id })
        return read(client, id)
      }),

    async advanceBackfill({ id, status, requestedRuns }, requests, end) {
      const write = async (client: PoolClient): Promise<readonly InsertedRun[] | undefined> => {
        const { rowCount } = await client.query(
          `update backfills set requested_runs = requested_runs + $4, status = coalesce($5, status), error = $6,
             ended_at = case when $5::text is null then ended_at else now() end
           where id = $1 and status = $2 and requested_runs = $3`,
          [
            id,
            status,
            requestedRuns,
            requests.length,
            end?.status ?? null,
            end?.error ? JSON.stringify(end.error) : null,
          ],
        )
        return rowCount === 0 ? undefined : insertRuns(client, requests)
      }
      await database.transaction(write, {
        last: (client, inserted) =>
          inserted ? [tellQueued(database, client, inserted, { type: 'backfill', id })] : [],
      })
    },
  }
}
