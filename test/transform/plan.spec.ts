import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Plan } from '../../src/transform/plan/contract.js'
import { TempProject } from './support/temp-project.js'

const shop = {
  'seeds/orders.csv': 'id,amount\n1,5\n2,7\n',
  'macros/cents.sql': '{% macro cents(column) %}{{ column }} * 100{% endmacro %}',
  'models/stg.sql': "select id, amount from {{ ref('orders') }}",
  'models/eph.sql':
    "{{ config(materialized='ephemeral') }}\nselect id, {{ cents('amount') }} as cents from {{ ref('stg') }}",
  'models/mart.sql': "{{ config(materialized='table') }}\nselect id,\n  cents\nfrom {{ ref('eph') }}",
  'models/grown.sql':
    "{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}\nselect id, '{{ var('word', 'a') }}' as word from {{ ref('stg') }}\n{% if is_incremental() %}where id > 0{% endif %}",
  'models/schema.yml':
    'models:\n  - name: mart\n    columns:\n      - {name: id, data_tests: [not_null]}\n  - name: stg\n    columns:\n      - {name: id, data_tests: [unique]}\n',
}

async function planOf(project: TempProject, args: readonly string[] = []) {
  const { output, code } = await project.dbt(['plan', '--json', ...args])
  const plan = JSON.parse(output) as Plan
  return { plan, code, of: Object.fromEntries(plan.nodes.map((node) => [node.name, node])) }
}
const statuses = (plan: Plan) => Object.fromEntries(plan.nodes.map(({ name, status }) => [name, status]))

it('tells what is new, and after a build that nothing changed', async () => {
  const project = new TempProject(shop)
  const before = await planOf(project)
  expect(statuses(before.plan)).toEqual({ orders: 'new', stg: 'new', mart: 'new', grown: 'new' })
  expect(before.of.mart?.action?.does).toBe('create table')
  await project.dbt('build')
  const after = await planOf(project)
  expect(statuses(after.plan)).toEqual({ orders: 'unchanged', stg: 'unchanged', mart: 'unchanged', grown: 'unchanged' })
  expect(after.plan.tests).toEqual([])
  // Now that the table is there, an incremental model compiles to other SQL; that alone is no change.
  await project.dbt('build')
  expect(statuses((await planOf(project)).plan).grown).toBe('unchanged')
})

it('tells why a node changes, how its SQL differs, what that drops and which tests run', async () => {
  const project = new TempProject(shop)
  await project.dbt('build')
  project.write({
    'models/stg.sql': "{{ config(materialized='table') }}\nselect id, amount from {{ ref('orders') }} where id > 1",
    'models/other.sql': 'select 1 as one',
  })
  project.remove('models/grown.sql')
  const { plan, of, code } = await planOf(project)
  expect(code).toBe(0)
  expect(statuses(plan)).toEqual({
    orders: 'unchanged',
    stg: 'changed',
    mart: 'upstream',
    other: 'new',
    grown: 'removed',
  })
  expect(of.stg?.reasons).toEqual([
    { kind: 'body', details: [] },
    { kind: 'config', details: ['materialized'] },
  ])
  expect(of.stg?.action).toEqual({ does: 'drop view and create table', drops: ['view main.stg'], alters: [] })
  expect(of.stg?.diff.map(({ sign, text }) => sign + text)).toContain(
    '+select id, amount from "shop"."main"."orders" where id > 1',
  )
  expect(of.mart).toMatchObject({ reasons: [{ kind: 'upstream', details: ['stg'] }], diff: [], last: { rows: 2 } })
  expect(of.grown?.notes).toEqual(['main.grown stays in the warehouse'])
  expect(plan.tests).toEqual([expect.stringMatching(/^not_null_mart_id/), expect.stringMatching(/^unique_stg_id/)])
  const { output } = await project.dbt('plan')
  expect(output).toContain('~ main.stg (table): its SQL was changed; config materialized')
  expect(output).toContain('To build: 3 models, 2 tests')
})

it('sees changes of macros, ephemeral models, variables and seeds where they matter', async () => {
  const project = new TempProject(shop)
  await project.dbt('build')
  project.write({ 'macros/cents.sql': '{% macro cents(column) %}round({{ column }} * 100){% endmacro %}' })
  const byMacro = await planOf(project)
  expect(byMacro.of.mart?.reasons).toEqual([{ kind: 'macro', details: ['cents'] }])
  expect(statuses(byMacro.plan)).toMatchObject({ stg: 'unchanged', grown: 'unchanged' })
  const byVars = await planOf(project, ['--vars', '{word: b}'])
  expect(byVars.of.grown?.reasons).toEqual([{ kind: 'vars', details: [] }])
  project.write({ 'seeds/orders.csv': 'id,amount\n1,6\n' })
  expect((await planOf(project)).of.orders).toMatchObject({
    status: 'changed',
    action: { does: 'empty table and load the file' },
  })
})

it('tells which columns an incremental table gets', async () => {
  const project = new TempProject(shop)
  await project.dbt('build')
  project.write({
    'models/grown.sql': shop['models/grown.sql'].replace('as word', 'as word, amount'),
  })
  const { of } = await planOf(project)
  expect(of.grown?.action).toMatchObject({ does: 'add rows to table by id', alters: ['add amount'] })
  expect((await planOf(project, ['--full-refresh'])).of.grown?.action?.does).toBe('replace table')
})

it('finds a column that does not exist, in the line of the file', async () => {
  const project = new TempProject(shop)
  project.write({
    'models/mart.sql': "{{ config(materialized='table') }}\nselect id,\n  cennts\nfrom {{ ref('eph') }}",
  })
  const { plan, code } = await planOf(project)
  expect(code).toBe(1)
  expect(plan.problems).toEqual([
    expect.objectContaining({
      code: 'TRANSFORM_COLUMN_NOT_FOUND',
      at: { file: 'models/mart.sql', line: 3, column: 3 },
      hint: "Did you mean 'cents'?",
    }),
  ])
  expect((await planOf(project, ['--no-check-columns'])).code).toBe(0)
})

it('compares and defers by what the platform remembers, with no manifest carried by hand', async () => {
  const project = new TempProject(shop)
  const memoryDir = join(project.dir, '.millrace')
  const list = async (...args: string[]) =>
    (await project.dbt(['ls', '--quiet', '--select', ...args], { memoryDir })).output.split('\n').sort()
  await project.dbt('build', { memoryDir })
  expect(await list('state:modified', '--resource-type', 'model')).toEqual([''])
  project.write({
    'macros/cents.sql': '{% macro cents(column) %}{{ column }}{% endmacro %}',
    'models/more.sql': 'select 1 as one',
  })
  expect(await list('state:modified', 'state:new', '--resource-type', 'model')).toEqual(['shop.mart', 'shop.more'])
  // A bare dbt project has no such memory, and needs --state as with dbt.
  expect((await project.dbt('ls --quiet --select state:modified')).code).toBe(2)
})

it('defers to another target by what was built there', async () => {
  const project = new TempProject(shop)
  const memoryDir = join(project.dir, '.millrace')
  const outputs = {
    prod: { type: 'duckdb', path: 'shop.duckdb', schema: 'prod' },
    dev: { type: 'duckdb', path: 'shop.duckdb', schema: 'dev' },
  }
  project.write({ 'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs } }) })
  expect((await project.dbt('build --target prod', { memoryDir })).code).toBe(0)
  expect((await project.dbt('run --select mart --defer', { memoryDir })).code).toBe(0)
  expect(await project.rows('select count(*) as n from dev.mart')).toEqual([{ n: 2 }])
  const { output } = await project.dbt('plan --json --against prod', { memoryDir })
  const plan = JSON.parse(output) as Plan
  expect(plan.against).toBe('prod')
  expect(statuses(plan).orders).toBe('unchanged')
})

it('warns when compiling, and before a run that asks for it; with --warn-error nothing runs', async () => {
  const project = new TempProject(shop)
  await project.dbt('build')
  project.write({ 'models/stg.sql': "select id, amuont from {{ ref('orders') }}" })
  const words = "The model stg names the column amuont, which none of orders has. Did you mean 'amount'?"
  const compiled = await project.dbt('compile')
  expect([compiled.code, compiled.output.includes(words)]).toEqual([0, true])
  expect(compiled.output).toContain('at models/stg.sql:1:12')
  // The mistake is told once, not again by everything below it.
  expect(compiled.output.match(/names the column/g)).toHaveLength(1)
  expect((await project.dbt('compile --no-check-columns')).output).not.toContain(words)
  expect((await project.dbt('run --select mart')).output).not.toContain(words)
  expect((await project.dbt('run --select stg --check-columns')).output).toContain(words)
  const refused = await project.dbt('run --select stg --check-columns --warn-error')
  expect([refused.code, refused.results]).toEqual([2, {}])
})

it('tells of tests that were changed, and of what they name that is not there', async () => {
  const project = new TempProject({
    ...shop,
    'tests/positive.sql': "select * from {{ ref('stg') }} where amount < 0",
    'tests/gone.sql': "select * from {{ ref('stg') }} where id is null",
    'models/unit.yml':
      "unit_tests:\n  - name: cents\n    model: stg\n    given: [{ input: ref('orders'), rows: [{ id: 1, amount: 2 }] }]\n    expect: { rows: [{ id: 1 }] }\n",
  })
  await project.dbt('build')
  expect((await planOf(project)).plan).toMatchObject({ tests: [], changedTests: [] })
  project.write({
    'tests/positive.sql': "select * from {{ ref('stg') }} where amount2 < 0",
    'tests/more.sql': "select * from {{ ref('stg') }} where id < 0",
    'models/unit.yml': project.read('models/unit.yml').replace('amount: 2', 'amount: 3'),
  })
  project.remove('tests/gone.sql')
  const { plan, code } = await planOf(project)
  expect(code).toBe(1)
  expect(plan.changedTests.map(({ name, status }) => [name, status])).toEqual([
    ['cents', 'changed'],
    ['gone', 'removed'],
    ['more', 'new'],
    ['positive', 'changed'],
  ])
  expect([...plan.tests].sort()).toEqual(['more', 'positive', 'stg.cents'])
  expect(plan.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('The test positive names the column amount2'),
  ])
  const { output } = await project.dbt('plan')
  expect(output).toContain('~ positive (test): its SQL was changed')
  expect(output).toContain('To run: 3 tests')
})

it('tells that the test of a model names a column that the model has no more', async () => {
  const project = new TempProject(shop)
  await project.dbt('build')
  project.write({ 'models/mart.sql': "{{ config(materialized='table') }}\nselect cents from {{ ref('eph') }}" })
  const { plan, code } = await planOf(project)
  expect(code).toBe(1)
  expect(plan.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/The test not_null_mart_id names the column id/),
  ])
})
