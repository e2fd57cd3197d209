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
  for (const [line, problem] of [
    ['version: invalid', "at path ['version']: "],
    ['dbt-cloud: text', "at path ['dbt-cloud']: 'text' is not valid under any of the given schemas"],
  ] as const) {
    project.write({ 'dbt_project.yml': `name: shop\nprofile: shop\n${line}\n` })
    const { code, output } = await project.dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(problem)
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

test('a value that statements choose keeps its type', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': 'select 1 as id',
    'models/schema.yml': `
models:
  - name: a
    config:
      enabled: |
        {% if var('uses_a', true) == true -%} {{ true | as_bool }} {%- else -%} {{ false | as_bool }} {%- endif -%}
      meta: { text: "{% if true %} {{ 1 }}{% endif %}", number: "{% set n = 2 %}{{ n }}" }
  - name: b
    config: { enabled: "{% if not var('uses_b', false) -%} {{ false | as_bool }} {%- endif %}" }
`,
  })
  const { code, output } = await project.dbt('parse')
  expect(code, output).toBe(0)
  const { nodes } = JSON.parse(project.read('target/manifest.json'))
  expect(Object.keys(nodes)).toEqual(['model.shop.a'])
  expect(nodes['model.shop.a'].config.meta).toEqual({ text: ' 1', number: 2 })
})

test('everything in a unit test is a template', async () => {
  const project = new TempProject({
    'models/a.sql': "select id from {{ ref('b') }}",
    'models/b.sql': 'select 1 as id',
    'models/schema.yml': `
unit_tests:
  - name: reads
    model: a
    config: { enabled: "{{ var('tests_a', true) | as_bool }}" }
    given:
      - input: ref('b')
        format: sql
        rows: |
          {% set kind = 'integer' if target.type == 'duckdb' else 'text' %}
          select cast('5' as {{ kind }}) as id
    expect: { rows: [{ id: "{{ var('expected', 5) }}" }] }
`,
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect(output).toContain('1 unit test')
  expect((await project.dbt("ls --resource-type unit_test --quiet --vars {'tests_a':false}")).output).toBe('')
})

test('names of sources and tables that are templates are those of their tests, too', async () => {
  const project = new TempProject({
    'models/a.sql': "select * from {{ source('main', 'raw_rows') }}",
    'macros/make.sql': `{% macro make() %}{% do run_query('create table raw_rows as select 1 as id') %}{% endmacro %}`,
    'models/schema.yml': `
sources:
  - name: "{{ var('raw', target.schema) }}"
    tables:
      - name: "{{ 'raw_' ~ 'rows' }}"
        columns: [{ name: id, data_tests: [not_null] }]
`,
  })
  await project.dbt('run-operation make')
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect(output).toContain('source_not_null_main_raw_rows_id')
})

test('a project writes tests for the models of its packages', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: lib }]\n',
    'lib/dbt_project.yml': 'name: lib\n',
    'lib/models/a.sql': 'select 1 as id',
    'models/schema.yml': 'models: [{ name: a, columns: [{ name: id, data_tests: [not_null] }] }]\n',
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect(output).toContain('PASS not_null_a_id')
  expect(output).not.toContain('[WARNING]')
})

test('a filter that is called like a macro is not that macro', async () => {
  const project = new TempProject({
    'macros/replace.sql': `{% macro shorten(x) %}{{ x }}{% endmacro %}
{% macro replace(x, y, z) %}{{ x }}{% endmacro %}
{% macro clean(x) %}{{ shorten(x) | replace('a', 'b') }}{% endmacro %}`,
  })
  await project.dbt('parse')
  const { macros } = JSON.parse(project.read('target/manifest.json'))
  expect(macros['macro.shop.clean'].depends_on.macros).toEqual(['macro.shop.shorten'])
})

test('a package describes the seed that takes the place of its own, and a project the models of its packages', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: lib }]\n',
    'dbt_project.yml': 'name: shop\nprofile: shop\nseeds: { lib: { exceptions: { enabled: false } } }\n',
    'lib/dbt_project.yml': 'name: lib\n',
    'lib/models/a.sql': 'select 1 as id',
    'lib/seeds/exceptions.csv': 'id\n1\n',
    'lib/seeds/seeds.yml':
      'seeds: [{ name: exceptions, description: Left out, config: { column_types: { id: text } } }]\n',
    'seeds/exceptions.csv': 'id\n2\n',
    'models/schema.yml': 'models: [{ name: a, description: Of the package, config: { materialized: table } }]\n',
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  const { nodes } = JSON.parse(project.read('target/manifest.json'))
  expect(nodes['seed.shop.exceptions']).toMatchObject({
    description: 'Left out',
    patch_path: 'lib://seeds/seeds.yml',
    config: { column_types: { id: 'text' } },
  })
  expect(nodes['model.lib.a']).toMatchObject({
    description: 'Of the package',
    patch_path: 'shop://models/schema.yml',
    config: { materialized: 'table' },
  })
  project.write({ 'models/schema.yml': 'models: [{ name: a, description: Changed }]\n' })
  await project.dbt('parse')
  const again = JSON.parse(project.read('target/manifest.json'))
  expect(again.nodes['model.lib.a']).toMatchObject({ description: 'Changed', config: { materialized: 'view' } })
})

test('tests that slipped to the left edge of a properties file are nobody’s, as in dbt', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/schema.yml': 'models: [{ name: a }]\ntests:\n  - unique: { column_name: id }\n',
  })
  const { code, output } = await project.dbt('parse')
  expect(code, output).toBe(0)
  expect(output).not.toContain('[WARNING]')
})

test('packages that record runs read the settings that ref carries', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: lib }]\n',
    'dbt_project.yml': 'name: shop\nprofile: shop\nvars: { day: monday }\n',
    'lib/dbt_project.yml': 'name: lib\nversion: 1.2.3\n',
    'macros/record.sql': `{% macro record() %}
{% set config = builtins.ref.config %}
{% do log([config.project_name, config.dependencies['lib'].version, config.vars.to_dict().day, config.args.which, config.nothing] | join(' '), info=true) %}
{% endmacro %}`,
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('run-operation record')
  expect(code, output).toBe(0)
  expect(output).toContain('shop 1.2.3 monday run-operation')
})

test('what a hook leaves in the graph is there for the models and hooks after it', async () => {
  const project = new TempProject({
    'dbt_project.yml': `name: shop
profile: shop
on-run-start: "{{ begin() }}"
on-run-end:
  - "{% set one = results[0] %}{% do log([one.node.name, one.node.to_dict()['name'], one.timing[0].to_dict().name, one.to_dict()['status']] | join(' '), info=true) %}"
  - "{% do log('seen: ' ~ graph['notes'].rows ~ ' of ' ~ graph.nodes.keys() | list, info=true) %}"
`,
    'macros/begin.sql': `{% macro begin() %}{% do graph.setdefault('notes', {'rows': []}) %}{% endmacro %}`,
    'models/a.sql': `{% if execute %}{% do graph['notes'].rows.append(this.name) %}{% endif %}select 1 as id`,
  })
  const { code, output } = await project.dbt('run')
  expect(code, output).toBe(0)
  expect(output).toContain('a a compile success')
  expect(output).toContain("seen: ['a'] of ['model.shop.a', ")
})

test('macros tell each other by what they put into context', async () => {
  const project = new TempProject({
    'macros/talk.sql': `{% macro say() %}{% do context.update({'word': 'hello'}) %}{% endmacro %}
{% macro hear() %}{{ return(context.get('word', 'nothing') ~ ' ' ~ context['word']) }}{% endmacro %}`,
    'models/a.sql': "{% do say() %}select '{{ hear() }}' as word",
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect(project.read('target/compiled/shop/models/a.sql')).toContain('hello hello')
})

test("a package's test finds its own macros, though it names no namespace", async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: dep }]\n',
    'dep/dbt_project.yml': 'name: dep\n',
    'dep/macros/positive.sql':
      "{% test positive(model, column_name) %}{{ adapter.dispatch('test_positive')(model, column_name) }}{% endtest %}" +
      '{% macro default__test_positive(model, column_name) %}select 1 from {{ model }} where {{ column_name }} <= 0{% endmacro %}',
    'models/a.sql': 'select 1 as id',
    'models/a.yml': 'models: [{ name: a, columns: [{ name: id, data_tests: [dep.positive] }] }]\n',
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
})

test('a ref of its own takes what it likes by name, in unit tests too', async () => {
  const project = new TempProject({
    'macros/ref.sql':
      "{% macro ref(name) %}{% set label = kwargs.get('label') %}{% do return(builtins.ref(name)) %}{% endmacro %}",
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "select * from {{ ref('a', label='staging') }}",
    'models/b.yml': `
unit_tests:
  - name: reads
    model: b
    given: [{ input: "ref('a', label='staging')", rows: [{ id: 5 }] }]
    expect: { rows: [{ id: 5 }] }
`,
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
})

test('an own get_test_sql may answer numbers and words for its verdicts, and nothing else', async () => {
  const verdicts = (yes: string, no: string) => ({
    'models/a.sql': 'select 1 as id',
    'tests/fails.sql': 'select 1',
    'macros/sql.sql': `{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}select count(*) as failures, ${no} as should_warn, ${yes} as should_error from ({{ main_sql }}) t{% endmacro %}`,
  })
  expect((await new TempProject(verdicts('1', '0')).dbt('build')).results.fails).toMatchObject({ status: 'fail' })
  expect((await new TempProject(verdicts("'yes'", "'no'")).dbt('build')).results.fails).toMatchObject({
    status: 'fail',
  })
  const { results } = await new TempProject(verdicts("'x'", "'y'")).dbt('build')
  expect(results.fails).toMatchObject({
    status: 'error',
    message: expect.stringContaining("'get_test_sql' returns 'x'"),
  })
})
