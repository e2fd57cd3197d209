import type { DaemonStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'

export function daemonQueries(database: Database): DaemonStore {
  return {
    leadDaemon: (daemon, leaseMs, gone = []) =>
      database.transaction(
        async (client) => {
          await client.query(
            `insert into daemon_lease (id, holder, beat_at, lease_until) values (1, $1, now(), now() + $2 * interval '1 millisecond')
             on conflict (id) do update set holder = excluded.holder, beat_at = excluded.beat_at, lease_until = excluded.lease_until
             where daemon_lease.holder = $1 or daemon_lease.lease_until < now() or daemon_lease.holder = any($3)`,
            [daemon, leaseMs, [...gone]],
          )
          const { rows } = await client.query<{ holder: string }>('select holder from daemon_lease')
          return rows[0]?.holder ?? ''
        },
        { patienceMs: 0 },
      ),
    async resignDaemon(daemon) {
      await database.rows('delete from daemon_lease where holder = $1', [daemon], { patienceMs: 0 })
    },
    async daemonBeatAt() {
      const [row] = await database.rows('select beat_at from daemon_lease')
      return row ? (row.beat_at as Date) : undefined
    },
  }
}
