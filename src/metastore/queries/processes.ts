import type { KnownProcess, ProcessStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { iso } from './rows.js'
import { isHeldRun } from './run-status.js'

const lostAfter = "interval '15 seconds'"
/** SQL: whether a process is not lost. */
export const isProcessHeard = `heard_at >= now() - ${lostAfter}`
const forgottenAfter = "interval '1 hour'"

export function processQueries(database: Database): ProcessStore {
  return {
    async reportProcess({ name, kind, host, version, runs, capacity }, isNew) {
      await database.rows(
        `with forgotten as (delete from processes where name <> $1 and heard_at < now() - ${forgottenAfter})
         insert into processes (name, kind, host, version, runs, capacity) values ($1, $2, $3, $4, $5, $6)
         on conflict (name) do update set kind = excluded.kind, host = excluded.host, version = excluded.version, runs = excluded.runs,
           capacity = excluded.capacity, heard_at = now(), started_at = case when $7 then now() else processes.started_at end`,
        [name, kind, host, version, runs, capacity, isNew],
        { patienceMs: 0 },
      )
    },

    async removeProcess(name) {
      await database.rows('delete from processes where name = $1', [name], { patienceMs: 0 })
    },

    async processes() {
      const rows = await database.rows(
        `select p.*, p.heard_at < now() - ${lostAfter} as is_lost,
           (select count(*) from runs where ${isHeldRun} and lease_until >= now() and lease_worker = p.name) as running,
           exists (select 1 from daemon_lease where holder = p.name and lease_until >= now()) as is_leading
         from processes p order by array_position(array['server', 'engine', 'daemon', 'worker', 'command'], kind), started_at, name`,
      )
      return rows.map(
        (row): KnownProcess => ({
          name: String(row.name),
          kind: row.kind as KnownProcess['kind'],
          host: String(row.host),
          version: String(row.version),
          runs: row.runs as KnownProcess['runs'],
          capacity: Number(row.capacity),
          running: Number(row.running),
          isLeadingDaemon: row.is_leading === true,
          startedAt: iso(row.started_at) as string,
          heardAt: iso(row.heard_at) as string,
          isLost: row.is_lost === true,
        }),
      )
    },
  }
}
