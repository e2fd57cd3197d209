import { silentLogger, systemClock } from '../../src/base/index.js'
import { Access } from '../../src/server/access/index.js'
import { openAirbyteApi } from '../../src/server/airbyte-api/index.js'
import { StateCache } from '../../src/server/views/state-cache.js'
import { testDatabase } from '../orchestrate/database.js'
import { connection, definitionsOf } from '../server/airbyte-project.js'
import type { Figure } from './figure.js'

const connectionCount = 1_000
const jobsOfEach = 10
const perSecond = 50
const seconds = 30

/** What clients ask while they look at a project: pages of connections, one of them, its jobs, one job. */
function paths(ids: readonly string[], workspaceId: string): ((n: number) => string)[] {
  const one = (n: number) => ids[(n * 7) % ids.length]
  return [
    (n) => `/connections?workspaceIds=${workspaceId}&limit=100&offset=${(n % 10) * 100}`,
    (n) => `/connections/${one(n)}`,
    (n) => `/jobs?connectionId=${one(n)}&limit=20`,
    (n) => `/jobs/${1 + (n % (connectionCount * jobsOfEach))}`,
    () => '/jobs?limit=100',
    (n) => `/sources?limit=100&offset=${(n % 10) * 100}`,
  ]
}

/** A thousand connections with ten jobs each, asked fifty times a second, whether the answers before have come or not. */
export async function airbyteApiFigures(): Promise<readonly Figure[]> {
  const database = await testDatabase({ isDurable: true })
  const stop = new AbortController()
  try {
    const store = await database.store()
    const names = Array.from({ length: connectionCount }, (_, i) => `connection_${i}`)
    await store.publishDefinitions(
      definitionsOf(
        names.map((name) =>
          connection(name, { schedule: { name: `sync_${name}`, cron: '0 4 * * *', timezone: 'UTC' } }),
        ),
      ),
    )
    await store.sql(
      `insert into runs (id, selection, trigger_type, status, ended_at) select 'run-' || lpad(n::text, 8, '0'), '*', 'schedule', 'succeeded', now() from generate_series(1, $1::int) n`,
      [connectionCount * jobsOfEach],
    )
    await store.sql(
      `insert into run_steps (run_id, key, position, kind, status, assets, checks, upstream, started_at, ended_at)
         select 'run-' || lpad(n::text, 8, '0'), 'sync:connection_' || (n % $2), 0, 'sync', 'succeeded', '[]', '[]', '[]', now(), now() from generate_series(1, $1::int) n`,
      [connectionCount * jobsOfEach, connectionCount],
    )
    await store.sql('insert into sync_jobs (run_id, step) select run_id, key from run_steps order by run_id')
    await store.sql(
      `insert into events (run_id, type, step, asset, metadata) select run_id, 'asset_materialized', key, 'raw/x', '{"rows_committed": 10, "bytes_read": 100}' from run_steps`,
    )
    await store.sql('analyze')
    const address = { host: '127.0.0.1', allowedHosts: [] }
    const clock = systemClock
    const access = new Access({ store: store.access, address, project: 'test', clock, logger: silentLogger })
    const engine = {
      health: async () => ({ warehouse: { type: 'duckdb', path: '/x/warehouse.duckdb', isOpen: true } }),
    }
    const services = {
      store,
      states: new StateCache(store, clock),
      clock,
      engine,
      version: '1.0.0',
      signal: stop.signal,
    }
    const api = await openAirbyteApi({
      services: services as never,
      access,
      address,
      pageUrl: () => '',
      host: '127.0.0.1',
      port: 'any',
      logger: silentLogger,
    })
    if (!api) throw new Error('Nothing listens.')
    const base = `http://127.0.0.1:${api.port}/api/public/v1`
    const ask = async (path: string) => {
      const response = await fetch(`${base}${path}`)
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as { data: { connectionId: string; workspaceId: string }[] }
    }
    const ids: string[] = []
    for (let offset = 0; offset < connectionCount; offset += 100)
      ids.push(...(await ask(`/connections?limit=100&offset=${offset}`)).data.map((one) => one.connectionId))
    const [first] = (await ask('/workspaces')).data
    const all = paths(ids, first?.workspaceId ?? '')
    const took: number[] = []
    const begun = performance.now()
    const asked: Promise<void>[] = []
    for (let n = 0; n < perSecond * seconds; n++) {
      const dueMs = begun + (n * 1_000) / perSecond
      if (dueMs > performance.now()) await systemClock.sleep(dueMs - performance.now())
      const at = performance.now()
      const path = all[n % all.length] as (n: number) => string
      asked.push(ask(path(n)).then(() => void took.push(performance.now() - at)))
    }
    await Promise.all(asked)
    await api.close()
    took.sort((a, b) => a - b)
    const at = (share: number) => `${(took[Math.floor(took.length * share)] ?? Number.NaN).toFixed(0)} ms`
    return [
      {
        what: "Airbyte's API at 50 requests a second, of 1 000 connections with 10 000 jobs: the slowest hundredth",
        millrace: `${at(0.99)} (median: ${at(0.5)})`,
        comparedWith: 'aim: 50 ms',
        ratio: '',
      },
    ]
  } finally {
    stop.abort()
    await database.stop()
  }
}
