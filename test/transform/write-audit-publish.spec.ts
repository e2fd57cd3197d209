import { expect, it } from 'vitest'
import { TempProject } from './support/temp-project.js'

const files = {
  'dbt_project.yml':
    'name: shop\nprofile: shop\nmodels:\n  shop:\n    marts:\n      +materialized: table\n      +write_audit_publish: true\n',
  'seeds/orders.csv': 'id,amount\n1,5\n2,7\n',
  'models/marts/mart.sql': "select id, amount from {{ ref('orders') }}",
  'models/below.sql': "select count(*) as n from {{ ref('mart') }}",
  'models/schema.yml': `models:
  - name: mart
    columns:
      - name: id
        data_tests:
          - unique
          - relationships: { to: ref('orders'), field: id }
          - not_null: { config: { severity: warn } }
`,
}

it('publishes a table that passes its tests, and keeps the old one when the new one fails them', async () => {
  const project = new TempProject(files)
  expect((await project.dbt('build')).code).toBe(0)
  expect(await project.rows('select count(*) as n from main.mart')).toEqual([{ n: 2 }])
  const names = async () =>
    (
      await project.rows("select table_name from information_schema.tables where table_name like 'mart%' order by 1")
    ).map(({ table_name }) => table_name)
  expect(await names()).toEqual(['mart'])

  project.write({ 'models/marts/mart.sql': "select id, amount from {{ ref('orders') }} union all select 1, 9" })
  const { code, results, output } = await project.dbt('build')
  expect(code).toBe(1)
  expect(results.mart?.status).toBe('error')
  expect(results.mart?.message).toContain(
    'The new version of main.mart was not published: unique_mart_id (1 row) failed on it. The published one is as it was.',
  )
  expect(output).toContain('select * from main.mart__audit')
  expect(results.below?.status).toBe('skipped')
  expect(await project.rows('select count(*) as n from main.mart')).toEqual([{ n: 2 }])
  expect(await project.rows('select count(*) as n from main.mart__audit')).toEqual([{ n: 3 }])

  project.write({ 'models/marts/mart.sql': "select id, amount from {{ ref('orders') }} union all select null, 9" })
  const warned = await project.dbt('build --exclude relationships_mart_id__id__ref_orders_')
  // What only warns does not hold it back. The tests are told as theirs, though they ran before.
  expect(warned.results.mart?.status).toBe('success')
  const statusOf = (name: string) =>
    Object.entries(warned.results).find(([id]) => id.startsWith(`${name}.`))?.[1].status
  expect(statusOf('not_null_mart_id')).toBe('warn')
  expect(statusOf('unique_mart_id')).toBe('pass')
  expect(await project.rows('select count(*) as n from main.mart')).toEqual([{ n: 3 }])
  expect(await names()).toEqual(['mart'])
})

it('gives indexes, comments and post-hooks to the published table', async () => {
  const project = new TempProject({
    ...files,
    'models/marts/mart.sql': `{{ config(indexes=[{'columns': ['id']}], persist_docs={'relation': true},
      post_hook='create or replace table hooked as select \\'{{ this.identifier }}\\' as name') }}
select id, amount from {{ ref('orders') }}`,
    'models/schema.yml': 'models: [{ name: mart, description: what is sold }]\n',
  })
  for (const _ of ['first', 'again']) {
    const { code, output } = await project.dbt('build')
    expect(code, output).toBe(0)
  }
  expect(await project.rows('select table_name from duckdb_indexes()')).toEqual([{ table_name: 'mart' }])
  expect(await project.rows("select comment from duckdb_tables() where table_name = 'mart'")).toEqual([
    { comment: 'what is sold' },
  ])
  expect(await project.rows('select name from hooked')).toEqual([{ name: 'mart' }])
})

it('audits in `dbt run`, too, and by `meta`, which dbt itself passes over', async () => {
  const project = new TempProject({
    ...files,
    'dbt_project.yml': 'name: shop\nprofile: shop\n',
    'models/marts/mart.sql':
      "{{ config(materialized='table', meta={'write_audit_publish': true}) }}\nselect 1 as id union all select 1",
  })
  await project.dbt('seed')
  const { results } = await project.dbt('run --select mart')
  expect(results.mart?.message).toContain('was not published')
  expect(await project.rows("select 1 from information_schema.tables where table_name = 'mart'")).toEqual([])
})

it('leaves views as they are, and refuses by name what changes its table in place', async () => {
  const project = new TempProject({
    ...files,
    'models/marts/shown.sql': "{{ config(materialized='view') }}\nselect 1 as one",
    'models/marts/grown.sql': "{{ config(materialized='incremental') }}\nselect 1 as one",
    'snapshots/past.yml':
      "snapshots:\n  - name: past\n    relation: ref('orders')\n    config: { strategy: check, check_cols: all, unique_key: id, write_audit_publish: true }\n",
  })
  const { results, output } = await project.dbt('build')
  // Told before anything runs, too, where it is written.
  const [before] = output.split('Concurrency:')
  expect(before).toMatch(
    /WARNING\]: dbt_project.yml:7:29: write_audit_publish works for tables; grown is an incremental/,
  )
  expect(before).toMatch(
    /WARNING\]: snapshots\/past.yml:4:86: write_audit_publish works for tables; past is a snapshot/,
  )
  expect(results.shown?.status).toBe('success')
  expect(results.grown?.message).toContain('grown is an incremental model, which changes its table in place')
  expect(results.past?.message).toContain('past is a snapshot, which changes its table in place')
})
