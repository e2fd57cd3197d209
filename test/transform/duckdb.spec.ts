import { describe, expect, it, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

describe('external models', () => {
  it('write a file and read it by a view, in every format', async () => {
    const project = new TempProject({
      'models/a.sql': "{{ config(materialized='external') }} select 1 as id, 'x' as word",
      'models/b.sql':
        "{{ config(materialized='external', location='files.csv', options={'delimiter': '|'}) }} select * from {{ ref('a') }}",
      'models/c.sql': "{{ config(materialized='external', format='json') }} select * from {{ ref('b') }}",
      'models/d.sql':
        "{{ config(materialized='external', options={'partition_by': 'id, word'}) }} select *, 7 as n from {{ ref('c') }}",
      'models/nothing.sql':
        "{{ config(materialized='external', format='csv') }} select * from {{ ref('a') }} where false",
    })
    for (let i = 0; i < 2; i++) {
      project.write({
        'models/d.sql': `{{ config(materialized='external', options={'partition_by': 'id, word', 'overwrite_or_ignore': 1}) }} select *, 7 as n from {{ ref('c') }}`,
      })
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
    }
    expect(project.read('files.csv')).toBe('id|word\n1|x\n')
    expect(await project.rows('select id, word, n from d')).toEqual([{ id: 1, word: 'x', n: 7 }])
    expect(await project.rows('select id from nothing')).toEqual([])
  })

  it('refuse a format that is none, and a plugin', async () => {
    const project = new TempProject({
      'models/a.sql': "{{ config(materialized='external', format='xlsx') }} select 1 as id",
      'models/b.sql': "{{ config(materialized='external', plugin='sheets') }} select 1 as id",
    })
    const { results } = await project.dbt('run')
    expect(results.a?.message).toContain('Invalid format: xlsx')
    expect(results.b?.message).toContain("plugin 'sheets'")
  })
})

it('a table function is a view with parameters', async () => {
  const project = new TempProject({
    'models/f.sql':
      "{{ config(materialized='table_function', parameters=['least']) }} select * from range(5) t(n) where n >= least",
    'models/m.sql': "select n from {{ ref('f') }}(3)",
  })
  const { code, output } = await project.dbt('run')
  expect(code, output).toBe(0)
  expect(await project.rows('select n from m order by 1')).toEqual([{ n: 3 }, { n: 4 }])
})

describe('merge', () => {
  const model = (
    config: string,
  ) => `{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge', ${config}) }}
    {% if is_incremental() %} select 1 as id, 'new' as word, 10 as n union all select 2, 'new', 20
    {% else %} select 1 as id, 'old' as word, 1 as n union all select 3, 'old', 3 {% endif %}`
  it.each([
    ["merge_update_condition='DBT_INTERNAL_SOURCE.n > 100'", ['1 old 1', '2 new 20', '3 old 3']],
    ["merge_insert_condition='DBT_INTERNAL_SOURCE.id > 100'", ['1 new 10', '3 old 3']],
    ["merge_update_set_expressions={'n': 'DBT_INTERNAL_DEST.n + 1'}", ['1 new 2', '2 new 20', '3 old 3']],
    ["merge_on_using_columns=['id']", ['1 new 10', '2 new 20', '3 old 3']],
    [
      "merge_clauses={'when_matched': [{'action': 'delete'}], 'when_not_matched': [{'action': 'insert', 'mode': 'by_name'}, {'action': 'delete', 'by': 'source'}]}",
      ['2 new 20'],
    ],
  ])('%s', async (config, expected) => {
    const project = new TempProject({ 'models/m.sql': model(config) })
    for (let i = 0; i < 2; i++) {
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
    }
    const rows = await project.rows('select id, word, n from m order by 1')
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual(expected)
  })

  it('names every setting that is wrong', async () => {
    const project = new TempProject({
      'models/m.sql': model("merge_update_condition=1, merge_update_columns='n', merge_clauses={'when_matched': []}"),
    })
    await project.dbt('run')
    const message = (await project.dbt('run')).results.m?.message
    expect(message).toContain('merge_update_condition must be a string, found: 1')
    expect(message).toContain('merge_update_columns must be a list')
    expect(message).toContain('merge_clauses.when_matched must contain at least one element')
  })
})

it.each([
  ['plugins: [{ module: excel }]', 'plugins'],
  ['path: "md:shop"', 'MotherDuck'],
])('a profile with %s is refused by name', async (line, word) => {
  const project = new TempProject({ 'models/m.sql': 'select 1 as a' })
  project.write({ 'profiles.yml': `shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      ${line}\n` })
  const { code, output } = await project.dbt('run')
  expect([code, output]).toEqual([2, expect.stringContaining(word)])
  expect(output).toMatch(/profiles\.yml:6/)
})

describe('tables of a DuckLake', () => {
  const render = `{% macro made_as(temporary=false) %}
    {{ return(create_table_as(temporary, this, 'select 1 as ds', partitioned_by=duckdb__get_partitioned_by(this, temporary), sorted_by=duckdb__get_sorted_by(this, temporary))) }}
  {% endmacro %}`
  const profile = (more: object) =>
    JSON.stringify({ shop: { target: 'dev', outputs: { dev: { type: 'duckdb', path: 'my.shop.duckdb', ...more } } } })
  const compiled = async (config: string, more: object = { is_ducklake: true }) => {
    const project = new TempProject({
      'profiles.yml': profile(more),
      'macros/made_as.sql': render,
      'models/a.sql': `{{ config(materialized='view', ${config}) }} {{ made_as() }}`,
    })
    const { output, results } = await project.dbt('compile')
    return results.a?.compiled_code?.replace(/\s+/g, ' ').trim() ?? output
  }

  it('are laid out before their rows come', async () => {
    expect(await compiled("partitioned_by=['day(ds)', '\"x y\"'], sort_by='ds'")).toBe(
      'create table "my"."main"."a" as ( select * from ( select 1 as ds ) as model_subq limit 0 );' +
        ' alter table "my"."main"."a" set partitioned by (day(ds), "x y");' +
        ' alter table "my"."main"."a" set sorted by ("ds");' +
        ' insert into "my"."main"."a" select * from ( select 1 as ds ) as model_subq;',
    )
  })

  it('have a layout of texts; elsewhere it says nothing', async () => {
    expect(await compiled("sorted_by=['ds', 1]")).toContain('sorted_by/sort_by list values must be non-empty strings')
    expect(await compiled('partition_by=[]')).toContain('must contain at least one column')
    expect(await compiled("partition_by='ds'", {})).toBe('create table "my"."main"."a" as ( select 1 as ds );')
  })

  it('lie in an attached database', async () => {
    const project = new TempProject({
      'profiles.yml': profile({ path: 'ducklake:lake.ducklake' }),
      'models/a.sql': 'select 1 as id',
    })
    expect((await project.dbt('parse')).output).toContain('The path is a DuckLake, which can be attached')
  })
})

test('delete+insert by a list of columns calls the table DBT_INCREMENTAL_TARGET, as in dbt-duckdb', async () => {
  const project = new TempProject({
    'models/m.sql': `{{ config(materialized='incremental', unique_key=['id', 'day'],
        incremental_predicates=["DBT_INCREMENTAL_TARGET.day > date '2024-01-01'"]) }}
      select id, day, {{ "'new'" if is_incremental() else "'old'" }} as word
      from (values (1, date '2024-01-01'), (1, date '2024-01-02'), (2, date '2024-01-02')) t(id, day)
      {{ 'where id = 1' if is_incremental() }}`,
  })
  for (let i = 0; i < 2; i++) {
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
  }
  const rows = await project.rows('select id, day::text as day, word from m order by all desc')
  expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
    '2 2024-01-02 old',
    '1 2024-01-02 new',
    '1 2024-01-01 old',
    '1 2024-01-01 new',
  ])
})

test('accepted_values takes texts as they are written, with their quotes doubled by who wrote them', async () => {
  const project = new TempProject({
    'models/m.sql': "select 'O''Brien' as name",
    'models/m.yml':
      'models:\n  - name: m\n    columns:\n      - name: name\n        data_tests:\n          - accepted_values: { arguments: { values: ["O\'\'Brien"] } }\n',
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
})
