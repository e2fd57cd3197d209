import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const settings = (rest: string) => `name: shop\nprofile: shop\n${rest}`

describe('an error of a hook leads to where the hook is written', () => {
  const undefinedName = "'nope' is undefined"
  const badHook = '"insert into log values ({{ nope() }})"'
  test.each([
    [
      'dbt_project.yml',
      'dbt_project.yml:7:9',
      'models.shop.+post-hook.1',
      { 'dbt_project.yml': settings(`models:\n  shop:\n    +post-hook:\n      - "select 1"\n      - ${badHook}\n`) },
    ],
    [
      'a properties file',
      'models/a.yml:3:15',
      'models.0.config.pre-hook',
      { 'models/a.yml': `models:\n  - name: a\n    config: { pre-hook: ${badHook} }\n` },
    ],
    [
      'a properties file that says it elsewhere too',
      'models/a.yml:4',
      'models.0.config.pre-hook',
      { 'models/a.yml': `models:\n  - name: a\n    description: ${badHook}\n    config: { pre-hook: ${badHook} }\n` },
    ],
    ['the model', 'models/a.sql:2', '', { 'models/a.sql': `{{ config(\n  post_hook=${badHook}\n) }} select 1 as id` }],
    [
      'a model that begins with blank lines',
      'models/a.sql:4',
      '',
      { 'models/a.sql': `\n\n{{ config(\n  post_hook=${badHook}\n) }} select 1 as id` },
    ],
  ])('%s', async (_, place, keys, files) => {
    const { code, output } = await new TempProject({ 'models/a.sql': 'select 1 as id', ...files }).dbt('run')
    expect(code).toBe(1)
    expect(output).toContain(undefinedName)
    expect(output).toContain(`at ${place}`)
    expect(output).toContain(keys === '' ? '' : `The hook stands below ${keys}.`)
    expect(output).toMatch(/> \d+ \| .*nope\(\)/)
  })

  test('when the database refuses it, too', async () => {
    const { output } = await new TempProject({
      'models/a.sql': 'select 1 as id',
      'dbt_project.yml': settings('models:\n  +post-hook: "insert into nowhere values ({{ 1 + 1 }})"\n'),
    }).dbt('run')
    expect(output).toContain('Table with name nowhere does not exist')
    expect(output).toContain('at dbt_project.yml:4:3')
  })

  test('one that is no template is refused by parsing, once for all models', async () => {
    const { code, output } = await new TempProject({
      'models/a.sql': 'select 1 as id',
      'models/b.sql': 'select 2 as id',
      'dbt_project.yml': settings('models:\n  +post-hook: "insert into {{ log"\n'),
    }).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain('Compilation Error in model a (models/a.sql)')
    expect(output).toContain('at dbt_project.yml:4:3')
    expect(output).not.toContain('model b')
  })

  test('one that is no template is shown in its line of a file that begins with blank lines', async () => {
    const { code, output } = await new TempProject({
      'models/a.sql': '\n\n{{ config(\n  post_hook="insert into {{ log"\n) }} select 1 as id',
    }).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain('at models/a.sql:4')
  })

  test('one of on-run-start names the operation, and its SQL lies where dbt puts it', async () => {
    const project = new TempProject({
      'models/a.sql': 'select 1 as id',
      'dbt_project.yml': settings('on-run-start:\n  - select 1\n  - "select {{ nope() }}"\n'),
    })
    const { code, output } = await project.dbt('run')
    expect(code).toBe(2)
    expect(output).toContain('Compilation Error in operation shop-on-run-start-1 (./dbt_project.yml)')
    expect(output).toContain('dbt_project.yml:5')
    expect(project.read('target/compiled/shop/dbt_project.yml/hooks/shop-on-run-start-0.sql')).toBe('select 1')
  })
})

describe('a template in an argument of a test', () => {
  const project = (values: string) =>
    new TempProject({
      'models/a.sql': 'select 1 as id',
      'models/a.yml': `models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - accepted_values:\n              arguments:\n                values: ${values}\n`,
    })

  test.each([
    ['"{{ nope() }}"', "'nope' is undefined", '8:17'],
    ['"{{ var(\'missing\') }}"', "Required var 'missing' not found", '8:17'],
  ])('%s fails where the test runs, at its line of the YAML', async (values, message, place) => {
    const shop = project(values)
    expect((await shop.dbt('parse')).code).toBe(0)
    await shop.dbt('run')
    const { code, output } = await shop.dbt('test')
    expect(code).toBe(1)
    expect(output).toContain(message)
    expect(output).toContain(`at models/a.yml:${place}`)
  })

  test.each([
    ['"{{ var(\'x\' }}"', '8:25'],
    ['[1, "{{ env_var(\'NO_SUCH\') }}"]', '8:29'],
    ["[1, env_var('NO_SUCH')]", '8:29'],
  ])('%s is refused by parsing there', async (values, place) => {
    const { code, output } = await project(values).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(`at models/a.yml:${place}`)
  })
})

test('a group that is not there is one mistake, however many nodes have it', async () => {
  const { code, output } = await new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': 'select 2 as id',
    'models/groups.yml': 'groups: [{ name: finance, owner: { name: x } }]\n',
    'dbt_project.yml': settings('models:\n  +group: finanse\n'),
  }).dbt('parse')
  expect(code).toBe(2)
  expect(output.split("Invalid group 'finanse'").length).toBe(2)
  expect(output).toContain('Parsing Error in model a (models/a.sql)')
  expect(output).toContain("Did you mean 'finance'?")
})

test('ls tells a tag once that was given twice', async () => {
  const { output } = await new TempProject({
    'models/a.sql': "{{ config(tags=['x', 'x']) }} select 1 as id",
    'models/a.yml': 'models: [{ name: a, config: { tags: [x, y] } }]\n',
  }).dbt('ls --quiet --output json --output-keys name tags')
  expect(JSON.parse(output)).toEqual({ name: 'a', tags: ['x', 'y'] })
})

describe('an output of profiles.yml', () => {
  const parse = (output: string) =>
    new TempProject({
      'models/a.sql': 'select 1 as id',
      'profiles.yml': `shop:\n  target: dev\n  outputs:\n    dev:\n      ${output}\n`,
    }).dbt('parse')

  test.each([
    [
      'type: oracle',
      'Could not find adapter type oracle!',
      'Types that work: bigquery, duckdb, postgres, snowflake, spark.',
      '5:13',
    ],
    ['type: duckd', 'Could not find adapter type duckd!', "Did you mean 'duckdb'?", '5:13'],
    ['path: x', 'required field "type" not found in profile shop and target dev', 'Types that work', '5:7'],
  ])('%s is refused with the types that there are', async (output, message, hint, place) => {
    const { code, output: said } = await parse(output)
    expect(code).toBe(2)
    expect(said).toContain(message)
    expect(said).toContain(hint)
    expect(said).toContain(`profiles.yml:${place}`)
  })
})

describe('slips of a newcomer', () => {
  test.each([
    [
      '{{ ref(orders) }}',
      'The name argument to ref() must be a string, got Undefined.',
      "quotes are a part: ref('orders')",
    ],
    ['{{ ref(none) }}', 'must be a string, got NoneType.', 'Names stand in quotes'],
    ["{{ source(raw, 'x') }}", 'The source name (first) argument to source() must be a string', 'quotes are a part'],
  ])('select * from %s is refused by parsing, in its line', async (from, message, hint) => {
    const { code, output } = await new TempProject({ 'models/a.sql': `select *\nfrom ${from}` }).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(message)
    expect(output).toContain('at models/a.sql:2')
    expect(output).toContain(hint)
  })

  test.each([
    ["select * from { ref('b') }", 'A template has two braces on each side'],
    ["{{ config(materialized='tabel') }} select 1 as id", "Did you mean 'table'?"],
    ["select * from {{ reff('b') }}", "Did you mean 'ref'?"],
  ])('%s says what was meant', async (sql, hint) => {
    const { code, output } = await new TempProject({ 'models/a.sql': sql }).dbt('run')
    expect(code).toBe(1)
    expect(output).toContain(hint)
  })

  test('one folder too high, the project below is named', async () => {
    const project = new TempProject({ 'inner/dbt_project.yml': 'name: inner\nprofile: shop\n' })
    project.remove('dbt_project.yml')
    const { code, output } = await project.dbt('run')
    expect(code).toBe(2)
    expect(output).toContain('No dbt_project.yml found at expected path')
    expect(output).toContain('There is one in inner: change into that folder, or say --project-dir inner.')
  })
})
