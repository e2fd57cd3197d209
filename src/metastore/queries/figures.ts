import type { EndedRuns, FigureStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { iso, optional, toRun } from './rows.js'
import { isHeldRun } from './run-status.js'

const hourMs = 3_600_000
/** Who did not look for long learns of this many at a time. */
const mostEnded = 2_000

export function figureQueries(database: Database): FigureStore {
  return {
    async figures() {
      const [row = {}] = await database.rows(
        `select (select min(created_at) from runs where status = 'queued') as oldest,
           (select count(distinct lease_worker) from runs
             where ${isHeldRun} and lease_until >= now()) as workers,
           (select reltuples from pg_class where oid = to_regclass('events')) as events,
           pg_total_relation_size(to_regclass('events')) as events_size, pg_database_size(current_database()) as size`,
      )
      const count = Number(row.events)
      return {
        oldestQueuedAt: iso(row.oldest),
        workers: Number(row.workers),
        events: { count: count < 0 ? undefined : count, sizeBytes: Number(row.events_size) },
        sizeBytes: Number(row.size),
      }
    },

    async loadedByHour({ assets, since }) {
      const sumOf = (name: string) =>
        `coalesce(sum(case jsonb_typeof(metadata->'${name}') when 'number' then (metadata->>'${name}')::numeric end), 0)`
      const rows = await database.rows(
        `select floor(extract(epoch from at) / 3600) as hour, ${sumOf('rows_committed')} as rows, ${sumOf('bytes_read')} as bytes
         from events where type = 'asset_materialized' and at >= $1 and asset = any($2) group by hour order by hour`,
        [since, [...assets]],
      )
      return rows.map(({ hour, rows: count, bytes }) => ({
        at: new Date(Number(hour) * hourMs).toISOString(),
        rows: Number(count),
        bytes: Number(bytes),
      }))
    },

    async endedRuns({ since, except }): Promise<EndedRuns> {
      if (since === undefined) {
        const [row] = await database.rows('select now() as now')
        return { since: iso(row?.now) as string, runs: [], steps: [], loads: [] }
      }
      const rows = await database.rows(
        'select * from runs where ended_at >= $1 and id <> all($2) order by ended_at limit $3',
        [since, [...except], mostEnded],
      )
      const ids = rows.map((row) => row.id)
      const [steps, loads] =
        ids.length === 0
          ? [[], []]
          : await Promise.all([
              database.rows(
                'select kind, status, count(*) as n from run_steps where run_id = any($1) group by kind, status',
                [ids],
              ),
              database.rows(
                `select step, sum((metadata->>'rows_committed')::numeric) as rows, sum((metadata->>'bytes_read')::numeric) as bytes
                 from events where run_id = any($1) and type = 'asset_materialized' and step like 'sync:%' group by step`,
                [ids],
              ),
            ])
      return {
        since: iso(rows.at(-1)?.ended_at) ?? since,
        runs: rows.map((row) => {
          const { id, status, trigger, createdAt, startedAt, endedAt = createdAt, attempt } = toRun(row)
          return { id, status, trigger: trigger.type, createdAt, startedAt, endedAt, attempt }
        }),
        steps: steps.map(({ kind, status, n }) => ({ kind, status, count: Number(n) }) as EndedRuns['steps'][number]),
        loads: loads.map(({ step, rows, bytes }) => ({
          step: String(step),
          rows: Number(optional(rows) ?? 0),
          bytes: Number(optional(bytes) ?? 0),
        })),
      }
    },
  }
}
