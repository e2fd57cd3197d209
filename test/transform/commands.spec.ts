import { closeSync, existsSync, fstatSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ManifestNode } from '../../src/transform/index.js'
import { TempProject } from './support/temp-project.js'

const models = {
  'models/orders.sql': "{{ config(materialized='table') }}\nselect 1 as id, 10 as amount",
  'models/big_orders.sql': "select * from {{ ref('orders') }} where amount > 5",
}
const json = (text: string) => JSON.parse(text) as Record<string, unknown>

describe('run', () => {
  test('writes what ran into run_results.json and says how it ended', async () => {
    const { code, output, results } = await new TempProject(models).dbt('run --threads 2 --full-refresh')
    expect(code).toBe(0)
    expect(output).toContain('1 of 2 START sql table model main.orders')
    expect(output).toMatch(/2 of 2 OK created sql view model main\.big_orders \.+ \[OK in /)
    expect(output).toContain('Done. PASS=2 WARN=0 ERROR=0 SKIP=0 NO-OP=0 REUSED=0 TOTAL=2')
    expect(Object.keys(results)).toEqual(['orders', 'big_orders'])
  })

  test('notes the flags under the names of dbt', async () => {
    const project = new TempProject(models)
    await project.dbt('run --full-refresh --select orders')
    expect(json(project.read('target/run_results.json')).args).toEqual({
      which: 'run',
      full_refresh: true,
      select: ['orders'],
      // What nobody gave, and others read all the same.
      ...{ vars: {}, exclude: [], indirect_selection: 'eager' },
      ...{ defer: false, favor_state: false, empty: false, fail_fast: false },
    })
  })

  test('says when a selection names nothing, and runs no hooks then', async () => {
    const project = new TempProject({
      ...models,
      'dbt_project.yml': "name: shop\nprofile: shop\non-run-start: ['select nonsense']\n",
    })
    const { code, output } = await project.dbt('run --select nothing_of_this_name')
    expect(code).toBe(0)
    expect(output).toContain("'nothing_of_this_name' does not match any enabled nodes")
    expect(output).toContain('Nothing to do.')
  })

  test('uses the selectors of selectors.yml', async () => {
    const project = new TempProject({
      ...models,
      'selectors.yml': 'selectors:\n  - name: only_big\n    definition: "+big_orders"\n',
    })
    expect(Object.keys((await project.dbt('run --selector only_big')).results)).toEqual(['orders', 'big_orders'])
    expect((await project.dbt('run --selector nope')).output).toContain('selectors.yml has only_big.')
  })

  test('renders selectors.yml, with the vars of the command line', async () => {
    const project = new TempProject({
      ...models,
      'selectors.yml':
        'selectors:\n  - name: mine\n    default: "{{ var(\'by\') == target.name }}"\n    definition: big_orders+\n',
    })
    const without = await project.dbt('ls')
    expect(without.code).toBe(2)
    expect(without.output).toContain("Compilation Error\n  Required var 'by' not found.")
    expect((await project.dbt(['ls', '--vars', 'by: dev'])).output).toMatch(/^shop\.big_orders$/m)
    expect((await project.dbt(['ls', '--vars', 'by: dev'])).output).not.toMatch(/^shop\.orders$/m)
  })
})

describe('hooks of a run', () => {
  const withHooks = (start: string[], end: string[]) =>
    new TempProject({
      ...models,
      'dbt_project.yml': `name: shop\nprofile: shop\non-run-start: ${JSON.stringify(start)}\non-run-end: ${JSON.stringify(end)}\n`,
    })

  test('are steps like nodes: printed, and in run_results.json', async () => {
    const project = withHooks(
      ['create table if not exists seen (name text)'],
      [
        "insert into seen {% for result in results %}{{ 'union all' if not loop.first }} select '{{ result.node.name }}' {% endfor %}",
      ],
    )
    const { code, output, results, events } = await project.dbt('run')
    expect(code).toBe(0)
    expect(output).toContain('1 of 1 START hook: shop.on-run-start.0')
    expect(output).toMatch(/1 of 1 OK hook: shop\.on-run-end\.0 \.+ \[OK in /)
    expect(Object.keys(results)).toEqual(['shop-on-run-start-0', 'orders', 'big_orders', 'shop-on-run-end-0'])
    expect(results['shop-on-run-start-0']).toMatchObject({ status: 'success', message: 'shop.on-run-start.0 passed' })
    expect(events.flatMap((event) => (event.type === 'node_started' ? [event.uniqueId] : []))).toEqual([
      'operation.shop.shop-on-run-start-0',
      'model.shop.orders',
      'model.shop.big_orders',
      'operation.shop.shop-on-run-end-0',
    ])
    expect(await project.rows('select name from seen order by name')).toEqual([
      { name: 'big_orders' },
      { name: 'orders' },
    ])
  })

  test('one that fails at the start stops the other hooks and the nodes', async () => {
    const { code, results, output } = await withHooks(['select * from nowhere', 'select 1'], []).dbt('run')
    expect(code).toBe(1)
    expect(results['shop-on-run-start-0']?.status).toBe('error')
    expect(results['shop-on-run-start-1']?.status).toBe('skipped')
    expect(results.orders?.status).toBe('skipped')
    expect(output).toContain('nowhere')
  })
})

describe('list', () => {
  test.each([
    ['ls --quiet', 'shop.big_orders\nshop.orders'],
    ['ls --quiet --output name --select +big_orders', 'big_orders\norders'],
    ['ls --quiet --output path --select orders', 'models/orders.sql'],
    ['ls --quiet --resource-type model --exclude orders', 'shop.big_orders'],
    ['ls --quiet --exclude-resource-type model', ''],
  ])('%s', async (command, expected) => {
    expect(await new TempProject(models).dbt(command)).toMatchObject({ code: 0, output: expected })
  })

  test('takes analyses when they are asked for, and goes by the ids', async () => {
    const project = new TempProject({ ...models, 'models/sub/a.sql': 'select 1', 'analyses/b.sql': 'select 1' })
    expect((await project.dbt('ls --quiet')).output).toBe('shop.sub.a\nshop.big_orders\nshop.orders')
    expect((await project.dbt('ls --quiet --resource-type analysis')).output).toBe('shop.analysis.b')
    expect((await project.dbt('ls --quiet --resource-type all')).output).toContain('shop.analysis.b')
  })

  test('as JSON names what a model reads', async () => {
    const { output } = await new TempProject(models).dbt('ls --quiet --output json --select big_orders')
    expect(json(output)).toMatchObject({ direct_parents: ['model.shop.orders'] })
  })

  test('names each version of a model', async () => {
    const project = new TempProject({
      'models/orders_v1.sql': 'select 1 as id',
      'models/orders_v2.sql': 'select 2 as id',
      'models/orders.yml': 'models: [{ name: orders, versions: [{ v: 1 }, { v: 2 }] }]\n',
    })
    expect((await project.dbt('ls --quiet --output name')).output).toBe('orders.v1\norders.v2')
  })

  test('prints the keys that are asked for as JSON', async () => {
    const { output } = await new TempProject(models).dbt([
      'ls',
      '--quiet',
      '--select',
      'orders',
      '--output',
      'json',
      '--output-keys',
      'name alias config.nothing config.enabled',
    ])
    expect(json(output)).toEqual({ name: 'orders', alias: 'orders', 'config.enabled': true })
  })
})

describe('compile and show', () => {
  test('compile prints what was selected, with refs resolved', async () => {
    const project = new TempProject(models)
    const { output } = await project.dbt('compile --select big_orders')
    expect(output).toContain('select * from "shop"."main"."orders" where amount > 5')
    expect(project.read('target/compiled/shop/models/big_orders.sql')).toContain('"shop"."main"."orders"')
  })

  test('inline SQL may use refs', async () => {
    const { output } = await new TempProject(models).dbt(['compile', '--inline', "select * from {{ ref('orders') }}"])
    expect(output).toContain('select * from "shop"."main"."orders"')
  })

  test('show prints the first rows of a model that is not built', async () => {
    const { output } = await new TempProject(models).dbt('show --quiet --select orders --output json')
    expect(json(output)).toEqual({ node: 'orders', show: [{ id: 1, amount: 10 }] })
  })

  test('show stops at --limit', async () => {
    const { output } = await new TempProject(models).dbt([
      'show',
      '--quiet',
      '--inline',
      'select * from range(100) t(i)',
      '--limit',
      '2',
      '--output',
      'json',
    ])
    expect(json(output).show).toEqual([{ i: 0 }, { i: 1 }])
  })
})

describe('the other commands', () => {
  test('docs generate writes the columns of what is built', async () => {
    const project = new TempProject(models)
    await project.dbt('run --select orders')
    expect((await project.dbt('docs generate')).code).toBe(0)
    const { nodes } = json(project.read('target/catalog.json')) as { nodes: Record<string, { columns: object }> }
    expect(Object.keys(nodes)).toEqual(['model.shop.orders'])
    expect(nodes['model.shop.orders']?.columns).toMatchObject({ id: { type: 'INTEGER', index: 1 } })
  })

  test('show prints numbers that are none, and times as ISO 8601, as JSON of Python', async () => {
    const project = new TempProject({})
    const sql = "select 'nan'::double as n, '-inf'::double as i, timestamp '2024-01-02 03:04:05' as t"
    const { code, output } = await project.dbt(['show', '--quiet', '--inline', sql, '--output', 'json'])
    expect(code, output).toBe(0)
    expect(output.replace(/\s+/g, '')).toContain('{"n":NaN,"i":-Infinity,"t":"2024-01-02T03:04:05"}')
  })

  test('the rows of a query can be ordered', async () => {
    const project = new TempProject({
      'macros/m.sql':
        "{% macro m() %}{% set t = run_query(\"select * from (values (2, 'b'), (null, 'c'), (1, 'a')) as t(n, x)\") %}{{ print(t.order_by('n').columns['x'].values() ~ t.order_by(['n'], reverse=true).columns['x'].values()) }}{% endmacro %}",
    })
    const { output } = await project.dbt('run-operation m --quiet')
    expect(output).toBe("('a', 'b', 'c')('c', 'b', 'a')")
  })

  test('run-operation calls a macro with its arguments', async () => {
    const project = new TempProject({
      'macros/make.sql':
        "{% macro make(name, n=1) %}{% do run_query('create table ' ~ name ~ ' as select ' ~ n ~ ' as n') %}{% endmacro %}",
    })
    const { code, output } = await project.dbt(['run-operation', 'make', '--quiet', '--args', '{name: made, n: 7}'])
    expect([code, output]).toEqual([0, ''])
    expect(await project.rows('select * from made')).toEqual([{ n: 7 }])
    expect((await project.dbt('run-operation mak')).output).toContain("Did you mean 'make'?")
    const unknown = (await project.dbt(['run-operation', 'make', '--args', '{nam: made}'])).output
    expect(unknown).toMatch(/Compilation Error\n {2}macro 'dbt_macro__make' takes no keyword argument 'nam'/)
  })

  test('debug names the database and asks it', async () => {
    expect((await new TempProject({}).dbt('debug')).output).toContain('Connection test: [OK connection ok]')
  })
  test('debug tells every check that fails, and a broken model is none of them', async () => {
    const project = new TempProject({ 'models/broken.sql': '{{ nothing(' })
    expect((await project.dbt('debug')).code).toBe(0)
    project.write({ 'dbt_project.yml': 'profile: shop\n' })
    const { code, output } = await project.dbt('debug --target missing --profile shop')
    expect(code).toBe(1)
    expect(output).toContain('profiles.yml file [ERROR invalid]')
    expect(output).toContain('dbt_project.yml file [ERROR invalid]')
    expect(output).toContain('2 checks failed')
    expect((await project.dbt('debug --project-dir nowhere')).code).toBe(2)
  })

  test('debug and deps do without a folder of profiles, other commands tell that it is missing', async () => {
    const project = new TempProject(models)
    const { code, output } = await project.dbt('debug --profiles-dir nowhere')
    expect(code).toBe(1)
    expect(output).toContain(`Using profiles.yml file at ${join(project.dir, 'nowhere/profiles.yml')}`)
    expect((await project.dbt('deps --profiles-dir nowhere')).code).toBe(0)
    expect((await project.dbt('parse --profiles-dir nowhere')).code).toBe(2)
  })

  test('a password that looks like a template without being one is taken as it is', async () => {
    const dev =
      '{type: postgres, host: 127.0.0.1, port: 1, user: u, dbname: d, schema: s, password: "no{{jinja{%re{#ndering"}'
    const project = new TempProject({ ...models, 'profiles.yml': `shop: {target: dev, outputs: {dev: ${dev}}}\n` })
    expect((await project.dbt('parse')).code).toBe(0)
    project.write({
      'profiles.yml': project.read('profiles.yml').replace('no{{jinja{%re{#ndering', "{{ env_var('NO_SUCH') }}"),
    })
    expect((await project.dbt('parse')).output).toContain("Env var required but not provided: 'NO_SUCH'")
  })

  test('clean removes what clean-targets names, though the project is broken', async () => {
    const project = new TempProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\nclean-targets: [target, scratch]\n',
      'models/a.sql': '{{ broken',
      'scratch/file.txt': 'x',
      'target/file.txt': 'x',
    })
    expect((await project.dbt('clean')).code).toBe(0)
    expect(existsSync(join(project.dir, 'scratch')) || existsSync(join(project.dir, 'target'))).toBe(false)
  })

  test('only clean tells that clean-targets names the folder of packages of old', async () => {
    const project = new TempProject({
      ...models,
      'dbt_project.yml': 'name: shop\nprofile: shop\nclean-targets: [dbt_modules]\n',
    })
    expect((await project.dbt('parse')).output).not.toContain('dbt_modules')
    expect((await project.dbt('clean')).output).toContain('PackageInstallPathDeprecation')
  })

  test.each([
    ['models', 'source paths: models'],
    ['models/staging', 'source paths: models'],
    ['../elsewhere', 'directories outside the project'],
    ['.', 'directories outside the project'],
    ['..', 'directories outside the project'],
  ])('clean leaves %s alone', async (path, reason) => {
    const project = new TempProject({
      ...models,
      'dbt_project.yml': `name: shop\nprofile: shop\nclean-targets: ['${path}']\n`,
    })
    const { code, output } = await project.dbt('clean')
    expect(code).toBe(2)
    expect(output).toContain(`dbt will not clean the following ${reason}`)
    expect(output).toContain('Nothing was removed')
    expect(existsSync(join(project.dir, 'models/orders.sql'))).toBe(true)
  })

  test.each([
    ['biuld', "Did you mean 'build'?"],
    ['run --treads 2', "Did you mean '--threads'?"],
    ['run --threads many', "Error: Invalid value for '--threads': 'many' is not a valid integer."],
    ['run --threads 0', "Error: Invalid value for '--threads': 0 is not in the range x>=1."],
    ['run --vars nonsense', "String 'nonsense' is not valid YAML"],
    ['ls --output xml', "'xml' is not one of 'json', 'name', 'path', 'selector'"],
    ['show', 'Name a model with --select'],
    ['run --indirect-selection eagerly', "'eagerly' is not one of 'eager', 'cautious', 'buildable', 'empty'"],
  ])('%s cannot run, and says why', async (command, expected) => {
    const { code, output } = await new TempProject(models).dbt(command)
    expect(code).toBe(2)
    expect(output).toContain(expected)
  })
})

test('a key of a profile that is missing is looked for among those that nothing knows', async () => {
  const dev = '{type: postgres, host: h, port: 1, user: u, pasword: p, dbname: d, schema: s}'
  const { output } = await new TempProject({ 'profiles.yml': `shop: {target: dev, outputs: {dev: ${dev}}}\n` }).dbt(
    'parse',
  )
  expect(output).toContain('has no `password`')
  expect(output).toContain('`pasword` is perhaps meant to be it.')
})

test.each([
  ['four', "'four' is not of type 'integer'"],
  ['0', '0 is less than 1'],
])('threads: %s is refused where it stands, before anything would wait for a thread', async (threads, expected) => {
  const outputs = `shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      threads: ${threads}\n`
  const { code, output } = await new TempProject({ 'profiles.yml': outputs }).dbt('build')
  expect(code).toBe(2)
  expect(output).toContain(`at path ['threads']: ${expected}`)
  expect(output).toContain('profiles.yml:6:')
})

test('a seed that is described below `models` gets its tests, and a warning that says where it belongs', async () => {
  const project = new TempProject({
    'seeds/base.csv': 'id\n1\n',
    'models/schema.yml': 'models:\n  - name: base\n    columns: [{name: id, data_tests: [not_null]}]\n',
  })
  const { output, results } = await project.dbt('build')
  expect(Object.values(results).map(({ status }) => status)).toEqual(['success', 'pass'])
  expect(output).toContain("'base' is a seed node")
})

test('settings of dbt_project.yml may use the modules of Python', async () => {
  const project = new TempProject({
    'dbt_project.yml': `name: shop\nprofile: shop\nmodels: {+alias: "{{ modules.re.sub('x', 'y', 'axb') }}"}\nvars: {day: 1}\ntarget-path: "out_{{ modules.datetime.date(2026, 1, 2).strftime('%Y') }}"\n`,
    'models/a.sql': 'select 1 as id',
  })
  await project.dbt('parse')
  expect(JSON.parse(project.read('out_2026/manifest.json')).nodes['model.shop.a'].alias).toBe('ayb')
})

test('a state of dbt 1.0 can be compared with; one from before is refused, and so is what is no manifest', async () => {
  const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
  const state = (version: string) =>
    JSON.stringify({ metadata: { dbt_schema_version: version }, nodes: {}, sources: {}, macros: {} })
  const ask = async (version: string) => {
    project.write({ 'old/manifest.json': state(version) })
    return project.dbt('ls --quiet --select state:new --state old')
  }
  expect((await ask('https://schemas.getdbt.com/dbt/manifest/v4.json')).output).toBe('shop.a')
  for (const version of [
    'https://schemas.getdbt.com/dbt/manifest/v3.json',
    'https://schemas.getdbt.com/dbt/catalog/v1.json',
  ]) {
    const { code, output } = await ask(version)
    expect(code).toBe(2)
    expect(output).toContain(`but found "${version}"`)
  }
})

test('a model of an old state is as it was, though its keys had other names', async () => {
  const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
  await project.dbt('ls')
  const manifest = json(project.read('target/manifest.json')) as { metadata: object; nodes: Record<string, object> }
  const { raw_code, access: _access, language: _language, ...node } = manifest.nodes['model.shop.a'] as ManifestNode
  const metadata = { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v6.json' }
  const nodes = { 'model.shop.a': { ...node, raw_sql: raw_code } }
  project.write({ 'old/manifest.json': JSON.stringify({ ...manifest, metadata, nodes }) })
  expect((await project.dbt('ls --quiet --select state:modified --state old')).output).toBe('')
})

test('ls --models names models only, as in dbt', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/schema.yml': 'models: [{name: a, columns: [{name: id, data_tests: [not_null]}]}]\n',
  })
  expect((await project.dbt('ls --quiet --select a')).output).toBe('shop.a\nshop.not_null_a_id')
  expect((await project.dbt('ls --quiet --models a')).output).toBe('shop.a')
})

test('folders of the command line are seen from where it was typed', async () => {
  const project = new TempProject({
    'conf/profiles.yml': 'shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n',
    'shop/dbt_project.yml': 'name: shop\nprofile: shop\n',
    'shop/models/a.sql': 'select 1 as id',
  })
  const { code, output } = await project.dbt('ls --quiet --project-dir shop --profiles-dir conf')
  expect([code, output]).toEqual([0, 'shop.a'])
})

test.each(['models/a.sql', 'models/a.yml', 'seeds/a.csv', 'macros/a.sql', 'docs/a.md', 'packages.yml'])(
  'a file in another encoding than UTF-8 is refused, not read as other characters: %s',
  async (file) => {
    const project = new TempProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\ndocs-paths: [docs]\n',
      [file]: '',
    })
    writeFileSync(join(project.dir, file), Buffer.from('id\n# caf\xe9\n', 'latin1'))
    const { code, output } = await project.dbt('build')
    expect(code).not.toBe(0)
    expect(output).toContain('The file is not UTF-8: byte 0x')
    expect(output).toContain(`${file}:2`)
    writeFileSync(join(project.dir, file), '')
    expect((await project.dbt('parse')).code).toBe(0)
  },
)

test('what no state and no output is called is none, whatever JavaScript calls so', async () => {
  const project = new TempProject(models)
  await project.dbt('parse')
  for (const command of ['ls --select state:constructor --state target', 'ls --output toString']) {
    const { code, output } = await project.dbt(command)
    expect(code, output).toBe(2)
  }
})

test('log-path is read as YAML, and rendered', async () => {
  const path = "{{ env_var('LOGS', 'own logs') }}"
  const project = new TempProject({ 'dbt_project.yml': `name: shop\nprofile: shop\n"log-path": "${path}" # here\n` })
  await project.dbt('parse')
  expect(existsSync(join(project.dir, 'own logs/dbt.log'))).toBe(true)
})

test('secrets of a profile are shown nowhere, however deep they stand', async () => {
  const options = { is_ok: 1, meta_password: 'nestedpw1234', secret_key: 98765432 }
  const attach = [{ path: 'other.db', alias: 'o', options }]
  const config_options = { note: "host=h password='hid den' user=u" }
  const dev = { type: 'duckdb', path: 'shop.duckdb', config_options, attach }
  const project = new TempProject({ 'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs: { dev } } }) })
  const { output } = await project.dbt(['compile', '--inline', '{{ target }}'])
  expect(output).toContain('is_ok')
  expect(output).toContain('user=u')
  for (const secret of ['nestedpw1234', '98765432', 'hid den']) expect(output).not.toContain(secret)
})

test('an artifact takes the place of the former one when it is whole: who reads has one or the other', async () => {
  const project = new TempProject(models)
  await project.dbt('parse')
  const names = ['manifest.json', 'semantic_manifest.json']
  const files = names.map((name) => openSync(join(project.dir, 'target', name), 'r'))
  onTestFinished(() => {
    for (const file of files) closeSync(file)
  })
  await project.dbt('parse')
  // No name leads to what is still open.
  expect(files.map((file) => fstatSync(file).nlink)).toEqual([0, 0])
})
