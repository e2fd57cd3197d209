import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const source = (schema: string) => `sources: [{ name: raw, schema: ${schema}, tables: [{ name: t }] }]\n`

test('of two sources or models with one name, the graph and the SQL both take the root project’s', async () => {
  const project = new TempProject({
    'dbt_project.yml': `
name: shop
profile: shop
models: { +materialized: table }
on-run-start:
  - create schema if not exists a
  - create schema if not exists b
  - create or replace table a.t as select 'root' as x
  - create or replace table b.t as select 'package' as x
`,
    'packages.yml': 'packages: [{ local: zoo }]\n',
    'models/sources.yml': source('a'),
    'models/of_root.sql': "select x from {{ source('raw', 't') }}",
    'models/same.sql': "select 'root' as x",
    'zoo/dbt_project.yml': 'name: zoo\nmodels: { +schema: zoo }\n',
    'zoo/models/sources.yml': source('b'),
    'zoo/models/of_package.sql': "select x from {{ source('raw', 't') }}",
    'zoo/models/same.sql': "select 'package' as x",
    'zoo/models/reads_same.sql': "select x from {{ ref('same') }}",
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('run')
  expect(code, output).toBe(0)
  expect(
    await project.rows('select (from of_root) as a, (from main_zoo.of_package) as b, (from main_zoo.reads_same) as c'),
  ).toEqual([{ a: 'root', b: 'root', c: 'root' }])
  const { nodes } = JSON.parse(project.read('target/manifest.json'))
  expect(nodes['model.zoo.of_package'].depends_on.nodes).toEqual(['source.shop.raw.t'])
  expect(nodes['model.zoo.reads_same'].depends_on.nodes).toEqual(['model.shop.same'])
})

test('with require_ref_searches_node_package_before_root a package reads its own model; without, a warning tells', async () => {
  const installed = async (flags: string) => {
    const project = new TempProject({
      'dbt_project.yml': `name: shop\nprofile: shop\n${flags}`,
      'packages.yml': 'packages: [{ local: zoo }]\n',
      'models/same.sql': "select 'root' as x",
      'zoo/dbt_project.yml': 'name: zoo\nmodels: { +schema: zoo }\n',
      'zoo/models/same.sql': "select 'package' as x",
      'zoo/models/reads_same.sql': "select x from {{ ref('same') }}",
      'zoo/models/reads_root.sql': "select x from {{ ref('shop', 'same') }}",
    })
    await project.dbt('deps')
    return project
  }
  const old = await (await installed('')).dbt('parse')
  expect(old.output.match(/depends on the root project node 'model\.shop\.same'/g)).toHaveLength(1)
  const one = await installed('flags: { require_ref_searches_node_package_before_root: true }\n')
  expect((await one.dbt('run')).output).not.toContain('root project node')
  expect(await one.rows('select (from main_zoo.reads_same) as own, (from main_zoo.reads_root) as root')).toEqual([
    { own: 'package', root: 'root' },
  ])
})

test('two nodes cannot make one relation, in one package or in two, and not when only one of them is parsed', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: zoo }]\n',
    'models/mine.sql': 'select 1 as id',
    'models/other.sql': "{{ config(materialized='ephemeral', alias='mine') }} select 1 as id",
    'zoo/dbt_project.yml': 'name: zoo\n',
    'zoo/models/animals.sql': 'select 1 as id',
  })
  await project.dbt('deps')
  expect((await project.dbt('parse')).code).toBe(0)
  project.write({ 'zoo/models/animals.sql': "{{ config(alias='mine') }} select 1 as id" })
  const { code, output } = await project.dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain(
    'Compilation Error\n  dbt found two resources with the database representation ""shop"."main"."mine"":',
  )
  for (const one of ['model.shop.mine (models/mine.sql)', 'model.zoo.animals (models/animals.sql)'])
    expect(output).toContain(`  - ${one}`)
  expect((await project.dbt('parse --no-partial-parse')).code).toBe(2)
})

test('a package with restrict-access keeps its protected models; private ones are for their group', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: zoo }]\n',
    'models/groups.yml': 'groups: [{ name: g, owner: { name: me } }]\n',
    'models/secret.sql': "{{ config(access='private', group='g') }} select 1 as id",
    'models/reads_secret.sql': "select * from {{ ref('secret') }}",
    'models/reads_zoo.sql': "select * from {{ ref('zoo', 'animals') }}",
    'models/reads_public.sql': "select * from {{ ref('zoo', 'visitors') }}",
    'zoo/dbt_project.yml': 'name: zoo\nrestrict-access: true\n',
    'zoo/models/animals.sql': 'select 1 as id',
    'zoo/models/visitors.sql': "{{ config(access='public') }} select 1 as id",
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain(
    "model.shop.secret, which is not allowed because the referenced node is private to the 'g' group",
  )
  expect(output).toContain(
    "model.zoo.animals, which is not allowed because the referenced node is protected to the 'zoo' package",
  )
  expect(output).not.toContain('visitors')
})

test('an ephemeral model cannot be public', async () => {
  const project = new TempProject({
    'models/a.sql': "{{ config(materialized='ephemeral', access='public') }} select 1 as id",
  })
  const { code, output } = await project.dbt('parse')
  expect([code, output.includes('has an invalid value (public) for the access field')]).toEqual([2, true])
})

test('an entry that overrides a package’s source changes it there, its tests too, also when only that entry was changed', async () => {
  const override = (schema: string) => `
sources:
  - name: raw
    overrides: zoo
    schema: ${schema}
    tables:
      - name: t
        identifier: animals
        columns: [{ name: x, data_tests: [not_null] }]
      - name: nowhere
`
  const project = new TempProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\n',
    'packages.yml': 'packages: [{ local: zoo }]\n',
    'models/overrides.yml': override('mine'),
    'zoo/dbt_project.yml': 'name: zoo\n',
    'zoo/models/sources.yml':
      'sources: [{ name: raw, schema: theirs, loader: they, tables: [{ name: t, columns: [{ name: x, data_tests: [unique] }] }, { name: u }] }]\n',
    'zoo/models/of_package.sql': "select x from {{ source('raw', 't') }}",
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt(['parse', '--show-all-deprecations'])
  expect(code, output).toBe(0)
  expect(output).toContain('`overrides` is deprecated but was found on source `raw` in file `models/overrides.yml`')
  expect(output).toContain('Source table zoo.raw.nowhere (in models/overrides.yml)')
  const sources = () => JSON.parse(project.read('target/manifest.json')).sources
  expect(Object.keys(sources()).sort()).toEqual(['source.zoo.raw.t', 'source.zoo.raw.u'])
  expect(sources()['source.zoo.raw.t']).toMatchObject({
    schema: 'mine',
    identifier: 'animals',
    loader: 'they',
    patch_path: 'shop://models/overrides.yml',
  })
  const tests = Object.values<{ resource_type: string; name: string }>(
    JSON.parse(project.read('target/manifest.json')).nodes,
  ).filter(({ resource_type }) => resource_type === 'test')
  expect(tests.map(({ name }) => name)).toEqual(['source_not_null_raw_t_x'])
  project.write({ 'models/overrides.yml': override('later') })
  expect((await project.dbt('parse')).code).toBe(0)
  expect(sources()['source.zoo.raw.t'].schema).toBe('later')
})

test('a macro of a package that is called without its package is named with it', async () => {
  const project = new TempProject({
    'packages.yml': 'packages: [{ local: zoo }]\n',
    'zoo/dbt_project.yml': 'name: zoo\n',
    'zoo/macros/stars.sql': '{% macro stars() %}1{% endmacro %}',
    'models/a.sql': 'select {{ stars() if false else 2 }} as id',
  })
  await project.dbt('deps')
  const { code, output } = await project.dbt('run')
  expect(code, output).toBe(0)
  expect(output).toContain("Did you mean 'zoo.stars'?")
})
