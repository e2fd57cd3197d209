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
