import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

test('types of columns and constraints are templates, as packages for many databases write them', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/schema.yml': `
models:
  - name: a
    config: { contract: { enforced: true } }
    columns:
      - name: id
        data_type: "{{ 'UInt8' if target.type in ['clickhouse'] else 'integer' }}"
        description: "{{ 'not' ~ ' rendered here' }}"
`,
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  const { nodes } = JSON.parse(project.read('target/manifest.json'))
  expect(nodes['model.shop.a'].columns.id.data_type).toBe('integer')
})

test('fixtures of unit tests written in SQL are no tests themselves', async () => {
  const project = new TempProject({
    'models/a.sql': "select id from {{ ref('b') }}",
    'models/b.sql': 'select 1 as id',
    'tests/fixtures/rows.sql': 'select 5 as id',
    'models/schema.yml': `
unit_tests:
  - name: reads
    model: a
    given: [{ input: ref('b'), format: sql, fixture: rows }]
    expect: { rows: [{ id: 5 }] }
`,
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect((await project.dbt('ls --resource-type test --quiet')).output).toBe('')
})

test('.dbtignore leaves files out, and what dbt_project.yml says of other tools is checked as dbt does', async () => {
  const project = new TempProject({
    '.dbtignore': 'models/ignore*.sql\nold\n',
    'models/a.sql': 'select 1 as id',
    'models/ignored.sql': 'select 2 as id',
    'models/old/b.sql': 'select 3 as id',
  })
  expect((await project.dbt('ls --quiet')).output).toBe('shop.a')
  for (const [line, path] of [
    ['version: invalid', 'version'],
    ['dbt-cloud: text', 'dbt-cloud'],
  ]) {
    project.write({ 'dbt_project.yml': `name: shop\nprofile: shop\n${line}\n` })
    const { code, output } = await project.dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(`at path ['${path}']: `)
  }
})

test('templates in lists and mappings of a test’s arguments are rendered', async () => {
  const project = new TempProject({
    'models/a.sql': "select 'x' as kind",
    'models/schema.yml': `
models:
  - name: a
    columns:
      - name: kind
        data_tests:
          - accepted_values:
              arguments: { values: ["{{ 'x' if target.type == 'duckdb' else 'y' }}", "{{ var('other', 'z') }}"] }
          - nested: { arguments: { values: { in: ["{{ target.name }}"], model: ref('a') } } }
`,
    'tests/generic/nested.sql': `{% test nested(model, column_name, values) %}
select * from {{ values.model }} where '{{ values['in'][0] }}' <> 'dev'
{% endtest %}`,
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
})

test('a dispatch into a namespace that is no package finds the macros that the model’s package has', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: lib }]\n',
    'lib/dbt_project.yml': 'name: lib\n',
    'lib/macros/least.sql': `{% macro least(a, b) %}{{ return(adapter.dispatch('least', 'macros')(a, b)) }}{% endmacro %}
{% macro default__least(a, b) %}least({{ a }}, {{ b }}){% endmacro %}`,
    'lib/models/a.sql': 'select {{ least(1, 2) }} as id',
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
})
