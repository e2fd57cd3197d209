import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

const files = {
  'macros/write.sql': `
{% macro note(word) %}insert into main.log values ('{{ word }}'){% endmacro %}
{% macro by_query() %}{% do run_query(note('query')) %}{% endmacro %}
{% macro by_statement() %}{% call statement('x') %}{{ note('statement') }}{% endcall %}{% endmacro %}
{% macro by_statement_and_commit() %}{% call statement('x') %}{{ note('committed') }}{% endcall %}{% do adapter.commit() %}{% endmacro %}
{% macro then_fails() %}{% do run_query(note('failed')) %}{{ exceptions.raise_compiler_error('no') }}{% endmacro %}
{% materialization forgetful, default %}
  {% call statement('main') %}{{ note('forgotten') }}{% endcall %}
  {{ return({'relations': []}) }}
{% endmaterialization %}
{% test writes(model) %}{% if execute %}{% do run_query(note('test')) %}{% endif %}select 1 as x where false{% endtest %}`,
  'models/noted.sql': "{% if execute %}{% do run_query(note('compiled')) %}{% endif %} select 1 as id",
  'models/forgetful.sql': "{{ config(materialized='forgetful') }} select 1 as id",
  'models/schema.yml': 'models: [{ name: noted, data_tests: [writes] }]\n',
}

/** What stays of each command in dbt 1.12 with dbt-duckdb and with dbt-postgres. */
const kept: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['compile --select noted', { duckdb: 'compiled,test', postgres: '' }],
  ['run --select noted', { duckdb: 'compiled', postgres: 'compiled' }],
  ['test --select noted', { duckdb: 'test', postgres: '' }],
  ['run --select forgetful', { duckdb: '', postgres: '' }],
  ['run-operation by_query', { duckdb: 'query', postgres: 'query' }],
  ['run-operation by_statement', { duckdb: '', postgres: 'statement' }],
  ['run-operation by_statement_and_commit', { duckdb: 'committed', postgres: 'committed' }],
  ['run-operation then_fails', { duckdb: 'failed', postgres: 'failed' }],
]

describeEngines('transactions', (makeProject, engine) => {
  it('what nobody commits is undone, where dbt has a transaction', async () => {
    const project = await makeProject(files)
    await project.dbt(['run-operation', '--sql', 'create schema if not exists main'])
    await project.dbt(['run-operation', '--sql', 'create table main.log (word varchar)'])
    for (const [command, expected] of kept) {
      await project.dbt(['run-operation', '--sql', 'delete from main.log'])
      await project.dbt(command)
      const rows = await project.rows('select word from main.log order by 1')
      expect([command, rows.map(({ word }) => word).join()]).toEqual([command, expected[engine]])
    }
  })

  it.runIf(engine === 'postgres')('operations and hooks of a run may vacuum', async () => {
    const project = await makeProject({
      'dbt_project.yml': "name: shop\nprofile: shop\non-run-end: ['vacuum main.m']\n",
      'models/m.sql': "{{ config(materialized='table') }} select 1 as id",
      'macros/tidy.sql': "{% macro tidy() %}{% call statement('x') %}vacuum main.m{% endcall %}{% endmacro %}",
    })
    for (const command of ['run', 'run-operation tidy']) {
      const { code, output } = await project.dbt(command)
      expect(code, output).toBe(0)
    }
  })
})

describeEngines('the session of a node', (makeProject, engine) => {
  const zone = "current_setting('timezone')"
  const open =
    "{'sql': 'start transaction', 'transaction': false}, {'sql': 'insert into main.log values (1)', 'transaction': false}"

  it('is gone for the next one: settings, temporary tables, an open transaction', async () => {
    const project = await makeProject({
      'models/a.sql': `{{ config(materialized='table', pre_hook=["set timezone='Pacific/Kiritimati'", "create temporary table helper as select 1 as n"]) }} select ${zone} as zone`,
      'models/b.sql': `{{ config(materialized='table', pre_hook="create temporary table helper as select 2 as n") }} select ${zone} as zone, (select n from helper) as n -- depends_on: {{ ref('a') }}`,
    })
    const { code, output } = await project.dbt('run --threads 1')
    expect(code, output).toBe(0)
    const [row] = await project.rows('select (select zone from main.a) as a, zone as b, n from main.b')
    expect(row).toMatchObject({ a: 'Pacific/Kiritimati', n: 2 })
    expect(row?.b).not.toBe('Pacific/Kiritimati')
  })

  it.runIf(engine === 'postgres')('what a hook leaves open is not committed by another node', async () => {
    const project = await makeProject({
      'models/a.sql': `{{ config(materialized='table', post_hook=[${open}]) }} select 1 as id`,
      'models/b.sql': "select * from {{ ref('a') }}",
    })
    await project.dbt(['run-operation', '--sql', 'create schema if not exists main'])
    await project.dbt(['run-operation', '--sql', 'create table main.log (n int)'])
    expect((await project.dbt('run --threads 1')).code).toBe(0)
    expect(await project.rows('select n from main.log')).toEqual([])
  })

  it.runIf(engine === 'postgres')('a relation whose commit failed is not taken to be there', async () => {
    const project = await makeProject({
      'dbt_project.yml':
        "name: shop\nprofile: shop\non-run-start: ['create table if not exists main.parent (id int primary key)']\n",
      'models/a.sql': `{{ config(materialized='table', post_hook="alter table {{ this }} add foreign key (id) references main.parent deferrable initially deferred; insert into {{ this }} values (7)") }} select 1 as id where false`,
      'models/b.sql': "{{ config(materialized='table') }} select '{{ load_relation(ref('a')) }}' as found",
      'models/b.yml': 'models: [{ name: a, config: { on_error: continue } }]\n',
    })
    await project.dbt('run --threads 1')
    expect(await project.rows('select found from main.b')).toEqual([{ found: 'None' }])
  })
})
