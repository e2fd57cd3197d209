import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const scored = `import pandas as pd

def model(dbt, session):
    dbt.config(tags=["ml"])
    limit = dbt.config.get("limit")
    return dbt.ref("orders").df()
`

test('a Python model is part of the project, and only what reads it does not run', async () => {
  const project = new TempProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nmodels: { shop: { +materialized: view } }\n',
    'models/orders.sql': 'select 1 as id',
    'models/scored.py': scored,
    'models/report.sql': "select * from {{ ref('scored') }}",
    'models/other.sql': "select * from {{ ref('orders') }}",
    'models/schema.yml':
      'models:\n  - name: scored\n    config: { limit: 5 }\n    columns: [{ name: id, data_tests: [unique] }]\n',
  })
  const { code, output, results } = await project.dbt('build')
  expect(code).toBe(1)
  const statuses = Object.entries(results).map(([name, { status }]) => [name.replace(/^unique_.*/, 'unique'), status])
  expect(Object.fromEntries(statuses)).toEqual({
    orders: 'success',
    scored: 'error',
    other: 'success',
    unique: 'skipped',
    report: 'skipped',
  })
  expect(output).toContain('START python table model main.scored')
  expect(output).toMatch(/in model scored \(models\/scored\.py\)\s+scored is a Python model[\s\S]*--exclude scored/)
  expect((await project.dbt('build --exclude scored+')).code).toBe(0)
  expect((await project.dbt('ls --select tag:ml+ --resource-type model')).output).toMatch(/shop\.report\nshop\.scored/)
})

test('a materialization of the project may take the code of a Python model', async () => {
  const project = new TempProject({
    'macros/kept.sql': `
{% materialization kept, default, supported_languages=['python'] %}
  {% call statement('main') %}
    create or replace table {{ this }} as select '{{ compiled_code | replace("'", "''") }}' as code
  {% endcall %}
  {% do adapter.commit() %}
  {{ return({'relations': [this]}) }}
{% endmaterialization %}`,
    'models/orders.sql': 'select 1 as id',
    'models/scored.py': scored.replace('tags=["ml"]', 'materialized="kept"'),
    'models/wrong.sql': "{{ config(materialized='kept') }} select 1",
  })
  const { results, output } = await project.dbt('run')
  expect(results.scored?.status, output).toBe('success')
  expect(results.wrong?.message).toContain('Materialization "kept" only supports languages ["python"]; got "sql"')
  const shown = await project.dbt(['show', '--inline', "select code from {{ ref('scored') }}", '--output', 'json'])
  expect(shown.output).toContain('import pandas')
})

test('a plan says that it would fail, and what would be skipped for it', async () => {
  const project = new TempProject({
    'models/orders.sql': 'select 1 as id',
    'models/scored.py': scored,
    'models/report.sql': "select * from {{ ref('scored') }}",
    'models/over.sql': "select * from {{ ref('report') }}",
    'models/wrong.sql': "{{ config(materialized='tabel') }} select 1 as id",
  })
  const { code, output } = await project.dbt('plan')
  expect(code, output).toBe(1)
  expect(output).toMatch(/\+ main\.scored \(table\): new\n {4}note: it would fail\n/)
  expect(output).toContain('it would be skipped, as scored would not be built')
  expect(output).toContain('it would be skipped, as report would not be built')
  expect(output).toMatch(/Error: scored is a Python model\..*\n {2}at models\/scored\.py\n/)
  expect(output).toMatch(/Error: No materialization 'tabel'.*Did you mean 'table'\?.*\n {2}at models\/wrong\.sql/)
  expect(output).toContain('To build: 1 model.')
  const { problems } = JSON.parse((await project.dbt('plan --json --select scored')).output)
  expect(problems).toMatchObject([{ code: 'TRANSFORM_UNSUPPORTED', at: { file: 'models/scored.py' } }])
  const none = await project.dbt('plan --select scored')
  expect(none.output).toContain('Nothing could be built.')
  expect((await project.dbt('plan --select orders')).code).toBe(0)
})

test('what another program made of it in another environment is cloned like anything else', async () => {
  const project = new TempProject({
    'profiles.yml':
      'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: shop.duckdb }\n    prod: { type: duckdb, path: shop.duckdb, schema: prod }\n',
    'models/scored.py': scored.replace('dbt.ref("orders").df()', 'session.sql("select 1")'),
    'models/report.sql': "select * from {{ ref('scored') }}",
  })
  await project.dbt('parse --target prod --target-path state')
  await project.dbt([
    'show',
    '--inline',
    '{% do run_query("create schema prod") %}{% do run_query("create table prod.scored as select 7 as id") %}{% do run_query("create view prod.report as from prod.scored") %}{% do adapter.commit() %}select 1',
  ])
  const { code, output, results } = await project.dbt('clone --state state')
  expect(code, output).toBe(0)
  expect(results).toMatchObject({ scored: { status: 'success' }, report: { status: 'success' } })
  expect(await project.rows('from scored')).toEqual([{ id: 7 }])
})
