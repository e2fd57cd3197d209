import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run, RunEvent, RunStep } from '../../src/orchestrate/index.js'
import { eventually, removeProject, temporaryProject, type Up } from '../support/millrace.js'

const files = {
  'millrace.yaml': 'name: crash\nwarehouse: { profile: crash, target: dev }\n',
  'data/orders.csv': 'id,amount\n1,10\n2,20\n',
  'extract_load/orders.yaml': `name: orders
source:
  connector: file
  config:
    streams: [{ name: orders, path: data/orders.csv }]
destination: { connector: warehouse, schema: raw }
streams:
  orders: { sync_mode: full_refresh, destination_sync_mode: overwrite }
`,
  'transformation/dbt/dbt_project.yml': "name: crash\nversion: '1.0'\nprofile: crash\nmodel-paths: [models]\n",
  'transformation/dbt/profiles.yml':
    'crash:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/schema.yml': `sources: [{ name: raw, tables: [{ name: orders }] }]
models: [{ name: revenue, columns: [{ name: total, data_tests: [not_null] }] }]
`,
  'transformation/dbt/models/revenue.sql': "select sum(amount) as total from {{ source('raw', 'orders') }}\n",
  'transformation/dbt/models/last.sql': "select * from {{ ref('revenue') }}\n-- depends_on: reports/slow\n",
  // `slow` says that it began, and goes on when it is told to.
  'orchestration/definitions.ts': `import { existsSync, writeFileSync } from 'node:fs'
import { asset, defineProject, schedule, sensor } from 'millrace'
const slow = asset('reports/slow', { deps: ['main/revenue'], run: async ({ projectDir }) => {
  writeFileSync(projectDir + '/begun', '')
  while (!existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 20))
} })
export default defineProject(slow,
  asset('reports/last', { deps: [slow], run: ({ log }) => log('done') }),
  schedule('often', { cron: '* * * * * *', target: 'raw/orders', overlap: 'allow', on: false }),
  sensor('count', { every: '1s', target: 'raw/orders', on: false,
    evaluate: ({ cursor }) => ({ cursor: Number(cursor ?? 0) + 1, runs: [{ key: String(cursor ?? 0) }] }) }))
`,
} as const

export interface SlowProject {
  readonly dir: string
  /** Resolves when the slow asset runs, since the last call. */
  hasBegun(): Promise<void>
  go(): Promise<void>
  /** Lets the next one wait again. */
  hold(): Promise<void>
  remove(): Promise<void>
}

/** A stream, a model with a test, and TypeScript assets of which one waits until the test lets it go. */
export async function slowProject(): Promise<SlowProject> {
  const dir = await temporaryProject(files)
  return {
    dir,
    async hasBegun() {
      await eventually('the slow asset begins', () => existsSync(join(dir, 'begun')), { withinMs: 60_000 })
      await rm(join(dir, 'begun'))
    },
    go: () => writeFile(join(dir, 'go'), ''),
    async hold() {
      for (const file of ['go', 'begun']) await rm(join(dir, file), { force: true })
    },
    remove: () => removeProject(dir),
  }
}

export type RunView = Omit<Run, 'error'> & {
  readonly error?: { code: string; message: string }
  readonly steps: readonly RunStep[]
}

export const requestRun = async (up: Up, selection = '*') =>
  (await up.post<{ runId: string }>('/materialize', { selection })).runId

/** Waits until the run has ended; the server may be away for a while. */
export const ended = (up: Up, runId: string) =>
  eventually(
    'the run ends',
    async () => {
      const run = await up.get<RunView>(`/runs/${runId}`).catch(() => undefined)
      return run?.endedAt === undefined ? undefined : run
    },
    { withinMs: 90_000 },
  )

export const eventsOf = async (up: Up, runId: string) =>
  (await up.get<{ events: RunEvent[] }>(`/runs/${runId}/events?limit=5000`)).events

/** How often each asset was made in a run. */
export async function madeCounts(up: Up, runId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { type, asset = '' } of await eventsOf(up, runId))
    if (type === 'asset_materialized') counts[asset] = (counts[asset] ?? 0) + 1
  return counts
}
