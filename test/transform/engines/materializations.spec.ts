import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

const kinds = (engine: string) =>
  engine === 'postgres'
    ? "select table_name as name, table_type as kind from information_schema.tables where table_schema = 'main' union all select matviewname, 'MATERIALIZED VIEW' from pg_matviews order by 1"
    : 'select table_name as name, table_type as kind from information_schema.tables order by 1'

describeEngines('materializations', (makeProject, engine) => {
  it('a model may become a view, a table, and a view again', async () => {
    const project = await makeProject({})
    for (const [materialized, kind] of [
      ['view', 'VIEW'],
      ['table', 'BASE TABLE'],
      ['incremental', 'BASE TABLE'],
      ['view', 'VIEW'],
    ]) {
      project.write({ 'models/m.sql': `{{ config(materialized='${materialized}') }} select 1 as a` })
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
      expect(await project.rows(kinds(engine))).toEqual([{ name: 'm', kind }])
    }
  })

  it('ephemeral models are part of what refers to them', async () => {
    const project = await makeProject({
      'models/inner.sql': "{{ config(materialized='ephemeral') }} select 1 as a",
      'models/outer.sql': "with own as (select 2 as a) select * from {{ ref('inner') }} union all select * from own",
    })
    expect((await project.dbt('run')).code).toBe(0)
    expect(await project.rows('select a from main.outer order by 1')).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('a custom schema is made, and `quoting` decides how names are written', async () => {
    const project = await makeProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\nquoting: { identifier: false }\n',
      'models/Upper.sql': "{{ config(schema='other', materialized='table') }} select '{{ this }}' as name",
    })
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    const [row] = await project.rows('select name from main_other.upper')
    expect(row?.name).toMatch(/"main_other"\.Upper$/)
    expect((await project.dbt('run')).output).toContain('PASS=1')
  })

  it('a table whose name differs by case is not taken for the model’s where the engine tells them apart', async () => {
    const project = await makeProject({ 'models/orders.sql': "{{ config(materialized='table') }} select 1 as a" })
    await project.rows('create schema if not exists main; create table main."Orders" as select 42 as precious')
    const { code, results } = await project.dbt('run')
    if (engine === 'duckdb') {
      expect(code).toBe(0)
      return
    }
    expect(results.orders?.status).toBe('error')
    expect(results.orders?.message).toMatch(/dbt found an approximate match[\s\S]*Found: "\w+"\."main"\."Orders"/)
    expect(await project.rows('select precious from main."Orders"')).toEqual([{ precious: 42 }])
  })

  it('a name may hold a quote', async () => {
    const project = await makeProject({
      'models/m.sql': `{{ config(materialized='incremental', alias="o'clock", on_schema_change='append_new_columns'${engine === 'postgres' ? ", indexes=[{'columns': ['a']}]" : ''}) }} select 1 as a`,
    })
    for (const command of ['run', 'run', 'docs generate']) {
      const { code, output } = await project.dbt(command)
      expect(code, output).toBe(0)
    }
    expect(await project.rows('select count(*) as n from main."o\'clock"')).toEqual([{ n: 2 }])
    expect(project.read('target/catalog.json')).toContain(`"name":"o'clock"`)
  })

  it('hooks run before and after, in the transaction of the model or outside of it', async () => {
    const project = await makeProject({
      'dbt_project.yml': `name: shop
profile: shop
on-run-start: ["create schema if not exists main", "create table if not exists main.log (what varchar)"]
on-run-end: "insert into main.log values ('end of {{ results | length }}')"
`,
      'models/m.sql': `{{ config(
        pre_hook=["insert into main.log values ('before')", before_begin("insert into main.log values ('first')")],
        post_hook=["insert into main.log select 'after ' || a from {{ this }}", after_commit("insert into main.log values ('last')")]
      ) }} select 7 as a`,
      'models/fails.sql': `{{ config(pre_hook="insert into main.log values ('gone')") }} select nothing_like_that as a`,
    })
    const { code } = await project.dbt('run --threads 1')
    expect(code).toBe(1)
    const rows = await project.rows("select what from main.log where what <> 'gone'")
    expect(rows.map(({ what }) => what)).toEqual(['first', 'before', 'after 7', 'last', 'end of 2'])
    // What a failed model's hook wrote is rolled back with the model.
    expect(await project.rows("select * from main.log where what = 'gone'")).toEqual([])
  })

  it('contracts hold columns, types and constraints', async () => {
    const project = await makeProject({
      'models/parent.sql': "{{ config(materialized='table') }} select 1 as id union all select -1",
      'models/child.sql': "{{ config(materialized='table') }} select 'x' as name, 1 as id",
      'models/schema.yml': `
models:
  - name: parent
    config: { contract: { enforced: true } }
    columns: [{ name: id, data_type: int, constraints: [{ type: primary_key }] }]
  - name: child
    config: { contract: { enforced: true } }
    constraints: [{ type: check, expression: "id > 0", name: positive }]
    columns:
      - { name: id, data_type: int, constraints: [{ type: not_null }, { type: foreign_key, to: "ref('parent')", to_columns: [id] }] }
      - { name: name, data_type: text }`,
    })
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(await project.rows('select * from main.child')).toEqual([{ id: 1, name: 'x' }])

    project.write({ 'models/child.sql': "{{ config(materialized='table') }} select 'x' as name, -1 as id" })
    // DuckDB lets nobody drop a table that others lead to.
    const broken = await project.dbt('run --select child')
    expect(broken.results.child?.message).toMatch(/positive|CHECK constraint/i)
    // The table of before is still there.
    expect(await project.rows('select * from main.child')).toEqual([{ id: 1, name: 'x' }])

    project.write({ 'models/child.sql': "{{ config(materialized='table') }} select 'x' as name, 'y' as id" })
    expect((await project.dbt('run --select child')).results.child?.message).toMatch(
      /enforced contract.*data type mismatch/s,
    )
  })

  it('indexes are made on tables, and made again with them', async () => {
    const project = await makeProject({
      'models/m.sql': `{{ config(materialized='table', indexes=[{'columns': ['a']}, {'columns': ['a', 'b'], 'unique': true}]) }}
        select 1 as a, 2 as b`,
    })
    const count =
      engine === 'postgres'
        ? "select count(*) as n from pg_indexes where schemaname = 'main' and tablename = 'm'"
        : "select count(*) as n from duckdb_indexes() where table_name = 'm'"
    for (let i = 0; i < 2; i++) {
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
      expect(await project.rows(count)).toEqual([{ n: 2 }])
    }
  })

  it('descriptions become comments', async () => {
    const project = await makeProject({
      'models/m.sql':
        "{{ config(materialized='table', persist_docs={'relation': true, 'columns': true}) }} select 1 as a",
      'models/schema.yml': `
models:
  - name: m
    description: "It's $1 \\"quoted\\""
    columns: [{ name: a, description: the only one }, { name: missing, description: not there }]`,
    })
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(output).toContain('missing')
    const query =
      engine === 'postgres'
        ? "select obj_description('main.m'::regclass) as of_table, col_description('main.m'::regclass, 1) as of_column"
        : 'select t.comment as of_table, c.comment as of_column from duckdb_tables() as t join duckdb_columns() as c using (table_name)'
    expect(await project.rows(query)).toEqual([{ of_table: 'It\'s $1 "quoted"', of_column: 'the only one' }])
  })

  it('failing rows of a test are kept where it is asked, at most as many as its limit', async () => {
    const project = await makeProject({
      'models/m.sql': 'select 1 as a union all select 1 union all select 2 union all select 2',
      'models/schema.yml': `
models:
  - name: m
    columns:
      - name: a
        data_tests:
          - unique: { config: { store_failures: true, limit: 1, alias: doubles } }
          - accepted_values: { arguments: { values: [7] }, config: { store_failures_as: view, alias: others } }`,
    })
    const { code } = await project.dbt('build')
    expect(code).toBe(1)
    expect(await project.rows('select count(*) as n from main_dbt_test__audit.doubles')).toEqual([{ n: 1 }])
    expect(await project.rows('select count(*) as n from main_dbt_test__audit.others')).toEqual([{ n: 2 }])
  })

  it.runIf(engine === 'postgres')('grants are given, and taken back when they are no longer wanted', async () => {
    const project = await makeProject({
      'models/m.sql':
        "{{ config(materialized='incremental', grants={'select': ['grant_a', 'grant_b']}) }} select 1 as a",
    })
    await project.rows(
      "do $$ begin if not exists (select from pg_roles where rolname = 'grant_a') then create role grant_a; create role grant_b; end if; end $$",
    )
    const granted = `select distinct grantee from information_schema.role_table_grants
      where table_name = 'm' and grantee like 'grant_%' order by 1`
    expect((await project.dbt('run')).code).toBe(0)
    expect(await project.rows(granted)).toEqual([{ grantee: 'grant_a' }, { grantee: 'grant_b' }])
    project.write({
      'models/m.sql': "{{ config(materialized='incremental', grants={'select': ['grant_b']}) }} select 1 as a",
    })
    expect((await project.dbt('run')).code).toBe(0)
    expect(await project.rows(granted)).toEqual([{ grantee: 'grant_b' }])
  })

  it.runIf(engine === 'postgres')('materialized views are made, refreshed, changed and replaced', async () => {
    const model = (config: string) =>
      `{{ config(materialized='materialized_view'${config}) }} select id from {{ ref('numbers') }}`
    const project = await makeProject({ 'seeds/numbers.csv': 'id\n1\n', 'models/mv.sql': model('') })
    expect((await project.dbt('build')).code).toBe(0)
    await project.rows('insert into main.numbers values (2)')
    expect((await project.dbt('run')).code).toBe(0)
    expect(await project.rows('select count(*) as n from main.mv')).toEqual([{ n: 2 }])

    const indexes = "select indexdef from pg_indexes where tablename = 'mv'"
    project.write({ 'models/mv.sql': model(", indexes=[{'columns': ['id'], 'type': 'hash'}]") })
    expect((await project.dbt('run')).code).toBe(0)
    expect(String((await project.rows(indexes))[0]?.indexdef)).toContain('USING hash (id)')

    project.write({ 'models/mv.sql': model(", indexes=[], on_configuration_change='fail'") })
    expect((await project.dbt('run')).results.mv?.message).toContain('on_configuration_change')
    project.write({ 'models/mv.sql': model(", indexes=[], on_configuration_change='continue'") })
    expect((await project.dbt('run')).code).toBe(0)
    expect(await project.rows(indexes)).toHaveLength(1)

    project.write({ 'models/mv.sql': "{{ config(materialized='table') }} select 1 as id" })
    expect((await project.dbt('run')).code).toBe(0)
    project.write({ 'models/mv.sql': model('') })
    expect((await project.dbt('run')).code).toBe(0)
    expect((await project.rows(kinds(engine))).map(({ kind }) => kind)).toEqual(['MATERIALIZED VIEW', 'BASE TABLE'])
  })

  it.runIf(engine === 'postgres')('names are cut so that neighbours of a long one differ', async () => {
    const name = 'n'.repeat(63)
    const project = await makeProject({
      [`models/${name}.sql`]: "{{ config(materialized='table') }} select 1 as a",
      [`models/${name}x.sql`]: "{{ config(materialized='table') }} select 1 as a",
    })
    for (let i = 0; i < 2; i++) {
      const { results } = await project.dbt('run')
      expect(results[name]?.status).toBe('success')
      expect(results[`${name}x`]?.message).toContain('is longer than 63 characters')
    }
  })

  it.runIf(engine === 'postgres')('a database that the connection does not see is refused', async () => {
    const project = await makeProject({ 'models/m.sql': "{{ config(database='elsewhere') }} select 1 as a" })
    expect((await project.dbt('run')).output).toContain('Cross-db references not allowed in postgres')
  })
})

describeEngines('the latest version of a model', (makeProject) => {
  const files = {
    'models/m_v1.sql': 'select 1 as id',
    'models/m_v2.sql': 'select 2 as id',
  }
  const schema = (config: string) =>
    `models:\n  - name: m\n    config: { materialized: table${config} }\n    latest_version: 2\n    versions: [{ v: 1 }, { v: 2 }]\n`
  const made = async (config: string, flags = '') => {
    const project = await makeProject({
      ...files,
      'models/m.yml': schema(config),
      'dbt_project.yml': `name: shop\nprofile: shop\n${flags}`,
    })
    // The second time it is there already.
    for (const _ of [1, 2]) {
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
    }
    return project
  }

  it('is shown by a view without a version in its name, where its config or a flag asks for that', async () => {
    const asked = await made(', latest_version_pointer: { enabled: true }')
    expect(await asked.rows('select id from main.m')).toEqual([{ id: 2 }])
    const named = await made(', latest_version_pointer: { enabled: true, alias: newest }')
    expect(await named.rows('select id from main.newest')).toEqual([{ id: 2 }])
    const all = await made('', 'flags: { latest_version_pointer_enabled_by_default: true }\n')
    expect(await all.rows('select id from main.m')).toEqual([{ id: 2 }])
    const none = await made(
      ', latest_version_pointer: false',
      'flags: { latest_version_pointer_enabled_by_default: true }\n',
    )
    expect(await none.rows("select 1 from information_schema.tables where table_name = 'm'")).toEqual([])
  })

  it('fails where the view would have the name of the model itself', async () => {
    const project = await makeProject({
      ...files,
      'models/m.yml': schema(', latest_version_pointer: { enabled: true, alias: m_v2 }'),
    })
    const { code, output } = await project.dbt('run')
    expect(code).toBe(1)
    expect(output).toContain("the latest version of 'm' is already aliased to 'm_v2'")
  })
})
