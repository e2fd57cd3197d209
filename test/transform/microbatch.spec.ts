import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const config = (more = '') =>
  `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at_time', batch_size='day',
     begin=modules.datetime.datetime(2020, 1, 1)${more}) }}\n`
const input = `{{ config(materialized='table', event_time='at_time') }}
select * from (values (1, timestamp '2020-01-01 06:00:00'), (2, timestamp '2020-01-02 00:00:00'),
  (3, timestamp '2020-01-03 23:59:59')) as rows(id, at_time)`
const project = (model: string, files: Readonly<Record<string, string>> = {}) =>
  new TempProject({ 'models/input.sql': input, 'models/daily.sql': model, ...files })

const select = "select * from {{ ref('input') }}"
const threeDays = '--event-time-start 2020-01-01 --event-time-end 2020-01-04'
const ids = async (one: TempProject, table = 'daily') =>
  (await one.rows(`select id from ${table} order by id`)).map(({ id }) => id)
const day = (date: string, next: string) => [`${date}T00:00:00+00:00`, `${next}T00:00:00+00:00`]

describe('a microbatch model', () => {
  test('runs batch by batch, each with the rows of its time', async () => {
    const one = project(config() + select)
    const { code, output, results } = await one.dbt(`run ${threeDays}`)
    expect(code).toBe(0)
    expect(output).toMatch(/Batch 1 of 3 START batch 2020-01-01 of main\.daily \.+ \[RUN\]/)
    expect(output).toMatch(/Batch 3 of 3 OK created batch 2020-01-03 of main\.daily \.+ \[OK in /)
    expect(output).toMatch(/2 of 2 OK created sql microbatch model main\.daily \.+ \[SUCCESS in /)
    expect(results.daily).toMatchObject({
      status: 'success',
      batch_results: {
        successful: [day('2020-01-01', '2020-01-02'), day('2020-01-02', '2020-01-03'), day('2020-01-03', '2020-01-04')],
        failed: [],
      },
    })
    expect(await ids(one)).toEqual([1, 2, 3])
    expect(one.read('target/compiled/shop/models/daily/daily_2020-01-02.sql')).toContain(
      "where at_time >= '2020-01-02 00:00:00+00:00' and at_time < '2020-01-03 00:00:00+00:00'",
    )
  })

  test('whose key its database has no use for fails once, before anything runs, and others go on', async () => {
    const one = project(config(", unique_key='id'") + select, { 'models/other.sql': 'select 1 as id' })
    const { code, output, results } = await one.dbt(`run ${threeDays}`)
    expect(code).toBe(1)
    expect(output).not.toContain('START batch')
    expect(results.daily).toMatchObject({
      status: 'error',
      message: expect.stringContaining("'microbatch' does not support 'unique_key' on duckdb, which 'daily' has"),
    })
    expect(results.other?.status).toBe('success')
    const macro = '{% macro get_incremental_microbatch_sql(args) %}{{ get_incremental_append_sql(args) }}{% endmacro %}'
    one.write({ 'macros/own.sql': macro })
    expect((await one.dbt(`run ${threeDays}`)).code).toBe(0)
  })

  test('replaces the batches that it is told to, and keeps the others', async () => {
    const one = project(config() + select)
    await one.dbt(`run ${threeDays}`)
    one.write({ 'models/input.sql': input.replace('(2, ', '(20, ').replace('(3, ', '(30, ') })
    await one.dbt('run --event-time-start 2020-01-02 --event-time-end 2020-01-03')
    expect(await ids(one)).toEqual([1, 3, 20])
  })

  test('begins anew with --full-refresh', async () => {
    const one = project(config() + select)
    await one.dbt(`run ${threeDays}`)
    await one.dbt('run --full-refresh --event-time-start 2020-01-02 --event-time-end 2020-01-03')
    expect(await ids(one)).toEqual([2])
  })

  test('sees its batch, and runs hooks before the first and after the last', async () => {
    const hooks =
      ', pre_hook="insert into log values (\'pre {{ model.batch.id }}\')", post_hook="insert into log values (\'post {{ model.batch.id }}\')"'
    const one = project(
      `${config(hooks)}{{ log('is ' ~ model.batch.event_time_start ~ ' ' ~ is_incremental(), info=true) }}\n${select}`,
      { 'dbt_project.yml': "name: shop\nprofile: shop\non-run-start: ['create table log (line text)']\n" },
    )
    const { output } = await one.dbt(`run ${threeDays}`)
    expect(output).toContain('is 2020-01-01 00:00:00+00:00 False')
    expect(output).toContain('is 2020-01-03 00:00:00+00:00 True')
    expect(await one.rows('select line from log')).toEqual([{ line: 'pre 20200101' }, { line: 'post 20200103' }])
  })

  test('reads an input whole where the template says .render()', async () => {
    const one = project(`${config()}select count(*) as id, max(at_time) as at_time from {{ ref('input').render() }}`)
    await one.dbt('run --event-time-start 2020-01-03 --event-time-end 2020-01-04')
    expect(await ids(one)).toEqual([3])
  })
})

describe('a batch that fails', () => {
  const failing = (id: string) => `${config()}{% if model.batch.id == '${id}' %} nonsense {% endif %}\n${select}`

  test('leaves the others, ends as partial success, and alone is retried', async () => {
    const one = project(failing('20200102'), { 'models/below.sql': "select * from {{ ref('daily') }}" })
    const { code, results, output } = await one.dbt(`run ${threeDays}`)
    expect(code).toBe(1)
    expect(output).toContain('[PARTIAL SUCCESS (2/3) in ')
    expect(results.daily).toMatchObject({
      status: 'partial success',
      message: 'PARTIAL SUCCESS (2/3)',
      batch_results: { failed: [day('2020-01-02', '2020-01-03')] },
    })
    expect(results.below?.status).toBe('skipped')
    expect(await ids(one)).toEqual([1, 3])
    one.write({ 'models/daily.sql': config() + select })
    const retried = await one.dbt('retry')
    expect(retried.code).toBe(0)
    expect(retried.output).toContain('Batch 1 of 1 START batch 2020-01-02')
    expect(Object.keys(retried.results)).toEqual(['daily', 'below'])
    expect(await ids(one)).toEqual([1, 2, 3])
  })

  test('keeps the rest from running when it is the first', async () => {
    const { results, output } = await project(failing('20200101')).dbt(`run ${threeDays}`)
    expect(results.daily).toMatchObject({ status: 'error', message: 'ERROR' })
    expect(output).toContain('at target/compiled/shop/models/daily/daily_2020-01-01.sql:2')
    expect(output).toMatch(/Batch 3 of 3 SKIP batch 2020-01-03 of main\.daily \.+ \[SKIPPED in /)
  })
})

describe('what a microbatch model must say', () => {
  test.each([
    ["event_time='at_time', ", '', /must provide an 'event_time' config/],
    [
      "batch_size='day'",
      "batch_size='week'",
      /'batch_size' config that is one of hour, day, month, year; it is "week"/,
    ],
    ['modules.datetime.datetime(2020, 1, 1)', "'soon'", /'begin' config that is a date .* "soon"/],
    ['modules.datetime.datetime(2020, 1, 1)', '2', /'begin' config that is a date/],
  ])('%s → %s', async (written, changed, message) => {
    const { code, output } = await project(config().replace(written, changed) + select).dbt('parse')
    expect(code).toBe(2)
    expect(output).toMatch(message)
  })

  test('both ends of --event-time', async () => {
    const { code, output } = await project(config() + select).dbt('run --event-time-start 2020-01-01')
    expect(code).toBe(2)
    expect(output).toContain('`--event-time-start` was given without `--event-time-end`')
  })
})

describe('--sample', () => {
  const models = {
    'models/recent.sql': "{{ config(materialized='table') }}\nselect * from {{ ref('input') }}",
    'models/all_rows.sql': "{{ config(materialized='table') }}\nselect * from {{ ref('input').render() }}",
    'models/untimed.sql': "{{ config(materialized='table') }}\nselect 1 as id",
    'models/below.sql': "{{ config(materialized='table') }}\nselect * from {{ ref('untimed') }}",
  }
  test('gives the rows of a time from what has an event time', async () => {
    const one = project(config() + select, models)
    await one.dbt(['run', '--sample', '{start: 2020-01-02, end: 2020-01-03}'])
    expect(await ids(one, 'recent')).toEqual([2])
    expect(await ids(one, 'all_rows')).toEqual([1, 2, 3])
    expect(await ids(one, 'below')).toEqual([1])
    // A microbatch model runs the batches of the sample only.
    expect(await ids(one)).toEqual([2])
  })

  test('is relative to now', async () => {
    const one = project(select, {
      ...models,
      'models/input.sql': input.replace("timestamp '2020-01-01 06:00:00'", 'now()::timestamp - interval 1 hour'),
    })
    await one.dbt(['run', '--sample', '2 hours', '--select', 'input', 'recent'])
    expect(await ids(one, 'recent')).toEqual([1])
  })
})
