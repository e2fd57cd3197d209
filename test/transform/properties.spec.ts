import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const source = (values: string) => `sources: [{ name: raw, tables: [{ name: orders, ${values} }] }]`

test.each([
  ['sources:', "The schema file at models/schema.yml is invalid because the value of 'sources' is not a list"],
  ['models: [orders]', "a list element for 'models' is not a dictionary"],
  ['models: [{ description: no }]', "a list element for 'models' does not have a name attribute."],
  [source('loaded_at_field: ""'), 'loaded_at_field cannot be an empty string.'],
  [source('loaded_at_field: a, loaded_at_query: select 1'), 'Cannot specify both loaded_at_field and loaded_at_query'],
])('%s is refused', async (yaml, message) => {
  const { code, output } = await new TempProject({ 'models/schema.yml': yaml }).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain('Parsing Error')
  expect(output).toContain(message)
  expect(output).toMatch(/at models\/schema\.yml:\d/)
})

const model = (values: string) => `models:\n  - name: a\n    ${values}`
const exposure = (values: string) => `exposures: [{ name: e, ${values} }]`
const unitTest = (values: string) => `unit_tests: [{ name: u, model: a, ${values}, expect: { rows: [] } }]`
const func = (values: string) => `functions: [{ name: f, returns: { data_type: int }, ${values} }]`
const columnOfA = (values: string) => model(`columns: [{ name: id, ${values} }]`)

test.each([
  [model('columns: id'), "['columns']: 'id' is not of type 'array'", '3:14', '"- name: id"'],
  [model('columns: { id: { description: x } }'), "['columns']: {'id': {'description': 'x'}} is not of", '3:14', 'list'],
  [model('columns: [id]'), "['columns'][0]: 'id' is not of type 'object'", '3:15', 'key: value'],
  [model('columns: [{ description: x }]'), "['columns'][0]: 'name' is a required property", '3:15', 'name: …'],
  [model('columns: [{ name: 3 }]'), "['columns'][0]['name']: 3 is not of type 'string'", '3:23', 'quotes'],
  [columnOfA('quote: maybe'), "['columns'][0]['quote']: 'maybe' is not of type 'boolean'", '3:34', 'true or false'],
  [columnOfA('tags: nightly'), "['columns'][0]['tags']: 'nightly' is not of type 'array'", '3:33', 'list'],
  [
    columnOfA('data_tests: unique'),
    "['columns'][0]['data_tests']: 'unique' is not of type 'array'",
    '3:39',
    '- unique',
  ],
  [columnOfA('constraints: [{ type: nope }]'), "['type']: 'nope' is not one of", '3:49', ''],
  [model('description: [x]'), "['description']: ['x'] is not of type 'string'", '3:18', 'quotes'],
  [model('description:'), "['description']: None is not of type 'string'", '3:17', 'leave the key out'],
  [model('data_tests: unique'), "['data_tests']: 'unique' is not of type 'array'", '3:17', '- unique'],
  [model('tests: [3]'), "['tests'][0]: 3 is not valid under any of the given schemas", '3:13', ''],
  [
    model('config: [{ materialized: table }]'),
    "['config']: [{'materialized': 'table'}] is not of",
    '3:13',
    'key: value',
  ],
  [model('meta: x'), "['meta']: 'x' is not of type 'object'", '3:11', 'key: value'],
  [model('versions: [x]'), "['versions'][0]: 'x' is not of type 'object'", '3:16', 'key: value'],
  [source('description: 3'), "['tables'][0]['description']: 3 is not of type 'string'", '1:62', 'quotes'],
  ['macros:\n  - name: m\n    arguments: x', "['arguments']: 'x' is not of type 'array'", '3:16', 'list'],
  [
    'macros: [{ name: m, config: { docs: x } }]',
    "['config']['docs']: 'x' is not of type 'object'",
    '1:37',
    'key: value',
  ],
  [model('deprecation_date: not-a-date'), "['deprecation_date']: 'not-a-date' is not a date", '3:23', '2030-01-31'],
  [model('deprecation_date: "2030-02-30"'), "['deprecation_date']: '2030-02-30' is not a date", '3:23', ''],
  [
    model('meta: {}\n    config: { meta: {} }'),
    "found meta dictionary in 'config' dictionary",
    '3:11',
    'top-level key',
  ],
  [
    model('time_spine: { standard_granularity_column: d, custom_granularities: [{ column_name: x }] }'),
    "['custom_granularities'][0]: 'name' is a required property",
    '3:74',
    '',
  ],
  [
    source('freshness: { warn_after: { count: x } }'),
    "['warn_after']['count']: 'x' is not of type 'integer'",
    '1:83',
    '',
  ],
  ['sources: [{ name: raw, tabels: [] }]', "('tabels' was unexpected)", '1:32', "Did you mean 'tables'?"],
  [exposure('owner: { name: me }'), "at path []: 'type' is a required property", '1:13', 'type: …'],
  [exposure('type: ml'), "at path []: 'owner' is a required property", '1:13', 'owner: …'],
  [exposure('type: chart, owner: { name: me }'), "['type']: 'chart' is not one of ['dashboard'", '1:30', ''],
  [
    exposure('type: ml, owner: {}'),
    "Exposure owner must have at least one of 'name' or 'email'",
    '1:41',
    'me@example.com',
  ],
  [exposure('type: ml, owner: me'), "['owner']: 'me' is not of type 'object'", '1:41', 'key: value'],
  [exposure('type: ml, owner: { name: a }, maturity: new'), "['maturity']: 'new' is not one of ['low'", '1:64', ''],
  [
    exposure("type: ml, owner: { name: a }, depends_on: ref('a')"),
    "['depends_on']: \"ref('a')\" is not of type 'array'",
    '1:66',
    'list',
  ],
  [exposure('type: ml, owner: { name: a }, enabled: false'), "('enabled' was unexpected)", '1:63', 'Remove it'],
  ['groups: [{ name: g, owner: { name: 3 } }]', "['owner']['name']: 3 is not of type 'string'", '1:36', 'quotes'],
  ['groups: [{ name: 3, owner: { name: a } }]', "the name of a list element for 'groups' is not a string", '1:18', ''],
  [unitTest('given: x'), "['given']: 'x' is not of type 'array'", '1:42', "input: ref('orders')"],
  [unitTest('given: [{ rows: [] }]'), "['given'][0]: 'input' is a required property", '1:43', ''],
  [unitTest("given: [{ input: ref('a'), rows: [3] }]"), "['rows']: [3] is not valid under any", '1:68', ''],
  [unitTest('given: [], overrides: { macro: {} }'), "('macro' was unexpected)", '1:66', "Did you mean 'macros'?"],
  ['unit_tests: [{ name: u, given: [], expect: {} }]', "at path []: 'model' is a required property", '1:14', ''],
  [func('arguments: [{ name: x }]'), "['arguments'][0]: 'data_type' is a required property", '1:65', ''],
  ['functions: [{ name: f }]', "at path []: 'returns' is a required property", '1:13', ''],
  [func('access: open'), "['access']: 'open' is not one of ['private'", '1:61', ''],
  ["semantic_models: [{ name: s, model: ref('a'), measures: [x] }]", "['measures'][0]: 'x' is not of", '1:58', ''],
  ['metrics: [{ name: m, label: 3, type_params: {} }]', "['label']: 3 is not of type 'string'", '1:29', 'quotes'],
  ['saved_queries: [{ name: q }]', "at path []: 'query_params' is a required property", '1:17', ''],
  [
    'saved_queries: [{ name: q, query_params: { metrics: m } }]',
    "['metrics']: 'm' is not of type 'array'",
    '1:53',
    'list',
  ],
])('a value of the wrong kind is refused: %s', async (yaml, message, place, hint) => {
  const { code, output } = await new TempProject({ 'models/schema.yml': yaml, 'models/a.sql': 'select 1' }).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain(message)
  expect(output).toContain(`at models/schema.yml:${place}`)
  expect(output).toContain(hint)
})

test('templates may make what they stand for, and several values of one entry are told at once', async () => {
  const good = columnOfA('quote: "{{ 1 == 1 }}", data_type: "{{ var(\'x\', \'int\') }}"')
  expect((await new TempProject({ 'models/schema.yml': good, 'models/a.sql': 'select 1' }).dbt('parse')).code).toBe(0)
  const bad = model('description: 3\n    data_tests: unique')
  const { output } = await new TempProject({ 'models/schema.yml': bad, 'models/a.sql': 'select 1' }).dbt('parse')
  expect(output).toContain("['description']: 3")
  expect(output).toContain("['data_tests']: 'unique'")
})

test('a wrong config of a source is told without a kind, as dbt does', async () => {
  const yaml = source('config: { enabled: True and False }')
  const { code, output } = await new TempProject({ 'models/schema.yml': yaml }).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain(
    "\nat path ['enabled']: 'True and False' is not of type 'boolean'\n\n  at models/schema.yml:1:",
  )
})

test("a table that names its own column does not take the source's query", async () => {
  const project = new TempProject({
    'models/schema.yml': `
sources:
  - name: raw
    config: { loaded_at_query: select 1 }
    tables:
      - { name: with_column, config: { loaded_at_field: at } }
      - { name: with_none, loaded_at_field: null }
      - { name: with_query }
`,
  })
  await project.dbt('parse')
  const { sources } = JSON.parse(project.read('target/manifest.json')) as {
    sources: Record<string, { loaded_at_query: string | null }>
  }
  expect(Object.values(sources).map(({ loaded_at_query }) => loaded_at_query)).toEqual([null, null, 'select 1'])
})

test('a header of a test is kept, and told of where the project does not ask for it', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/schema.yml':
      'models: [{ name: a, data_tests: [{ unique: { arguments: { column_name: id }, config: { sql_header: "-- by yaml" } } }] }]',
    'tests/own.sql': '{% call set_sql_header(config) %}-- by a block{% endcall %}\nselect 1 as id where false',
  })
  expect((await project.dbt('parse')).output).toContain('Custom key `sql_header` found in `config`')
  const { nodes } = JSON.parse(project.read('target/manifest.json')) as {
    nodes: Record<string, { config: { sql_header?: string } }>
  }
  const headers = Object.values(nodes).map(({ config }) => config.sql_header)
  expect(headers).toEqual(expect.arrayContaining(['-- by yaml', '-- by a block']))
})

test('what a kind of node or a view has no use for is told', async () => {
  const project = new TempProject({
    'seeds/names.csv': 'id\n1\n',
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "{{ config(materialized='table') }}select 1 as id",
    'models/schema.yml': `
seeds: [{ name: names, access: private }]
models:
  - &contracted
    name: a
    config: { contract: { enforced: true } }
    columns: [{ name: id, data_type: integer, constraints: [{ type: not_null }] }]
  - { <<: *contracted, name: b }
`,
  })
  const { output } = await project.dbt('parse')
  expect(output).toContain('Field access is not valid for seed (names)')
  expect(output.match(/Constraint types are not supported for view materializations/g)).toHaveLength(1)
})

test('a disabled test of uniqueness tells the key of a model where no other does', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id, 2 as other',
    'models/b.sql': 'select 1 as id, 2 as other',
    'models/schema.yml': `
models:
  - name: a
    columns: [{ name: id, data_tests: [{ unique: { config: { enabled: false } } }] }]
  - name: b
    columns:
      - { name: id, data_tests: [{ unique: { config: { enabled: false } } }] }
      - { name: other, data_tests: [unique] }
`,
  })
  const keys = () => {
    const { nodes } = JSON.parse(project.read('target/manifest.json'))
    return [nodes['model.shop.a'].primary_key, nodes['model.shop.b'].primary_key]
  }
  await project.dbt('parse')
  expect(keys()).toEqual([['id'], ['other']])
  project.write({ 'models/schema.yml': project.read('models/schema.yml').replace(', data_tests: [unique]', '') })
  await project.dbt('parse')
  expect(keys()).toEqual([['id'], ['id']])
})

test('a ref without a version says when there is a newer one; a file beside the versions is none of them', async () => {
  const project = new TempProject({
    'models/a_v1.sql': 'select 1 as id',
    'models/a_v2.sql': 'select 1 as id',
    'models/b.sql': "select * from {{ ref('a') }}",
    'models/c.sql': "select * from {{ ref('a', v=1) }}",
    'models/schema.yml': 'models: [{ name: a, latest_version: 1, versions: [{ v: 1 }, { v: 2 }] }]',
  })
  const { code, output } = await project.dbt('run')
  expect(code).toBe(0)
  expect(output).toContain(
    "While compiling 'b':\nFound an unpinned reference to versioned model 'a' in project 'shop'.",
  )
  expect(output).toContain("  Try out v2: {{ ref('shop', 'a', v='2') }}")
  expect(output).not.toContain("While compiling 'c'")
  project.write({ 'models/a.sql': 'select 1 as id' })
  expect((await project.dbt('parse')).output).toContain(
    'Parsing Error\n  dbt found versioned and unversioned models with the name "a".',
  )
})

test('what dbt lets pass is no error', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/schema.yml': `
anchors: &meta { owner: me }
models:
  - name: a
    deprecation_date: 2099-01-31
    config: { meta: { <<: *meta, since: 2020-01-31, at: 2020-01-31T09:30:00Z } }
    columns: [{ name: 2020-01-31, tags: [2020-01-31] }]
    contract: { enforced: false }
data_tests: [x, { name: 3 }, { name: t, config: }]
`,
    'functions/f.sql': 'x + 1',
    'dependencies.yml': '- for another program\n',
  })
  const { code, output } = await project.dbt('parse')
  expect(code, output).toBe(0)
  expect(output).toContain("Unable to parse 'data_tests' section of file 'models/schema.yml'")
  const { nodes, functions } = JSON.parse(project.read('target/manifest.json'))
  expect(nodes['model.shop.a'].deprecation_date).toBe('2099-01-31T00:00:00+00:00')
  expect(nodes['model.shop.a'].meta).toEqual({ owner: 'me', since: '2020-01-31', at: '2020-01-31 09:30:00+00:00' })
  expect(functions['function.shop.f']).toMatchObject({ arguments: [], returns: { data_type: 'INVALID_TYPE' } })
  expect((await project.dbt('run --select f')).output).toContain("The function 'f' does not say what it returns.")
})

test('the versions of a unit test without a value are no choice, and those that no model has are told', async () => {
  const unitTest = (versions: string) =>
    `unit_tests:\n  - name: works\n    model: a\n    versions: ${versions}\n    given: []\n    expect: { rows: [{ id: 1 }] }\n`
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/unit.yml': unitTest('{ include: , exclude:  }'),
  })
  expect((await project.dbt('ls --resource-type unit_test')).output).toContain('unit_test:shop.works')
  project.write({ 'models/unit.yml': unitTest('{ include: [7] }') })
  expect((await project.dbt('parse')).output).toContain("referenced a version of 'a' which was not found")
})

test('a comment of templates is no part of any text in YAML', async () => {
  const project = new TempProject({
    'dbt_project.yml':
      'name: shop\nprofile: shop\nvars: { v: "x{# c #}y" }\nmodels: { shop: { +meta: { a: "x{# c #}y" } } }\n',
    'models/a.sql': "select '{{ var('v') }}' as id",
    'models/a.yml':
      'models:\n  - name: a\n    description: "x{# c #}y"\n    config: { alias: "x{# c #}y" }\nsources:\n  - { name: raw, schema: "x{# c #}y", tables: [{ name: t }] }\n',
  })
  expect((await project.dbt('compile')).code).toBe(0)
  const { nodes, sources } = JSON.parse(project.read('target/manifest.json'))
  const { description, alias, meta, compiled_code } = nodes['model.shop.a']
  expect({ description, alias, meta, compiled_code }).toEqual({
    description: 'xy',
    alias: 'xy',
    meta: { a: 'xy' },
    compiled_code: "select 'xy' as id",
  })
  expect(sources['source.shop.raw.t'].schema).toBe('xy')
})

test('a source may have no tables yet', async () => {
  const { code, output } = await new TempProject({ 'models/s.yml': 'sources:\n  - name: raw\n    tables:\n' }).dbt(
    'parse',
  )
  expect(code, output).toBe(0)
})
