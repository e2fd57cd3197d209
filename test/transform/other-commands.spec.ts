import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const models = {
  'models/orders.sql': "{{ config(materialized='table') }}\nselect 1 as id, 10 as amount",
  'models/steps.sql': "{{ config(materialized='ephemeral') }}\nselect * from {{ ref('orders') }}",
  'models/big.sql': "select * from {{ ref('steps') }} where amount > 5",
}

describe('clone', () => {
  const production = (project: TempProject) =>
    project.write({
      'profiles.yml':
        "shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: 'shop.duckdb', schema: dev }\n    prod: { type: duckdb, path: 'shop.duckdb', schema: prod }\n",
    })
  const built = async () => {
    const project = new TempProject({ ...models, 'seeds/names.csv': 'id,name\n1,a\n' })
    production(project)
    await project.dbt('build --target prod')
    cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
    return project
  }

  test('shows what the other environment has, and leaves what is there', async () => {
    const project = await built()
    const { code, results } = await project.dbt('clone --state former')
    expect(code).toBe(0)
    expect(Object.keys(results).sort()).toEqual(['big', 'names', 'orders'])
    expect(
      await project.rows(
        "select table_name, table_type from information_schema.tables where table_schema = 'dev' order by 1",
      ),
    ).toEqual(['big', 'names', 'orders'].map((name) => ({ table_name: name, table_type: 'VIEW' })))
    expect(await project.rows('select * from dev.orders')).toEqual([{ id: 1, amount: 10 }])
    const again = await project.dbt('clone --state former')
    expect(again.output).toContain('Relation "shop"."dev"."orders" already exists')
    expect(again.results.orders?.message).toBe('No-op')
  })

  test('needs to know where the other environment is', async () => {
    const { code, output } = await new TempProject(models).dbt('clone')
    expect(code).toBe(2)
    expect(output).toContain('--state or --defer-state are required for deferral')
  })

  test('with --defer a ref leads there only where nothing is here', async () => {
    const project = await built()
    const compiled = async (flags: string) => {
      await project.dbt(`compile --select big --defer --state former ${flags}`)
      return project.read('target/compiled/shop/models/big.sql')
    }
    expect(await compiled('')).toContain('"shop"."prod"."orders"')
    await project.dbt('run --select orders')
    expect(await compiled('')).toContain('"shop"."dev"."orders"')
    expect(await compiled('--favor-state')).toContain('"shop"."prod"."orders"')
  })
})

describe('compile and show', () => {
  test('have results, and print what was named and not what came along', async () => {
    const project = new TempProject({
      ...models,
      'models/schema.yml': 'models:\n  - name: big\n    columns: [{name: id, tests: [unique]}]\n',
    })
    await project.dbt('run')
    const compiled = await project.dbt('compile --select big')
    expect(Object.keys(compiled.results).sort()).toEqual(['big', expect.stringMatching(/^unique_big_id/)])
    expect(compiled.results.big).toMatchObject({
      status: 'success',
      compiled_code: expect.stringContaining('__dbt__cte__steps'),
    })
    expect(compiled.output).toContain("Compiled node 'big' is:")
    expect(compiled.output).not.toContain('unique_big_id')
    const shown = await project.dbt('show --select big --limit 1')
    expect(shown.output).toMatch(/Previewing node 'big':\n\| +id \| amount \|/)
    expect(shown.results.big?.compiled_code).toMatch(/limit 1\s*$/)
  })

  test('show of a seed reads its file, and loads nothing', async () => {
    const project = new TempProject({ 'seeds/names.csv': 'id,name\n1,a\n2,b\n' })
    const { output } = await project.dbt('show --select names --limit 1')
    expect(output).toMatch(/\| 1 +\| a +\|/)
    expect(output).not.toMatch(/\| 2 +\| b +\|/)
  })
})

describe('run-operation', () => {
  test('writes its result, and is retried when it failed', async () => {
    const project = new TempProject({
      ...models,
      'macros/op.sql':
        '{% macro op(x) %}{% if x == 1 %}{{ exceptions.raise_compiler_error("no") }}{% endif %}{{ log("x is " ~ x, info=true) }}{% endmacro %}',
    })
    const failed = await project.dbt(['run-operation', 'op', '--args', '{x: 1}'])
    expect(failed.code).toBe(1)
    expect(failed.output).toContain('Encountered an error while running operation: Compilation Error')
    expect(failed.results.op).toMatchObject({ unique_id: 'macro.shop.op', status: 'error' })
    project.write({ 'macros/op.sql': '{% macro op(x) %}{{ log("x is " ~ x, info=true) }}{% endmacro %}' })
    const retried = await project.dbt('retry')
    expect(retried.code).toBe(0)
    expect(retried.output).toContain('x is 1')
  })
})

test('build counts exposures and saved queries, and does nothing for them', async () => {
  const project = new TempProject({
    ...models,
    'models/uses.yml':
      "exposures:\n  - name: report\n    type: dashboard\n    owner: {email: a@example.com}\n    depends_on: [ref('big')]\n",
  })
  const { code, output, results } = await project.dbt('build')
  expect(code).toBe(0)
  expect(results.report).toMatchObject({ status: 'no-op', message: 'NO-OP' })
  expect(output).toContain('NO-OP=1')
})

describe('seed', () => {
  test('--show prints rows of what was loaded; types of columns that are not there are told', async () => {
    const project = new TempProject({
      'seeds/names.csv': 'id,name\n1,a\n',
      'dbt_project.yml': 'name: shop\nprofile: shop\nseeds:\n  shop:\n    +column_types: { nmae: text }\n',
    })
    const { code, output } = await project.dbt('seed --show')
    expect(code).toBe(0)
    expect(output).toContain('Random sample of table: main.names')
    expect(output).toMatch(/\| 1 +\| a +\|/)
    expect(output).toContain("non-existent columns in seed 'names' (file: seeds/names.csv): nmae")
  })
})

describe('--fail-fast', () => {
  test('starts nothing after a failure, and says why; a retry runs it', async () => {
    const project = new TempProject({
      'models/bad.sql': 'select nonsense',
      'models/later.sql': 'select 1 as id',
      'models/below.sql': "select * from {{ ref('bad') }}",
    })
    const { code, results } = await project.dbt('run --fail-fast --threads 1')
    expect(code).toBe(1)
    // The one that others wait for is started first.
    expect(results.bad?.status).toBe('error')
    expect(results.later).toMatchObject({ status: 'skipped', message: 'Skipping due to fail_fast' })
    project.write({ 'models/bad.sql': 'select 2 as id' })
    expect(Object.keys((await project.dbt('retry')).results).sort()).toEqual(['bad', 'below', 'later'])
  })

  test('a node that is there no longer cannot be retried', async () => {
    const project = new TempProject({ 'models/bad.sql': 'select nonsense', 'models/good.sql': 'select 1 as id' })
    await project.dbt('run')
    project.remove('models/bad.sql')
    const { code, output } = await project.dbt('retry')
    expect(code).toBe(2)
    expect(output).toContain("Couldn't find model 'model.shop.bad'")
  })
})
