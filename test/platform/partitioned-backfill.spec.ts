import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assetPartitionsSchema, type BackfillView, backfillSchema } from '../../src/server/contract/index.js'
import { eventually, millrace } from '../support/millrace.js'
import { pidOf, type Role } from './pid-of.js'
import { runningProject } from './running-project.js'
import { ended } from './slow-project.js'

/** Three orders a day of two months, a model by vars over an ephemeral one, and an asset over that; and a view that has no partitions. */
const orders = Array.from({ length: 180 }, (_, i) => {
  const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(i / 3))).toISOString().slice(0, 10)
  return `${i},${day},${day}T12:00:00Z,${i % 7}`
})
const total = Array.from({ length: 180 }, (_, i) => i % 7).reduce((sum, amount) => sum + amount)
const daily = '{ by: daily, start: 2024-01-01, end: 2024-03-01'
const files = {
  'millrace.yaml': 'name: shop\nwarehouse: { profile: shop, target: dev }\n',
  'data/orders.csv': `id,day,changed,amount\n${orders.join('\n')}\n`,
  'extract_load/shop.yaml': `name: shop
source: { connector: file, config: { streams: [{ name: orders, path: data/orders.csv }] } }
destination: { connector: warehouse, schema: raw }
streams:
  orders: { sync_mode: incremental, primary_key: id, cursor_field: changed, partitions: ${daily}, field: day } }
`,
  'transformation/dbt/dbt_project.yml': "name: shop\nversion: '1.0'\nprofile: shop\nvars: { min_date: 'nothing' }\n",
  'transformation/dbt/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/sources.yml': `
sources:
  - { name: raw, schema: raw, tables: [{ name: orders, config: { event_time: day } }] }
models:
  - name: daily
    config: { meta: { millrace: { partitions: ${daily}, vars: { start: min_date, end: max_date } } } } }
  - name: narrowed
    config: { meta: { millrace: { partitions: ${daily}, event_time: true } } } }
`,
  'transformation/dbt/models/chosen.sql': `{{ config(materialized='ephemeral') }}
select * from {{ source('raw', 'orders') }} where day >= '{{ var('min_date') }}' and day < '{{ var('max_date') }}'`,
  'transformation/dbt/models/daily.sql': `{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='day') }}
select day, sum(amount) as amount, '{{ var('min_date') }} {{ var('max_date') }}' as made_for from {{ ref('chosen') }} group by day`,
  'transformation/dbt/models/narrowed.sql': `{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='id') }}
select id, day from {{ source('raw', 'orders') }}`,
  'transformation/dbt/models/batches.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', batch_size='day', begin='2024-01-01') }}
select id, day from {{ source('raw', 'orders') }}`,
  'transformation/dbt/models/all_days.sql':
    "{{ config(materialized='view') }} select count(*) as days from {{ ref('daily') }}",
  'orchestration/definitions.ts': `import { asset, defineProject, partitions } from 'millrace'
import { existsSync } from 'node:fs'
export default defineProject(asset('reports/day', {
  deps: ['main/daily'],
  partitions: partitions.daily({ start: '2024-01-01', end: '2024-03-01' }),
  run: async ({ partition, query, projectDir, metadata }) => {
    if (partition.key === '2024-02-10' && !existsSync(projectDir + '/mended')) throw new Error('not mended')
    const [row] = await query("select amount from main.daily where day = '" + partition.key + "'")
    metadata({ amount: row.amount })
  },
}))
`,
}

const project = runningProject(files)

const run = async (request: object) =>
  ended(project.up, (await project.up.post<{ runId: string }>('/materialize', request)).runId)
const rows = async (sql: string) => (await project.up.post<{ rows: unknown[][] }>('/query', { sql })).rows
const made = async (asset: string) =>
  assetPartitionsSchema.parse(await project.up.get(`/assets/${encodeURIComponent(asset)}/partitions`)).counts
const backfillOf = async (id: string) => backfillSchema.parse(await project.up.get(`/backfills/${id}`))
const endOf = (id: string) =>
  eventually(
    'the backfill ends',
    async () => {
      const found = await backfillOf(id).catch(() => undefined)
      return found?.endedAt !== undefined && (found as BackfillView)
    },
    { withinMs: 120_000 },
  )

describe('one backfill over a stream, models and an asset', () => {
  it('says what it would make', async () => {
    const wish = { selection: 'raw/orders+', partitions: '2024-01-01...2024-01-31', perRun: 10, dryRun: true }
    expect(await project.up.post('/backfills', wish)).toMatchObject({
      assets: ['raw/orders', 'main/batches', 'main/daily', 'main/narrowed', 'reports/day'],
      partitionCount: 31,
      runCount: 5,
    })
  })

  it('reads windows that lie side by side at once, and makes what follows for just them', async () => {
    const { backfillId } = await project.up.post<{ backfillId: string }>('/backfills', {
      selection: 'raw/orders+',
      partitions: '2024-01-03...2024-01-05,2024-01-08',
      perRun: 'all',
    })
    expect(await endOf(backfillId)).toMatchObject({ status: 'succeeded', runCount: 2 })
    expect(await rows('select day::text, count(*) from raw.orders group by 1 order by 1')).toEqual([
      ['2024-01-03', 3],
      ['2024-01-04', 3],
      ['2024-01-05', 3],
      ['2024-01-08', 3],
    ])
    expect(await rows('select made_for, count(*) from main.daily group by 1 order by 1')).toEqual([
      ['2024-01-03 2024-01-06', 3],
      ['2024-01-08 2024-01-09', 1],
    ])
    for (const model of ['narrowed', 'batches'])
      expect(await rows(`select count(*), count(distinct day) from main.${model}`)).toEqual([[12, 4]])
    for (const asset of ['raw/orders', 'main/daily', 'main/narrowed', 'main/batches', 'reports/day'])
      expect([asset, (await made(asset)).made]).toEqual([asset, 4])
  }, 60_000)

  it('goes on behind kills of everything, with nothing twice and nothing missing; what failed is made by another one', async () => {
    const { backfillId } = await project.up.post<{ backfillId: string }>('/backfills', {
      selection: 'raw/orders+',
      perRun: 10,
    })
    const kills: readonly (readonly Role[])[] = [['engine'], ['engine', 'server', 'postgres']]
    for (const [i, roles] of kills.entries()) {
      await eventually(
        `${(i + 1) * 2} runs are through`,
        async () => {
          const found = await backfillOf(backfillId).catch(() => undefined)
          return (found?.runs.succeeded ?? 0) + (found?.runs.failed ?? 0) >= (i + 1) * 2
        },
        { withinMs: 90_000 },
      )
      for (const role of roles) process.kill(await pidOf(role, project.dir, project.up), 'SIGKILL')
    }
    expect(await endOf(backfillId)).toMatchObject({
      status: 'failed',
      runCount: 7,
      runs: { succeeded: 6, failed: 1 },
    })
    expect(await rows('select count(*), count(distinct id), sum(amount)::int from raw.orders')).toEqual([
      [180, 180, total],
    ])
    expect(await rows('select count(*), sum(amount)::int from main.daily')).toEqual([[60, total]])
    expect(await rows('select days from main.all_days')).toEqual([[60]])
    for (const model of ['narrowed', 'batches'])
      expect(await rows(`select count(*), count(distinct id) from main.${model}`)).toEqual([[180, 180]])
    expect([await made('raw/orders'), await made('main/daily')].map(({ made }) => made)).toEqual([60, 60])
    expect(await made('reports/day')).toMatchObject({ made: 59, failed: 1, missing: 0 })
    // By the command of a person who has mended it.
    await writeFile(join(project.dir, 'mended'), '')
    const retried = millrace(project.dir, ['backfills', 'retry', backfillId])
    expect(await retried.ended).toMatchObject({ code: 0 })
    expect(retried.output()).toMatch(/Backfill \S+: 1 partition in 2 runs\n/)
    expect(await made('reports/day')).toMatchObject({ made: 60, failed: 0 })
  }, 240_000)
})

it('without a choice the stream is synced as always and tells which partitions that made; models make the latest', async () => {
  expect((await run({ selection: 'raw/orders main/daily' })).status).toBe('succeeded')
  expect((await made('raw/orders')).made).toBe(60)
  expect((await run({ selection: 'raw/orders' })).status).toBe('succeeded')
  expect(await rows('select count(*), count(distinct id) from raw.orders')).toEqual([[180, 180]])
  expect((await rows('select made_for from main.daily order by day desc limit 1')).flat()).toEqual([
    '2024-02-29 2024-03-01',
  ])
}, 60_000)

it('what is cleared has no partitions', async () => {
  await project.up.post('/connections/shop/clear', { streams: ['orders'] })
  await eventually('it is cleared', async () => (await made('raw/orders')).made === 0)
}, 60_000)
