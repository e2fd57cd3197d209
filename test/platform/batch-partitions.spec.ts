import { beforeAll, expect, it } from 'vitest'
import { assetPartitionsSchema, backfillsSchema } from '../../src/server/contract/index.js'
import { eventually } from '../support/millrace.js'
import { runningProject } from './running-project.js'
import { ended } from './slow-project.js'

/** Four rows a day, and a model that makes them day by day, but for the fifth. */
const files = {
  'millrace.yaml': 'name: days\nwarehouse: { profile: days, target: dev }\n',
  'transformation/dbt/dbt_project.yml': "name: days\nversion: '1.0'\nprofile: days\n",
  'transformation/dbt/profiles.yml':
    'days:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/happened.sql': `{{ config(materialized='table', event_time='ts') }}
select range as ts from range(timestamp '2024-01-01', timestamp '2024-02-01', interval 6 hour)`,
  'transformation/dbt/models/daily.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', batch_size='day', begin='2024-01-01') }}
select ts from {{ ref('happened') }}
{% if execute and model.batch and model.batch.id == '20240105' %} where nothing_like_it {% endif %}`,
}

const project = runningProject(files)
beforeAll(async () => {
  await run({ selection: 'main/happened' })
}, 60_000)

const run = async (request: object) =>
  ended(project.up, (await project.up.post<{ runId: string }>('/materialize', request)).runId)
const partitions = async () => {
  const { stretches } = assetPartitionsSchema.parse(await project.up.get('/assets/main%2Fdaily/partitions'))
  return stretches.filter(({ status }) => status !== 'missing').map(({ status, first, last }) => [status, first, last])
}
const days = async () => {
  const sql = 'select distinct ts::date::text as day from main.daily order by 1'
  const { rows } = await project.up.post<{ rows: string[][] }>('/query', { sql })
  return rows.map(([day]) => day)
}

it('batches of a microbatch model are partitions: a run makes those that it is asked for', async () => {
  expect((await run({ selection: 'main/daily', partitions: '2024-01-02...2024-01-03' })).status).toBe('succeeded')
  expect(await partitions()).toEqual([['made', '2024-01-02', '2024-01-03']])
  expect(await days()).toEqual(['2024-01-02', '2024-01-03'])
}, 60_000)

it('one that fails leaves the others made, and a backfill goes on with it', async () => {
  await project.up.post('/backfills', { selection: 'main/daily', partitions: '2024-01-04...2024-01-07', perRun: 'all' })
  const backfill = await eventually('the backfill ends', async () => {
    const [latest] = backfillsSchema.parse(await project.up.get('/backfills')).backfills
    return latest?.endedAt !== undefined && latest
  })
  expect(backfill).toMatchObject({ status: 'failed', runCount: 1 })
  expect(await partitions()).toEqual([
    ['made', '2024-01-02', '2024-01-04'],
    ['failed', '2024-01-05', '2024-01-05'],
    ['made', '2024-01-06', '2024-01-07'],
  ])
  expect(await days()).toEqual(['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-06', '2024-01-07'])
}, 60_000)

it('without a choice dbt takes the batch that is going on and those that it looks back to', async () => {
  expect((await run({ selection: 'main/daily' })).status).toBe('succeeded')
  const today = new Date().toISOString().slice(0, 10)
  const [status, first, last] = (await partitions()).at(-1) as [string, string, string]
  expect([status, last]).toEqual(['made', today])
  expect(first < today).toBe(true)
}, 60_000)
