import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

/** What is said of a project that is refused. */
async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  const { code, output } = await new TempProject({ 'models/a.sql': 'select 1 as id', ...files }).dbt('parse')
  expect(code, output).toBe(2)
  return output
}

describe('configs', () => {
  const project = (config: string) => ({ 'dbt_project.yml': `name: shop\nprofile: shop\n${config}\n` })
  const entry = (config: string) => ({ 'models/a.yml': `models:\n  - name: a\n    config: ${config}\n` })
  const seed = { 'seeds/s.csv': 'id\n1\n' }
  const snapshot =
    "{% snapshot s %}{{ config(strategy='check', unique_key='id', check_cols='all') }} select 1{% endsnapshot %}"

  test.each([
    [entry('{ enabled: maybe }'), "at path ['enabled']: 'maybe' is not of type 'boolean'"],
    [entry('{ docs: { show: maybe } }'), "at path ['docs']['show']: 'maybe' is not of type 'boolean'"],
    [entry('{ contract: true }'), "at path ['contract']: True is not of type 'object'"],
    [entry('{ on_configuration_change: stop }'), "'stop' is not one of ['apply', 'continue', 'fail']"],
    [project('models: { +docs: { node_color: notacolor } }'), '\nInvalid color name for docs.node_color: notacolor.'],
    [{ ...project('seeds: { materialized: table }'), ...seed }, "A seed must have a materialized value of 'seed'"],
    [
      { ...project('snapshots: { materialized: table }'), 'snapshots/s.sql': snapshot },
      "A snapshot must have a materialized value of 'snapshot'",
    ],
    [
      { ...project('data_tests: { severity: fatal }'), 'tests/t.sql': 'select 1' },
      "Severity must be either 'warn' or 'error'. Got 'fatal'",
    ],
  ])('%j is refused', async (files, message) => {
    expect(await refusal(files as Record<string, string>)).toContain(message)
  })

  test('what is refused is shown where it was written', async () => {
    const output = await refusal({ 'models/a.yml': 'models:\n  - name: a\n    config:\n      enabled: maybe\n' })
    expect(output).toContain('Parsing Error in model a (models/a.sql)')
    expect(output).toContain('at models/a.yml:4')
  })

  test('null leaves tags alone, and a test’s config unset', async () => {
    const shop = new TempProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\nmodels: { +tags: null }\n',
      'models/a.sql': 'select 1 as id',
      'models/a.yml':
        'models: [{ name: a, data_tests: [{ unique: { column_name: id, config: { enabled: "{{ none }}", where: null } } }] }]\n',
    })
    const { code, results, output } = await shop.dbt('build')
    expect(code, output).toBe(0)
    expect(Object.keys(results)).toHaveLength(2)
  })
})

describe('properties files', () => {
  test.each([['- name: a\n', "Contents of file 'models/x.yml' are not valid. Dictionary expected."]])(
    '%j is refused',
    async (text, message) => {
      const output = await refusal({ 'models/x.yml': text })
      expect(output).toContain('Parsing Error')
      expect(output).toContain(message)
    },
  )

  test('a column has tests or data_tests, and not both', async () => {
    const column = '{ name: id, tests: [unique], data_tests: [not_null] }'
    expect(await refusal({ 'models/x.yml': `models: [{ name: a, columns: [${column}] }]\n` })).toContain(
      "Invalid test config: cannot have both 'tests' and 'data_tests' defined",
    )
  })

  test('a test that does not exist is told, and fails where it runs', async () => {
    const shop = new TempProject({
      'models/a.sql': 'select 1 as id',
      'models/a.yml': 'models: [{ name: a, columns: [{ name: id, data_tests: [uniqe] }] }]\n',
    })
    const { code, output } = await shop.dbt('run')
    expect(code, output).toBe(0)
    expect(output).toContain("The test 'uniqe' of 'a' does not exist.")
    expect(Object.values((await shop.dbt('test')).results)).toMatchObject([
      { status: 'error', message: expect.stringContaining("'test_uniqe' is undefined") },
    ])
  })

  test('blocks that a description quotes plainly are noted, and no others', async () => {
    const shop = new TempProject({
      'models/a.sql': 'select 1 as id',
      'models/d.md': '{% docs one %}1{% enddocs %}{% docs two %}2{% enddocs %}',
      'models/a.yml': `models: [{ name: a, description: "{{ doc('one') }}, {{ doc('t' ~ 'wo') }}", columns: [{ name: id, description: "{{ doc('two').strip() }}" }] }]\n`,
    })
    await shop.dbt('parse')
    const { description, doc_blocks, columns } = JSON.parse(shop.read('target/manifest.json')).nodes['model.shop.a']
    expect([description, doc_blocks]).toEqual(['1, 2', ['doc.shop.one']])
    expect([columns.id.description, columns.id.doc_blocks]).toEqual(['2', []])
  })

  test('a singular test that is not there, and an entry without its name, are told', async () => {
    const shop = new TempProject({
      'tests/t.sql': 'select 1 where false',
      'tests/x.yml': 'data_tests: [{ name: tt, description: text }, { not_null: { where: x } }]\n',
    })
    const { code, output } = await shop.dbt('parse')
    expect(code).toBe(0)
    expect(output).toContain(
      "Did not find matching node for patch with name 'tt' in the 'data_tests' section of file 'tests/x.yml'",
    )
    expect(output).toContain("Unable to parse 'data_tests' section of file 'tests/x.yml'\nEntry did not contain a name")
  })
})

describe('dbt_project.yml', () => {
  test('takes no keys but those of dbt, and asks for a dbt first', async () => {
    const project = { 'dbt_project.yml': 'name: shop\nprofile: shop\nmodelpaths: [models]\n' }
    const output = await refusal(project)
    expect(output).toContain("Additional properties are not allowed ('modelpaths' was unexpected)")
    expect(output).toContain('dbt_project.yml:3')
    project['dbt_project.yml'] += "require-dbt-version: '>=9.0.0'\n"
    expect(await refusal(project)).toContain("This version of dbt is not supported with the 'shop' package")
  })

  test('has its vars in vars.yml instead, which its own templates know', async () => {
    const shop = new TempProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\nmodels: { +meta: { owner: "{{ var(\'owner\') }}" } }\n',
      'vars.yml': 'vars: { owner: me, day: monday }\n',
      'models/a.sql': "select '{{ var('day') }}' as day",
    })
    await shop.dbt(['run', '--vars', 'day: friday'])
    expect(await shop.rows('from a')).toEqual([{ day: 'friday' }])
    expect(JSON.parse(shop.read('target/manifest.json')).nodes['model.shop.a'].meta).toEqual({ owner: 'me' })
    shop.write({ 'vars.yml': 'vars: { day: monday }\n' })
    expect((await shop.dbt('parse')).output).toContain("Required var 'owner' not found in config")
    shop.write({ 'dbt_project.yml': 'name: shop\nprofile: shop\nvars: { day: friday }\n' })
    expect((await shop.dbt('parse')).output).toContain(
      'Variables cannot be defined in both vars.yml and dbt_project.yml.',
    )
  })
})

test('a group that is not there, and a var that a name hangs on, are refused', async () => {
  expect(await refusal({ 'models/a.sql': "{{ config(group='sales') }} select 1" })).toContain(
    "Parsing Error in model a (models/a.sql)\n  Invalid group 'sales', expected one of []",
  )
  const macro = "{% macro generate_schema_name(custom, node) %}{{ var('absent') }}{% endmacro %}"
  expect(await refusal({ 'macros/names.sql': macro })).toContain("Required var 'absent' not found in config")
})

describe('contracts', () => {
  const contract = 'config: { contract: { enforced: true } }'
  test('are refused without columns, and on incremental models that let other columns pass', async () => {
    expect(await refusal({ 'models/a.yml': `models: [{ name: a, ${contract} }]\n` })).toContain(
      'Constraints must be defined in a `yml` schema configuration file',
    )
    const output = await refusal({
      'models/a.sql': "{{ config(materialized='incremental') }} select 1 as id",
      'models/a.yml': `models: [{ name: a, ${contract}, columns: [{ name: id, data_type: int }] }]\n`,
    })
    expect(output).toContain("must set on_schema_change to 'append_new_columns' or 'fail'")
  })

  test('may say string on every engine, and must say a type', async () => {
    const columns = (type: string) => ({
      'models/a.yml': `models: [{ name: a, ${contract}, columns: [{ name: x, ${type} }] }]\n`,
    })
    const shop = new TempProject({ 'models/a.sql': "select 'a' as x", ...columns('data_type: string') })
    const { code, output } = await shop.dbt('run')
    expect(code, output).toBe(0)
    shop.write(columns('description: text'))
    expect((await shop.dbt('run')).output).toContain("defined within the YAML configuration for the ['x'] column(s)")
  })
})

test.each([
  ['a config that is none', 'config: severity', "'config' must be a dict, got str (value severity)"],
  ['a config twice', 'severity: warn, config: { severity: error }', 'Test cannot have the same key at the top-level'],
  [
    'a config that asks for a node',
    'config: { where: "{{ ref(\'a\') }}" }',
    'Invalid generic test configuration given in',
  ],
])('%s of a test is refused', async (_, more, expected) => {
  const shop = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/a.yml': `models: [{ name: a, columns: [{ name: id, data_tests: [{ not_null: { ${more} } }] }] }]\n`,
  })
  const { code, output } = await shop.dbt('parse')
  expect([code, output]).toEqual([2, expect.stringContaining(expected)])
})

test('a properties file cannot enable one of several disabled models of a name', async () => {
  const off = '{{ config(enabled=false) }} select 1 as id'
  const shop = new TempProject({
    'models/a/orders.sql': off,
    'models/b/orders.sql': off,
    'models/orders.yml': 'models: [{ name: orders, config: { enabled: true } }]\n',
  })
  const { code, output } = await shop.dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain("Found 2 matching disabled nodes for model 'orders'")
  expect(output).toContain('models/orders.yml:1:45')
})

test('templates see what the command line says, its mappings as such', async () => {
  const shop = new TempProject({
    'macros/say.sql':
      '{% macro say(word) %}{% set all = invocation_args_dict %}{{ print([all.macro, all.args, all.vars, all.which, all.indirect_selection]) }}{% endmacro %}',
  })
  const command = ['run-operation', 'say', '--quiet', '--args', '{word: hello}', '--vars', '{day: 1}']
  expect((await shop.dbt(command)).output).toBe("['say', {'word': 'hello'}, {'day': 1}, 'run-operation', 'eager']")
})

test('templates see the command line as it was typed, where the project is, and of switches that are off only those that dbt tells', async () => {
  const shop = new TempProject({
    'macros/say.sql':
      '{% macro say() %}{% set all = invocation_args_dict %}{{ print([all.invocation_command, all.project_dir, all.populate_cache, "debug" in all, flags.INVOCATION_COMMAND, "select" in all]) }}{% endmacro %}',
  })
  const { output } = await shop.dbt('run-operation say --quiet', { env: {} })
  const typed = output.match(/'(dbt [^']*)'/)?.[1] ?? ''
  expect(typed).toMatch(/^dbt run-operation say --quiet/)
  expect(output).toBe(`['${typed}', '${shop.dir}', True, False, '${typed}', False]`)
})

test('zip gives pairs, and templates see what the environment adds to artifacts', async () => {
  const shop = new TempProject({
    'macros/say.sql': "{% macro say() %}{{ print(zip([1, 2], ['a', 'b']) ~ ' ' ~ dbt_metadata_envs) }}{% endmacro %}",
  })
  const { output } = await shop.dbt('run-operation say --quiet', { env: { DBT_ENV_CUSTOM_ENV_TEAM: 'data' } })
  expect(output).toBe("[(1, 'a'), (2, 'b')] {'TEAM': 'data'}")
})

describe('constraints', () => {
  const model = (rest: string) => ({ 'models/a.yml': `models: [{ name: a, ${rest} }]\n` })
  const key = 'constraints: [{ type: primary_key }]'

  test.each([
    [
      `columns: [{ name: x, ${key} }, { name: y, ${key} }]`,
      "Found 2 columns (['x', 'y']) with primary key constraints",
    ],
    [
      `constraints: [{ type: primary_key, columns: [x] }], columns: [{ name: x, ${key} }]`,
      'Primary key constraints defined at the model level and the columns level',
    ],
    [
      "constraints: [{ type: foreign_key, columns: [x], to: 'orders', to_columns: [y] }]",
      "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model a: orders.",
    ],
  ])('%s is refused', async (rest, message) => {
    const output = await refusal(model(rest))
    expect(output).toContain('Parsing Error')
    expect(output).toContain(message)
  })
})

test.each([
  ['{ name: c, type: glue, table_format: parquet, config: {} }', "Invalid table_format 'parquet'. Must be one of"],
  ['{ name: c, type: glue, table_format: iceberg }', "Missing required keys in catalog entry: ['config']"],
  ['{ name: c, type: glue, table_format: iceberg, config: {} }', "Adapter 'duckdb' does not support catalogs.yml v2"],
])('the catalog %s is refused', async (catalog, message) => {
  const output = await refusal({
    'dbt_project.yml': 'name: shop\nprofile: shop\nflags: { use_catalogs_v2: true }\n',
    'catalogs.yml': `catalogs: [${catalog}]\n`,
  })
  expect(output).toContain(`Runtime Error\n  ${message}`)
})

test('an exposure cannot read a private model', async () => {
  const output = await refusal({
    'models/g.yml':
      'groups: [{ name: g, owner: { name: me } }]\nmodels: [{ name: a, config: { access: private, group: g } }]\n',
    'models/e.yml': 'exposures: [{ name: e, type: dashboard, owner: { name: me }, depends_on: ["ref(\'a\')"] }]\n',
  })
  expect(output).toContain(
    "Node exposure.shop.e attempted to reference node model.shop.a, which is not allowed because the referenced node is private to the 'g' group",
  )
})
test('a key that stands twice in dbt_project.yml is told', async () => {
  const project = new TempProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nvars: { a: 1 }\nvars: { b: 2 }\n',
    'models/a.sql': 'select 1 as id',
  })
  const { output } = await project.dbt('parse --show-all-deprecations')
  expect(output).toMatch(
    /DuplicateYAMLKeysDeprecation[\s\S]*Duplicate key 'vars' in "<unicode string>", line 4, column 1/,
  )
})

test.each([
  [
    '{ name: c, write_integrations: [{ name: a }, { name: a }] }',
    "multiple 'write_integrations' with the same name: 'a'",
  ],
  ['{ name: c, write_integrations: [{ name: a }, { name: b }] }', "must specify an 'active_write_integration' when"],
  [
    '{ name: c, active_write_integration: x, write_integrations: [{ name: a }] }',
    "write_integrations': ['a']. Got: 'x'",
  ],
])('the catalog %s is refused in the first form of catalogs.yml, too', async (catalog, expected) => {
  const { code, output } = await new TempProject({ 'catalogs.yml': `catalogs: [${catalog}]\n` }).dbt('parse')
  expect([code, output]).toEqual([2, expect.stringContaining(expected)])
})
