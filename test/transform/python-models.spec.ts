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
