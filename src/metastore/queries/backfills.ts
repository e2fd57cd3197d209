import type { PoolClient } from 'pg'
import { newId } from '../../base/index.js'
import type { BackfillRun, BackfillStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { jsonText } from './json-text.js'
import { type Row, toBackfill } from './rows.js'
import { type InsertedRun, insertRuns, tellQueued } from './runs.js'

/** The runs of backfills for which this holds, each with its retries after it. */
const triesOf = (which: string) => `with recursive tries as (
  select id, id as first, 0 as depth, run_key, status, step_counts from runs where trigger_type = 'backfill' and ${which}
  union all
  select r.id, t.first, t.depth + 1, t.run_key, r.status, r.step_counts from tries t
    join runs r on r.run_key = 'retry ' || t.id and r.trigger_type = 'retry' where t.status = 'failed')`

/** SQL: whether a try is the last one of its run. */
const isLastTry = `(t.status <> 'failed'
  or not exists (select 1 from runs r where r.run_key = 'retry ' || t.id and r.trigger_type = 'retry'))`

/** A backfill with how its runs stand: of each the last of its retries. Those that had settled when they were counted are not looked at again. */
const withRuns = `select b.*, (${triesOf('trigger_name = b.id and not is_counted')} select coalesce(jsonb_object_agg(status, n), '{}') from (
    select status, sum(n) as n from (
      select key as status, value::int as n from jsonb_each(b.settled_runs)
      union all select status, 1 from tries t where ${isLastTry}
    ) each_run group by status
  ) r) as runs from backfills b`

/** So many runs are counted at once. */
const mostCounted = 5_000

async function read(client: PoolClient, id: string) {
  const { rows } = await client.query<Row>(`${withRuns} where id = $1`, [id])
  return rows[0] && toBackfill(rows[0])
}

export function backfillQueries(database: Database): BackfillStore {
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
            jsonText(request.tags ?? {}),
            jsonText(request.parts),
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
            end?.error ? jsonText(end.error) : null,
            skippedRuns,
            skipped.reduce((sum, { runs }) => sum + runs, 0),
            jsonText(skipped),
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
        `${triesOf("trigger_name = $1 and status <> 'succeeded'")}
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

    async countSettledBackfillRuns() {
      const ended = await database.rows(
        `select id from runs where trigger_type = 'backfill' and not is_counted and status in ('succeeded', 'failed', 'cancelled') limit $1`,
        [mostCounted],
      )
      if (ended.length === 0) return
      await database.transaction(async (client) => {
        const { rows } = await client.query<Row>(
          `${triesOf('id = any($1)')}
           update runs set is_counted = true from tries t
             where runs.id = t.first and not runs.is_counted and t.status in ('succeeded', 'failed', 'cancelled') and ${isLastTry}
             returning runs.trigger_name, t.status`,
          [ended.map(({ id }) => id)],
        )
        const counts = new Map<string, Record<string, number>>()
        for (const row of rows) {
          const [backfill, status] = [String(row.trigger_name), String(row.status)]
          const ofIt = counts.get(backfill) ?? {}
          counts.set(backfill, { ...ofIt, [status]: (ofIt[status] ?? 0) + 1 })
        }
        for (const [backfill, more] of counts)
          await client.query(
            `update backfills b set settled_runs = (select jsonb_object_agg(key, n) from (
               select key, sum(value::int) as n from (select * from jsonb_each(b.settled_runs) union all select * from jsonb_each($2)) one group by key) r)
             where id = $1`,
            [backfill, JSON.stringify(more)],
          )
      })
    },
  }
}
