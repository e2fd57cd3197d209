import type { PoolClient } from 'pg'
import type { PlannedStep, SyncJob, SyncJobFilter, SyncJobStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { iso, optional, type Row, toRun } from './rows.js'
import { isOpenRun } from './run-status.js'
import { insertRun, tellQueued } from './runs.js'

/** Two who ask for a sync of one connection at once would both find none that goes on. */
const jobLock = 7_125_014

/** SQL: how the part `s` of the run `r` stands. A step that has ended says so, whatever became of its run. */
const statusOf = `case when s.status in ('succeeded', 'failed') then s.status when s.status in ('cancelled', 'skipped') then 'cancelled'
  when r.status in ('succeeded', 'failed', 'cancelled') then r.status
  when s.status = 'retrying' then 'incomplete' when s.status = 'running' and r.status <> 'queued' then 'running' else 'pending' end`
const typeOf = `case when r.clear_data then 'clear' when r.full_refresh then 'refresh' else 'sync' end`
const updatedAt = 'greatest(r.created_at, r.started_at, s.started_at, coalesce(s.ended_at, r.ended_at))'
const jobs =
  'sync_jobs j join runs r on r.id = j.run_id left join run_steps s on s.run_id = j.run_id and s.key = j.step'

const orders = { id: 'j.id', createdAt: 'r.created_at', updatedAt } as const

/** Numbers the syncs of plans. Those that were requested by one have it already. */
export async function numberSyncs(
  client: PoolClient,
  steps: readonly (Pick<PlannedStep, 'key' | 'kind'> & { readonly runId: string })[],
): Promise<void> {
  const syncs = steps.filter(({ kind }) => kind === 'sync')
  if (syncs.length === 0) return
  await client.query(
    `insert into sync_jobs (run_id, step) select run_id, step from unnest($1::text[], $2::text[]) with ordinality as a (run_id, step, n)
     where not exists (select 1 from sync_jobs j where j.run_id = a.run_id and j.step = a.step) order by n on conflict (run_id, step) do nothing`,
    [syncs.map(({ runId }) => runId), syncs.map(({ key }) => key)],
  )
}

export function syncJobQueries(database: Database): SyncJobStore {
  const list = async (filter: SyncJobFilter): Promise<SyncJob[]> => {
    const { ids, stepKeys, types, statuses, orderBy = 'id', isAscending = false, limit = 50, offset = 0 } = filter
    const direction = isAscending ? 'asc' : 'desc'
    const rows = await database.rows(
      `select r.*, j.id as job_id, j.step as job_step, ${typeOf} as job_type, ${statusOf} as job_status, ${updatedAt} as job_updated_at,
         s.assets as step_assets, s.attempt as step_attempt, s.started_at as step_started_at, s.ended_at as step_ended_at, s.error as step_error,
         l.rows as job_rows, l.bytes as job_bytes
       from (select j.id from ${jobs}
         where ($1::bigint[] is null or j.id = any($1)) and ($2::text[] is null or j.step = any($2))
           and ($3::text[] is null or ${typeOf} = any($3)) and ($4::text[] is null or ${statusOf} = any($4))
           and ($5::timestamptz is null or r.created_at >= $5) and ($6::timestamptz is null or r.created_at < $6)
           and ($7::timestamptz is null or ${updatedAt} >= $7) and ($8::timestamptz is null or ${updatedAt} < $8)
         order by ${orders[orderBy]} ${direction}, j.id ${direction} limit $9 offset $10) chosen
       join sync_jobs j on j.id = chosen.id join runs r on r.id = j.run_id left join run_steps s on s.run_id = j.run_id and s.key = j.step
       left join lateral (
         select sum((metadata->>'rows_committed')::numeric) as rows, sum((metadata->>'bytes_read')::numeric) as bytes
         from events e where e.run_id = j.run_id and e.step = j.step and e.type = 'asset_materialized' and e.step like 'sync:%') l on true
       order by ${orders[orderBy]} ${direction}, j.id ${direction}`,
      [
        ids ? [...ids] : null,
        stepKeys ? [...stepKeys] : null,
        types ? [...types] : null,
        statuses ? [...statuses] : null,
        filter.createdSince ?? null,
        filter.createdUntil ?? null,
        filter.updatedSince ?? null,
        filter.updatedUntil ?? null,
        limit,
        offset,
      ],
    )
    return rows.map(toSyncJob)
  }

  return {
    listSyncJobs: list,

    async requestSyncJob(stepKey, request) {
      const asked = await database.transaction(
        async (client) => {
          await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [jobLock, stepKey])
          const { rowCount } = await client.query(
            `select 1 from ${jobs} where j.step = $1 and r.${isOpenRun} and ${statusOf} in ('pending', 'running', 'incomplete') limit 1`,
            [stepKey],
          )
          if ((rowCount ?? 0) > 0) return undefined
          const inserted = await insertRun(client, request)
          const { rows } = await client.query<Row>(
            'insert into sync_jobs (run_id, step) values ($1, $2) returning id',
            [inserted.run.id, stepKey],
          )
          return { inserted, id: Number(rows[0]?.id) }
        },
        { last: (client, found) => (found ? [tellQueued(database, client, [found.inserted])] : []) },
      )
      return asked && (await list({ ids: [asked.id] }))[0]
    },
  }
}

function toSyncJob(row: Row): SyncJob {
  return {
    id: Number(row.job_id),
    run: toRun(row),
    stepKey: String(row.job_step),
    step: row.step_assets
      ? {
          assets: row.step_assets as string[],
          attempt: Number(row.step_attempt),
          startedAt: iso(row.step_started_at),
          endedAt: iso(row.step_ended_at),
          error: optional(row.step_error),
        }
      : undefined,
    type: row.job_type as SyncJob['type'],
    status: row.job_status as SyncJob['status'],
    updatedAt: iso(row.job_updated_at) as string,
    rows: Number(optional(row.job_rows) ?? 0),
    bytes: Number(optional(row.job_bytes) ?? 0),
  }
}
