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

  test('of what cannot be copied makes a view with its hooks, and no word of what ran how long, as dbt does', async () => {
    const project = new TempProject({
      ...models,
      'dbt_project.yml': `name: shop
profile: shop
on-run-start: ["create table if not exists log (said varchar)", "insert into log values ('started')"]
models: { +pre-hook: "insert into main.log values ('before {{ this.schema }}')", +post-hook: "insert into main.log values ('after {{ this.schema }}')" }
`,
    })
    production(project)
    await project.dbt('run --target prod')
    cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
    const { code, output } = await project.dbt('clone --state former --select orders')
    expect(code).toBe(0)
    expect(output).toContain("Concurrency: 1 threads (target='dev')")
    expect(output).toContain('Done. PASS=1')
    expect(output).not.toContain('Finished running')
    const said = await project.rows(
      "select said, count(*)::int as times from log where said not like '%prod' group by 1",
    )
    expect(said.sort((a, b) => String(a.said).localeCompare(String(b.said)))).toEqual(
      ['after dev', 'before dev', 'started'].map((said) => ({ said, times: 1 })),
    )
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

  test('with --defer an ephemeral model is computed, also where it is a table there', async () => {
    const project = await built()
    project.write({ 'models/orders.sql': "{{ config(materialized='ephemeral') }} select 7 as id, 70 as amount" })
    await project.dbt('compile --select big --defer --state former')
    const compiled = project.read('target/compiled/shop/models/big.sql')
    expect(compiled).toContain('select 7 as id')
    expect(compiled).not.toContain('"prod"."orders"')
  })

  test('with --defer foreign keys and functions lead there unless they are made in this run', async () => {
    const project = await built()
    project.write({
      'functions/half.sql': 'x / 2',
      'functions/half.yml':
        'functions: [{ name: half, arguments: [{ name: x, data_type: int }], returns: { data_type: int } }]\n',
      'models/keyed.sql': "select {{ function('half') }}(4) as id",
      'models/keyed.yml':
        "models: [{ name: keyed, columns: [{ name: id, constraints: [{ type: foreign_key, to: ref('orders'), to_columns: [id] }] }] }]\n",
    })
    await project.dbt('parse --target prod')
    cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
    const compiled = async (selection: string) => {
      await project.dbt(`compile --select ${selection} --defer --state former`)
      const { compiled_code, columns } = JSON.parse(project.read('target/manifest.json')).nodes['model.shop.keyed']
      return [compiled_code, columns.id.constraints[0].to]
    }
    expect(await compiled('keyed')).toEqual(['select "shop"."prod"."half"(4) as id', '"prod"."orders"'])
    expect(await compiled('+keyed')).toEqual(['select "shop"."dev"."half"(4) as id', '"dev"."orders"'])
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
    // An ephemeral model is a part of what reads it.
    expect(Object.keys((await project.dbt('compile --select +big')).results)).not.toContain('steps')
    const shown = await project.dbt('show --select big --limit 1')
    expect(shown.output).toMatch(/Previewing node 'big':\n\| +id \| amount \|/)
    expect(shown.results.big?.compiled_code).toMatch(/limit 1\s*$/)
  })

  test('show prints all that was chosen where no name was typed', async () => {
    const project = new TempProject({ 'models/mart_a.sql': 'select 1 as a', 'models/mart_b.sql': 'select 2 as b' })
    const { output } = await project.dbt(['show', '--select', 'mart_*'])
    expect(output).toMatch(/Previewing node 'mart_a':[\s\S]*Previewing node 'mart_b':/)
  })

  test('write the ephemeral models that a node is made of too, each with those that it is made of', async () => {
    const ephemeral = (sql: string) => `{{ config(materialized='ephemeral') }} ${sql}`
    const project = new TempProject({
      'models/deepest.sql': "{{ config(materialized='ephemeral', alias='zero') }} select 1 as id",
      'models/sub/middle.sql': ephemeral("select * from {{ ref('deepest') }}"),
      'models/unread.sql': ephemeral('select 2 as id'),
      'models/reader.sql': "select * from {{ ref('middle') }} join {{ ref('deepest') }} using (id)",
    })
    expect((await project.dbt('run --select reader')).code).toBe(0)
    expect(project.read('target/compiled/shop/models/deepest.sql')).toBe(' select 1 as id')
    expect(project.read('target/compiled/shop/models/sub/middle.sql')).toMatch(
      /^ with __dbt__cte__zero as \(\n select 1 as id\n\)\s+select \* from __dbt__cte__zero$/,
    )
    const { nodes } = JSON.parse(project.read('target/manifest.json'))
    expect(nodes['model.shop.middle']).toMatchObject({
      compiled: true,
      compiled_path: 'target/compiled/shop/models/sub/middle.sql',
      extra_ctes_injected: true,
      extra_ctes: [{ id: 'model.shop.deepest', sql: ' __dbt__cte__zero as (\n select 1 as id\n)' }],
    })
    expect(nodes['model.shop.reader'].extra_ctes.map(({ id }: { id: string }) => id)).toEqual([
      'model.shop.deepest',
      'model.shop.middle',
    ])
    expect(nodes['model.shop.unread'].compiled_path ?? null).toBe(null)
  })

  test('render an ephemeral model once, for all that read it; one that fails fails for each of them', async () => {
    const ephemeral = (sql: string) => `{{ config(materialized='ephemeral') }} ${sql}`
    const project = new TempProject({
      'models/seen.sql': ephemeral("{{ log('RENDERED', info=true) if execute }} select 1 as id"),
      'models/over.sql': ephemeral("select * from {{ ref('seen') }}"),
      'models/a.sql': "select * from {{ ref('seen') }}",
      'models/b.sql': "select * from {{ ref('over') }}",
      'models/bad.sql': ephemeral("{{ exceptions.raise_compiler_error('no') if execute }}"),
      'models/x.sql': "select * from {{ ref('bad') }}",
      'models/y.sql': "select * from {{ ref('bad') }}",
    })
    for (const command of ['compile --select +a +b', 'run --select a b x y', 'show --select seen a b']) {
      const { output, results } = await project.dbt(command)
      expect(output.match(/RENDERED/g), command).toHaveLength(1)
      expect(results).toMatchObject({ a: { status: 'success' }, b: { status: 'success' } })
      if (command.startsWith('run'))
        for (const name of ['x', 'y'])
          expect(results[name]).toMatchObject({ status: 'error', message: expect.stringContaining(`model ${name} `) })
    }
  })

  test('versions of an ephemeral model stand side by side, in a model and in its unit test', async () => {
    const project = new TempProject({
      'models/v_v1.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
      'models/v_v2.sql': "{{ config(materialized='ephemeral') }} select 2 as id",
      'models/both.sql': "select * from {{ ref('v', v=1) }} union all select * from {{ ref('v', v=2) }}",
      'models/schema.yml': `
models: [{ name: v, versions: [{ v: 1 }, { v: 2 }] }]
unit_tests:
  - name: adds
    model: both
    given: [{ input: "ref('v', v=1)", rows: [{ id: 3 }] }, { input: "ref('v', v=2)", rows: [{ id: 4 }] }]
    expect: { rows: [{ id: 3 }, { id: 4 }] }
`,
    })
    expect(await project.dbt('build')).toMatchObject({ code: 0 })
  })

  test('show of a seed reads its file, and loads nothing', async () => {
    const project = new TempProject({ 'seeds/names.csv': 'id,name\n1,a\n2,b\n' })
    const { output } = await project.dbt('show --select names --limit 1')
    expect(output).toMatch(/\| 1 +\| a +\|/)
    expect(output).not.toMatch(/\| 2 +\| b +\|/)
  })
})

describe('SQL of the command line', () => {
  test('is shown with its numbers as they are; floats stay floats', async () => {
    const { output } = await new TempProject(models).dbt([
      'show',
      '--inline',
      'select 3.0 as price, {{ 1 + 1 }} as two',
      '--output',
      'json',
    ])
    expect(output).toContain('"price": 3.0,')
    expect(output).toContain('"two": 2')
  })

  test('goes to the warehouse as it is with --inline-direct', async () => {
    const sql = "select '{{ x }}' as text union all select 'b' order by 1 desc"
    const { code, output } = await new TempProject(models).dbt(['show', '--inline-direct', sql, '--limit', '1'])
    expect(code).toBe(0)
    expect(output).toContain('Previewing inline node')
    expect(output).toContain('| {{ x }} |')
    expect(output).not.toContain('| b')
  })

  test.each([
    ['describe orders', '| id          | INTEGER'],
    ["pragma table_info('orders')", '|   0 | id   | INTEGER |'],
    ['with a as (select 7 as x) select * from a;', '| 7 |'],
    ['select 8 as x; -- the last', '| 8 |'],
  ])('%s is shown, its first rows', async (sql, expected) => {
    const project = new TempProject(models)
    await project.dbt('run --select orders')
    const { code, output } = await project.dbt(['show', '--inline', sql, '--limit', '1'])
    expect(code).toBe(0)
    expect(output).toContain(expected)
    expect(output).not.toContain('amount')
  })

  test('that ends in a limit of its own, or is no SQL, is refused with what to do', async () => {
    const project = new TempProject(models)
    const limited = await project.dbt(['show', '--inline', 'select 1 as x limit 1'])
    expect(limited.code).toBe(2)
    expect(limited.output).toMatch(
      /at --inline, as it was sent:\d+\n[\s\S]*Hint: `show` puts `limit 5` behind the SQL\./,
    )
    expect((await project.dbt(['show', '--inline', 'select 1 as x limit 1', '--limit', '-1'])).output).toContain(
      '| 1 |',
    )
    const nothing = await project.dbt(['show', '--inline', '-- nothing', '--limit', '-1'])
    expect(nothing.code).toBe(2)
    expect(nothing.output).toContain('There is no SQL')
    expect((await project.dbt(['show', '--inline', ''])).output).toContain('Either --select or --inline must be passed')
  })

  test('that names what is not there is told apart from what the database refuses', async () => {
    const project = new TempProject(models)
    const wrong = await project.dbt(['compile', '--inline', "select * from {{ ref('nope') }}"])
    expect(wrong.code).toBe(2)
    expect(wrong.output).toContain('Error while parsing node: inline_query\nCompilation Error\n  There is no model')
    expect(wrong.output).toMatch(/Encountered an error:\nRuntime Error\n {2}Error parsing inline query$/)
    const refused = await project.dbt(['show', '--inline', 'slect 1'])
    expect(refused.output).not.toContain('Error parsing inline query')
  })
})

describe('run-operation', () => {
  test('--sql runs a statement with templates, and says how it ended', async () => {
    const project = new TempProject(models)
    const made = await project.dbt(['run-operation', '--sql', 'create table {{ target.schema }}.t as select 1 as id'])
    expect(made.code, made.output).toBe(0)
    expect(made.results.inline_query).toMatchObject({ unique_id: 'sql_operation.shop.inline_query', failures: 0 })
    expect(made.output).toMatch(/1 of 1 OK executed inline_query \.+ \[OK in /)
    expect(await project.rows('select * from t')).toEqual([{ id: 1 }])
    const failed = await project.dbt(['run-operation', '--sql', 'select nope'])
    expect(failed.code).toBe(1)
    expect(failed.output).toContain('1 of 1 ERROR executing inline_query')
    const both = await project.dbt(['run-operation', 'op', '--sql', 'select 1'])
    expect(both.output).toContain('Cannot specify both a macro name and --sql')
  })

  test('finds a macro of an installed package without its name', async () => {
    const project = new TempProject({
      'packages.yml': 'packages: [{ local: lib }]',
      'lib/dbt_project.yml': 'name: lib',
      'lib/macros/op.sql': '{% macro op() %}{{ log("from lib", info=true) }}{% endmacro %}',
    })
    await project.dbt('deps')
    const { output, results } = await project.dbt('run-operation op')
    expect(output).toContain('from lib')
    expect(results.op?.unique_id).toBe('macro.lib.op')
  })

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

describe('on_error: continue', () => {
  const parent = (sql: string) => `{{ config(materialized='table', on_error='continue') }}\n${sql}`

  test('lets what reads a model run on what was there before it failed', async () => {
    const project = new TempProject({
      'models/parent.sql': parent('select 1 as id'),
      'models/child.sql': "select * from {{ ref('parent') }}",
    })
    await project.dbt('run')
    project.write({ 'models/parent.sql': parent('select nonsense') })
    const { code, results } = await project.dbt('run')
    expect(code).toBe(1)
    expect(results.parent?.status).toBe('error')
    expect(results.child?.status).toBe('success')
    expect((await project.dbt('run --fail-fast')).results.child?.status).toBe('skipped')
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

test('compile --no-introspect refuses what asks the warehouse', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/b.sql': "{% if execute %}{% do run_query('select 1') %}{% endif %} select 2 as id",
  })
  expect((await project.dbt('compile --no-introspect --select a')).code).toBe(0)
  const { code, output } = await project.dbt('compile --no-introspect')
  expect(code).toBe(2)
  expect(output).toContain('connection never acquired for thread')
})

test('a hook that does not compile ends the command before anything runs', async () => {
  const project = new TempProject({
    'dbt_project.yml': `name: shop\nprofile: shop\non-run-start: "{{ run_query('select nonsense') }}"\n`,
    'models/a.sql': 'select 1 as id',
  })
  const { code, output, results } = await project.dbt('run')
  expect(code).toBe(2)
  expect(output).toMatch(/Encountered an error:[\s\S]*nonsense/)
  expect(results).toEqual({})
})

test('a text is no boolean, and messages about arguments name macros as dbt does', async () => {
  const project = new TempProject({
    'macros/m.sql': '{% macro some() %}1{% endmacro %}',
    'models/a.sql': "{{ config(enabled='false') }} select {{ some(wrong=1) }} as id",
  })
  expect((await project.dbt('parse')).output).toContain("macro 'dbt_macro__some' takes no keyword argument 'wrong'")
  project.write({ 'models/a.sql': "{{ config(enabled='false') }} select 1 as id" })
  const { code, output } = await project.dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain("at path ['enabled']: 'false' is not of type 'boolean'")
})

test('a query comment that would end itself ends the command', async () => {
  const project = new TempProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\nquery-comment: "{{ 1 }} */"\n',
    'models/a.sql': 'select 1 as id',
  })
  const { code, output } = await project.dbt('run')
  expect(code).toBe(2)
  expect(output).toContain('Runtime Error\n  query comment contains illegal value "*/": 1 */')
})

test('show writes down the limit that nobody gave', async () => {
  const project = new TempProject({ 'models/a.sql': 'select 1 as id' })
  await project.dbt('show --select a')
  expect(JSON.parse(project.read('target/run_results.json'))).toMatchObject({ args: { limit: 5 } })
})

test('the answer of a statement is loaded once, that of a materialization as often as wanted', async () => {
  const twice = (name: string) =>
    `{% call statement('${name}') %}select 1{% endcall %}{% do load_result('${name}') %}{% do load_result('${name}') %} select 1 as id`
  const project = new TempProject({ 'models/a.sql': twice('mine'), 'models/b.sql': twice('main') })
  const { results } = await project.dbt('run')
  expect(results.a?.message).toContain("The 'statement' result named 'mine' has already been loaded into a variable")
  expect(results.b?.status).toBe('success')
})
