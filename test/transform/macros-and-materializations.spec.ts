import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const view = (body: string, adapter = 'default') =>
  `{% materialization view, ${adapter === 'default' ? 'default' : `adapter='${adapter}'`} %}${body}{% endmaterialization %}`
const broken = view("{{ exceptions.raise_compiler_error('the package made this') }}", 'duckdb')
const withPackage = (macro: string, more: Readonly<Record<string, string>> = {}) =>
  new TempProject({
    'models/a.sql': "{{ config(materialized='view') }}select 1 as id",
    'packages.yml': 'packages: [{local: other}]\n',
    'other/dbt_project.yml': 'name: other\n',
    'other/macros/m.sql': macro,
    ...more,
  })

test('a package cannot take the place of a built-in materialization, unless the project says so', async () => {
  const shop = withPackage(broken)
  await shop.dbt('deps')
  expect((await shop.dbt('run')).code).toBe(0)
  shop.write({
    'dbt_project.yml':
      'name: shop\nprofile: shop\nflags: {require_explicit_package_overrides_for_builtin_materializations: false}\n',
  })
  const { code, output } = await shop.dbt('run')
  expect(code).toBe(1)
  expect(output).toContain('the package made this')
  expect(output).toContain("Installed package 'other' is overriding the built-in materialization 'view'.")
})

test('the project’s own materialization comes first, and may be the package’s', async () => {
  const shop = withPackage(view("{{ exceptions.raise_compiler_error('the package made this') }}"), {
    'macros/view.sql': view('{{ return(other.materialization_view_default()) }}'),
  })
  await shop.dbt('deps')
  expect((await shop.dbt('run')).output).toContain('the package made this')
})

test.each([
  ['select 1', 'The materialization ("view") did not explicitly return a list of relations to add to the cache.'],
  ["{{ return({'made': []}) }}", '"relations" not found, got keys: [\'made\']'],
  ["{{ return({'relations': ['a']}) }}", '"relations" contains non-Relation: \'a\''],
])('a materialization says which relations it made: %s', async (body, expected) => {
  const shop = new TempProject({
    'models/a.sql': "{{ config(materialized='view') }}select 1 as id",
    'macros/view.sql': view(body),
  })
  expect((await shop.dbt('run')).results.a?.message).toContain(expected)
})

test('meta and docs of macros stand in their config too; arguments are held against the macro', async () => {
  const shop = new TempProject({
    'macros/m.sql': '{% macro cents(amount, digits=2) %}{% endmacro %}{% macro bare(x) %}{% endmacro %}',
    'macros/m.yml': `
macros:
  - name: cents
    meta: { a: 1, b: 1 }
    docs: { show: true, node_color: red }
    config: { meta: { b: 2 }, docs: { show: false, node_color: blue } }
    arguments:
      - { name: amount, type: "dict[str, list[int]]" }
      - { name: digit, type: number }
      - { name: more, type: "optional[any]" }
`,
  })
  const { output } = await shop.dbt('parse')
  const { macros } = JSON.parse(shop.read('target/manifest.json'))
  const expected = { meta: { a: 1, b: 2 }, docs: { show: false, node_color: 'blue' } }
  expect(macros['macro.shop.cents']).toMatchObject({ ...expected, config: expected })
  expect(macros['macro.shop.bare'].arguments).toMatchObject([{ name: 'x' }])
  expect(output).toContain('Argument digit in yaml for macro cents does not match the jinja definition.')
  expect(output).toContain('The number of arguments in the yaml for macro cents does not match the jinja definition.')
  expect(output).toContain('Argument digit in the yaml for macro cents has an invalid type.')
  expect(output).not.toContain('Argument amount')
  expect(output).not.toContain('Argument more in the yaml')
  // Told again while the file is as it is.
  expect((await shop.dbt('parse')).output).toContain('Argument digit in yaml')
})

test('adapter_macro says what to write instead', async () => {
  const shop = new TempProject({ 'models/a.sql': "select {{ adapter_macro('cents') }} as id" })
  expect((await shop.dbt('parse')).output).toContain('The "adapter_macro" macro has been deprecated.')
})

test('graph_summary.json says who reads whom, and for build what waits for tests', async () => {
  const shop = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "select * from {{ ref('a') }}",
    'models/c.sql': "select * from {{ ref('b') }}",
    'tests/t.sql': "select * from {{ ref('a') }} where id is null",
    'tests/u.sql': "select a.id from {{ ref('a') }} a join {{ ref('b') }} b using (id) where b.id is null",
  })
  await shop.dbt('build')
  const summary = JSON.parse(shop.read('target/graph_summary.json'))
  const named = (graph: Record<string, { name: string; succ?: number[] }>) =>
    Object.fromEntries(
      Object.values(graph).map(({ name, succ = [] }) => [name, succ.map((i) => graph[i]?.name).sort()]),
    )
  expect(summary.linked[0]).toEqual({ name: 'model.shop.a', type: 'model', succ: expect.any(Array) })
  const linked = {
    'model.shop.a': ['model.shop.b', 'test.shop.t', 'test.shop.u'],
    'model.shop.b': ['model.shop.c', 'test.shop.u'],
    'model.shop.c': [],
    'test.shop.t': [],
    'test.shop.u': [],
  }
  expect(named(summary.linked)).toEqual(linked)
  expect(named(summary.with_test_edges)).toEqual({
    ...linked,
    'test.shop.t': ['model.shop.b'],
    'test.shop.u': ['model.shop.c'],
  })
})

test('two nulls are equal only where the project says so, and a flag that no adapter knows is told', async () => {
  const project = new TempProject({ 'models/a.sql': "select {{ equals('null', 'null') }} as same" })
  await project.dbt('run')
  expect(await project.rows('select same from a')).toEqual([{ same: null }])
  project.write({ 'dbt_project.yml': 'name: shop\nprofile: shop\nflags: { enable_truthy_nulls_equals_macro: true }\n' })
  await project.dbt('run')
  expect(await project.rows('select same from a')).toEqual([{ same: true }])
  project.write({ 'models/a.sql': 'select {{ adapter.behavior.other.no_warn }} as same' })
  expect((await project.dbt('run')).output).toContain('The flag other has not been registered.')
})

test('what is no relation is told, before it becomes a statement', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id {% if execute %}{{ adapter.load_relation(none) }}{% endif %}',
    'models/b.sql': "select 1 as id {% if execute %}{% do adapter.drop_relation('x') %}{% endif %}",
  })
  const { results } = await project.dbt('run')
  expect(results.a?.message).toContain('adapter.load_relation() needs a relation, and was given None.')
  expect(results.b?.message).toContain("adapter.drop_relation() needs a relation, and was given 'x'.")
})

test('a database is the same one in other letters where the engine says so', async () => {
  const project = new TempProject({
    'models/a.sql': "{{ config(materialized='table', database='LAKE') }} select 1 as id",
  })
  project.write({
    'dbt_project.yml': `name: shop\nprofile: shop\non-run-start: "attach if not exists '${project.dir}/lake.duckdb' as lake"\n`,
  })
  for (const _ of ['first', 'again']) {
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
  }
})

test('a macro that is no template is refused where it stands, though nothing calls it, and until it is mended', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as a',
    'macros/bad.sql': '{% macro fine() %}1{% endmacro %}\n\n{% macro broken(x %}2{% endmacro %}\n',
  })
  for (let i = 0; i < 2; i++) {
    const { code, output } = await project.dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain('macros/bad.sql:3')
  }
  project.write({ 'macros/bad.sql': '{% macro broken(x) %}2{% endmacro %}\n' })
  expect((await project.dbt('parse')).code).toBe(0)
  project.write({ 'macros/bad.sql': '{% macro broken(x) %}{{ x }{% endmacro %}\n' })
  expect((await project.dbt('parse')).output).toContain('macros/bad.sql:1')
})

test.each(['list_relations_without_caching', 'duckdb__list_relations_without_caching'])(
  'what stands in the warehouse is what the project’s own %s says, asked once per schema',
  async (name) => {
    const shop = new TempProject({
      'models/a.sql':
        "{% set there = load_relation(api.Relation.create(schema=schema, identifier='phantom')) %}select '{{ there }}' as there",
      'models/b.sql':
        "select 'it is a {{ load_relation(api.Relation.create(schema=schema, identifier='phantom')).type if execute }}' as there",
      'macros/m.sql': `{% macro ${name}(schema_relation) %}
        {% do log('asked for ' ~ schema_relation.schema, info=true) %}
        {% do return(run_query("select '" ~ schema_relation.database ~ "', 'phantom', '" ~ schema_relation.schema ~ "', 'view'")) %}
      {% endmacro %}`,
    })
    const { output, results } = await shop.dbt('run')
    expect(results.a?.compiled_code).toContain('select \'"shop"."main"."phantom"\'')
    expect(results.b?.compiled_code).toContain('it is a view')
    expect(output.match(/asked for main/g)).toHaveLength(1)
  },
)

test('which schemas there are is what the project’s own macros say', async () => {
  const shop = new TempProject({
    'models/a.sql':
      "{{ config(schema='extra') }}select '{{ adapter.check_schema_exists(database, 'nowhere') }}' as there",
    'macros/m.sql': `
      {% macro list_schemas(database) %}
        {% do log('asked for schemas of ' ~ database, info=true) %}
        {% do return(run_query("select 'main_extra'")) %}
      {% endmacro %}
      {% macro check_schema_exists(information_schema, schema) %}
        {% do log('asked ' ~ information_schema ~ ' of ' ~ information_schema.database ~ ' for ' ~ schema, info=true) %}
        {% do return(run_query('select 1')) %}
      {% endmacro %}`,
  })
  const { output, results } = await shop.dbt('run')
  expect(output).toContain('asked for schemas of "shop"')
  expect(output).toContain('asked "shop".INFORMATION_SCHEMA of shop for nowhere')
  expect(results.a?.compiled_code).toContain("select 'True'")
  // It is believed to be there, and so nobody makes it.
  expect(results.a?.message).toContain('main_extra')
})

test('a macro that calls itself gets what each call of it returns', async () => {
  const project = new TempProject({
    'macros/fibonacci.sql': `{% macro fibonacci(n) -%}
      {%- if n < 2 -%} {{ return(n) }} {%- endif -%} {{ return(fibonacci(n - 1) + fibonacci(n - 2)) }}
      {%- endmacro %}`,
    'models/a.sql': 'select {{ fibonacci(9) }} as n',
  })
  expect((await project.dbt('run')).code).toBe(0)
  expect(await project.rows('select n from a')).toEqual([{ n: 34 }])
})

test('a macro of a model has no name in it, and return() has nothing to leave there', async () => {
  const project = new TempProject({
    'models/a.sql': '{% macro own() %}1{% endmacro %}\nselect {{ own() }} as n',
  })
  const { code, output } = await project.dbt('compile')
  expect(code).toBe(2)
  expect(output).toContain("'own' is undefined")
  expect(output).toContain('at models/a.sql:2')
  expect(output).toContain('move it to a file below macros/')
  project.write({ 'models/a.sql': 'select {{ return(1) }} as n' })
  expect((await project.dbt('compile')).output).toContain('return() is called outside of a macro.')
})

test('a template that computes without end is interrupted like a query', async () => {
  const project = new TempProject({
    'models/a.sql': `{% if execute %}{% for i in range(1000000) %}{% for j in range(1000000) %}{% endfor %}{% endfor %}{% endif %}
      select 1 as n`,
  })
  const interrupt = new AbortController()
  const onEvent = ({ type }: { readonly type: string }) => {
    if (type === 'node_started') setTimeout(() => interrupt.abort(), 100)
  }
  const { code, results } = await project.dbt('run', { signal: interrupt.signal, onEvent })
  expect(code).toBe(2)
  expect(results.a).toMatchObject({ status: 'error', message: expect.stringContaining('Cancelled.') })
})
