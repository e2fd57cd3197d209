import type { PoolClient } from 'pg'
import { newId } from '../../base/index.js'
import type { BackfillRun, OrchestrateStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { type Row, toBackfill } from './rows.js'
import { type InsertedRun, insertRuns, tellQueued } from './runs.js'

/** The runs of a backfill, each with its retries after it. */
const triesOf = (backfill: string, only = 'true') => `with recursive tries as (
  select id, id as first, 0 as depth, run_key, status, step_counts from runs where trigger_type = 'backfill' and trigger_name = ${backfill} and ${only}
  union all
  select r.id, t.first, t.depth + 1, t.run_key, r.status, r.step_counts from tries t
    join runs r on r.run_key = 'retry ' || t.id and r.trigger_type = 'retry' where t.status = 'failed')`

/** A backfill with how its runs stand: of each the last of its retries. */
const withRuns = `select b.*, (${triesOf('b.id')} select coalesce(jsonb_object_agg(status, n), '{}') from (
    select status, count(*) as n from tries t where t.status <> 'failed'
      or not exists (select 1 from runs r where r.run_key = 'retry ' || t.id and r.trigger_type = 'retry') group by status
  ) r) as runs from backfills b`

async function read(client: PoolClient, id: string) {
  const { rows } = await client.query<Row>(`${withRuns} where id = $1`, [id])
  return rows[0] && toBackfill(rows[0])
}

export function backfillQueries(
  database: Database,
): Pick<
  OrchestrateStore,
  'requestBackfill' | 'listBackfills' | 'getBackfill' | 'cancelBackfill' | 'advanceBackfill' | 'unsettledBackfillRuns'
> {
  return {
    requestBackfill: (request) =>
      database.transaction(async (client) => {
        const id = newId()
        await client.query(
          `insert into backfills (id, selection, partitions, partitions_per_run, is_sequential, run_count, partition_count, full_refresh, tags, parts)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
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
            JSON.stringify(request.parts),
          ],
        )
        await database.notify(client, { type: 'backfill', id })
        return (await read(client, id)) as NonNullable<Awaited<ReturnType<typeof read>>>
      }),

    async listBackfills({ isActive, asset, limit = 50 }) {
      const rows = await database.rows(
        `${withRuns} where (not $1 or ended_at is null) and ($3::jsonb is null or parts @> $3) order by id desc limit $2`,
        [isActive ?? false, limit, asset === undefined ? null : JSON.stringify([{ assets: [asset] }])],
      )
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

    async advanceBackfill({ id, status, requestedRuns, skippedRuns }, { requests = [], skipped = [] }, end) {
      const write = async (client: PoolClient): Promise<readonly InsertedRun[] | undefined> => {
        const { rowCount } = await client.query(
          `update backfills set requested_runs = requested_runs + $4, status = coalesce($5, status), error = $6,
             ended_at = case when $5::text is null then ended_at else now() end,
             skipped_runs = skipped_runs + $8, skipped = skipped || $9::jsonb
           where id = $1 and status = $2 and requested_runs = $3 and skipped_runs = $7`,
          [
            id,
            status,
            requestedRuns,
            requests.length,
            end?.status ?? null,
            end?.error ? JSON.stringify(end.error) : null,
            skippedRuns,
            skipped.reduce((sum, { runs }) => sum + runs, 0),
            JSON.stringify(skipped),
          ],
        )
        return rowCount === 0 ? undefined : insertRuns(client, requests)
      }
      await database.transaction(write, {
        last: (client, inserted) =>
          inserted ? [tellQueued(database, client, inserted, { type: 'backfill', id })] : [],
      })
    },

    async unsettledBackfillRuns(id) {
      const rows = await database.rows(
        `${triesOf('$1', "status <> 'succeeded'")}
         select split_part(run_key, ' ', 3)::int as place, (array_agg(id order by depth desc))[1] as run_id,
           (array_agg(status order by depth desc))[1] as status, coalesce(json_agg(id order by depth) filter (where step_counts <> '{}'), '[]') as planned
         from tries group by first, run_key having (array_agg(status order by depth desc))[1] <> 'succeeded'`,
        [id],
      )
      return rows.map((row) => ({
        place: Number(row.place),
        runId: String(row.run_id),
        status: row.status as BackfillRun['status'],
        plannedRunIds: row.planned as string[],
      }))
    },
  }
}
