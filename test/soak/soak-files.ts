import type { PostgresWarehouseOptions } from '../../src/warehouse/index.js'

export type Server = PostgresWarehouseOptions & { readonly user: string; readonly password: string }

/** How many days `ledger/days` has. */
export const dayCount = 90
export const firstDay = Date.UTC(2024, 0, 1)
/** The keys of days, by their place. */
export const dayKey = (place: number) => new Date(firstDay + place * 86_400_000).toISOString().slice(0, 10)

/** What the sensor `count` asks for first when its cursor is n. */
export const countKeys = (n: number): string[] => [String(n), ...(n % 2 === 1 ? [`${n}b`] : [])]

/** The webhooks, and what proves that one may send to them. */
export const hooks: readonly string[] = ['pushed', 'told']
export const hookSecret = 'a secret of the soak'

const settings =
  'name: soak\nwarehouse: { profile: soak, target: dev }\npools: { narrow: 2, orders: 1, files: 1, marts: 1 }\n'

/** `millrace.yaml` of machines whose workers launch run workers. Runs that others execute count there, too. */
export const launchingSettings = `${settings}max_concurrent_runs: 7\nruns: { launcher: { type: process } }\n`

/** What all machines have in common. */
export const linkedParts = ['transformation', 'extract_load', 'orchestration', 'data', 'ledger.jsonl', 'node_modules']

/** Everything of the project but definitions.ts: a table and files that grow, models over them. */
export function projectFiles(source: Server, warehouse: Server): Readonly<Record<string, string>> {
  return {
    'millrace.yaml': `${settings}max_concurrent_runs: 3\n`,
    'transformation/dbt/dbt_project.yml': `name: soak
version: '1.0'
profile: soak
model-paths: [models]
models: { soak: { +meta: { millrace: { pool: marts } } } }
`,
    'transformation/dbt/profiles.yml': `soak:
  target: dev
  outputs:
    dev: { type: postgres, host: 127.0.0.1, port: ${warehouse.port}, user: ${warehouse.user}, password: '${warehouse.password}', dbname: ${warehouse.database}, schema: main, threads: 4 }
`,
    'transformation/dbt/models/schema.yml': `sources: [{ name: raw, tables: [{ name: orders }, { name: lines }] }]
models: [{ name: totals, columns: [{ name: customer, data_tests: [unique, not_null] }] }]
`,
    'transformation/dbt/models/totals.sql': `{{ config(materialized='table') }}
select customer, count(*) as orders, sum(amount) as amount from {{ source('raw', 'orders') }} group by customer
`,
    'transformation/dbt/models/kept_lines.sql': `{{ config(materialized='incremental', unique_key='id') }}
select id, text from {{ source('raw', 'lines') }}{% if is_incremental() %} where id > (select coalesce(max(id), 0) - 500 from {{ this }}){% endif %}
`,
    'extract_load/orders.yaml': `name: orders
source:
  connector: postgres
  config:
    host: 127.0.0.1
    port: ${source.port}
    database: ${source.database}
    username: ${source.user}
    password: '${source.password}'
    ssl_mode: { mode: disable }
destination: { connector: warehouse, schema: raw }
pool: orders
streams:
  orders: { sync_mode: incremental, destination_sync_mode: append_dedup, cursor_field: changed, primary_key: id }
retries: { backoff_min_seconds: 1 }
`,
    'extract_load/lines.yaml': `name: lines
source:
  connector: file
  config:
    streams: [{ name: lines, path: data/incoming/*.csv }]
destination: { connector: warehouse, schema: raw }
pool: files
streams:
  lines: { sync_mode: incremental, destination_sync_mode: append }
retries: { backoff_min_seconds: 1 }
`,
    'data/incoming/l000000.csv': 'id,text\n',
  }
}

/**
 * Assets that keep a ledger: a line when one begins and one when it ends, in a file that is only ever appended to.
 * @param version changes with every edit
 */
export const definitionsText = (version: number) => `import { appendFileSync, readFileSync } from 'node:fs'
import { asset, check, defineProject, newFiles, newRows, onMaterialized, onRunStatus, partitions, schedule, sensor, webhook, when } from 'millrace'

const note = (dir: string, line: object) => appendFileSync(dir + '/ledger.jsonl', JSON.stringify(line) + '\\n')
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Notes its beginning and its end, and takes its time between the two. */
const made = (key: string, leastMs: number, work?: (context: any) => Promise<void> | void) => async (context: any) => {
  const id = Math.random().toString(36).slice(2)
  const line = { id, pid: process.pid, asset: key, run: context.runId, partitions: context.partitions?.map((one: any) => one.key) }
  context.log('by process ' + process.pid)
  note(context.projectDir, { what: 'begin', at: Date.now(), ...line })
  await pause(leastMs + Math.random() * leastMs)
  context.signal.throwIfAborted()
  await work?.(context)
  context.log('by process ' + process.pid)
  note(context.projectDir, { what: 'end', at: Date.now(), ...line })
}

const begunIn = (dir: string, run: string, key: string) =>
  readFileSync(dir + '/ledger.jsonl', 'utf8').split('\\n').filter((line) => line.includes('"begin"') && line.includes(run) && line.includes('"' + key + '"')).length

const keyed = asset('ledger/keyed', {
  description: 'Version ${version}',
  run: made('ledger/keyed', 20, async ({ query, runId }) => {
    await query("insert into main.counted values ('" + runId + "', 1) on conflict (run) do update set n = main.counted.n + 1")
  }),
})
const one = asset('derived/one', { deps: [keyed], automation: when.eager(), run: made('derived/one', 20) })
const two = asset('derived/two', { deps: [one], automation: when.eager(), run: made('derived/two', 20) })
const flaky = asset('ledger/flaky', {
  retry: { max: 4, delayMs: 100 },
  run: made('ledger/flaky', 10, ({ projectDir, runId }) => {
    if (begunIn(projectDir, runId, 'ledger/flaky') < 3) throw new Error('not yet')
  }),
})
const day = partitions.daily({ start: '2024-01-01', end: '${dayKey(dayCount)}' })
const days = asset('ledger/days', { partitions: day, run: made('ledger/days', 20) })
const together = asset('ledger/together', { partitions: day, deps: [days], makesPartitions: 'together', run: made('ledger/together', 50) })
const customer = asset('ledger/customer', { partitions: partitions.dynamic('customers'), run: made('ledger/customer', 20) })

const definitions = [keyed, one, two, flaky, days, together, customer,
  check(keyed, 'is_noted', { blocking: true }, ({ projectDir, runId }) => ({ passed: begunIn(projectDir, runId, 'ledger/keyed') > 0 })),
  asset('ledger/each', { run: made('ledger/each', 20) }),
  asset('ledger/queued', { run: made('ledger/queued', 300) }),
  asset('ledger/toggled', { run: made('ledger/toggled', 20) }),
  asset('ledger/narrow_1', { pool: 'narrow', run: made('ledger/narrow_1', 150) }),
  asset('ledger/narrow_2', { pool: 'narrow', run: made('ledger/narrow_2', 150) }),
  asset('ledger/long', { run: made('ledger/long', 2000) }),
  asset('ledger/pushed', { run: made('ledger/pushed', 20) }),
  asset('ledger/told', { run: made('ledger/told', 20) }),
  asset('ledger/seen', { run: made('ledger/seen', 20) }),
  asset('ledger/followed', { run: made('ledger/followed', 20) }),
  schedule('each', { cron: '*/5 * * * * *', target: 'ledger/each', overlap: 'allow', catchUp: 'all' }),
  schedule('queued', { cron: '*/9 * * * * *', target: 'ledger/queued ledger/flaky', overlap: 'queue' }),
  schedule('toggled', { cron: '*/7 * * * * *', target: 'ledger/toggled ledger/narrow_1', catchUp: 'none' }),
  schedule('load', { cron: '*/20 * * * * *', target: 'raw/orders+', overlap: 'skip' }),
  sensor('count', { every: '2s', target: 'ledger/keyed', evaluate: ({ cursor }) => {
    const n = Number(cursor ?? 0)
    // Every fifth asks for a key again, which is no run of its own.
    const keys = [String(n), ...(n % 2 === 1 ? [n + 'b'] : []), ...(n % 5 === 4 ? [String(n - 1)] : [])]
    return { cursor: n + 1, runs: keys.map((key) => ({ key })) }
  } }),
  sensor('customers', { every: '8s', target: 'ledger/customer', evaluate: ({ cursor }) => {
    const n = Number(cursor ?? 0)
    return { cursor: n + 1, dynamicPartitions: { customers: { add: ['c' + n], remove: [] } }, runs: [{ key: 'c' + n, partitions: 'c' + n }] }
  } }),
  sensor('arrivals', newFiles({ path: 'data/incoming/*.csv', target: 'raw/lines+', every: '5s' })),
  sensor('pushed', webhook({ target: 'ledger/pushed', secret: 'SOAK_HOOK_SECRET', sender: 'bearer', maxPerMinute: 1000 })),
  sensor('told', webhook({ target: 'ledger/told', secret: 'SOAK_HOOK_SECRET', sender: 'bearer', maxPerMinute: 1000,
    evaluate: ({ payload }) => ({ runs: [{ tags: { order: payload.order } }] }) })),
  sensor('followed', onMaterialized({ assets: 'ledger/each', target: 'ledger/followed',
    evaluate: ({ materializations }) => ({ runs: materializations.map(({ id }) => ({ key: String(id) })) }) })),
  sensor('mourned', onRunStatus({ statuses: ['failed', 'cancelled'], target: 'ledger/followed',
    evaluate: ({ run }) => ({ runs: [{ key: run.id }] }) })),
  sensor('rows', newRows({ table: 'raw.orders', cursor: 'changed', target: 'ledger/seen', every: '10s' })),
]
export default defineProject(...definitions)
`
