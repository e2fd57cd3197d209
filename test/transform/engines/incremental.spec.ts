import { describe, expect, it } from 'vitest'
import { describeEngines, type MakeProject } from './engines.js'

/** A model that gives other rows the second time. */
const growing = (config: string, first: string, second: string) =>
  `{{ config(materialized='incremental'${config}) }}
   {% if is_incremental() %} ${second} {% else %} ${first} {% endif %}`
const before = "select 1 as id, 'old' as word, 10 as amount union all select 2, 'old', 20"
const after = "select 2 as id, 'new' as word, 21 as amount union all select 3, 'new', 30"

describeEngines('incremental models', (makeProject, engine) => {
  it.each([
    ['append, without a key', '', [1, 2, 2, 3], ['old', 'old', 'new', 'new']],
    ['delete+insert, with a key', ", unique_key='id'", [1, 2, 3], ['old', 'new', 'new']],
    ['delete+insert by several columns', ", unique_key=['id', 'word']", [1, 2, 2, 3], ['old', 'old', 'new', 'new']],
    ['append, though there is a key', ", unique_key='id', incremental_strategy='append'", [1, 2, 2, 3], undefined],
    ['merge', ", unique_key='id', incremental_strategy='merge'", [1, 2, 3], ['old', 'new', 'new']],
    [
      'delete+insert with predicates',
      ", unique_key='id', incremental_strategy='delete+insert', incremental_predicates=['id > 2']",
      [1, 2, 2, 3],
      undefined,
    ],
  ] as const)('%s', async (_, config, ids, words) => {
    const project = await makeProject({ 'models/m.sql': growing(config, before, after) })
    for (let i = 0; i < 2; i++) {
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
    }
    const rows = await project.rows('select id, word from main.m order by id, word desc')
    expect(rows.map(({ id }) => id)).toEqual(ids)
    if (words) expect(rows.map(({ word }) => word)).toEqual(words)

    expect((await project.dbt('run --full-refresh')).code).toBe(0)
    expect(await project.rows('select id from main.m order by id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  /** What a table of keys and words has after each run; a null is no key that finds a row. */
  const afterRuns = async (makeProject: MakeProject, config: string, rows: readonly [string, string]) => {
    const project = await makeProject({ 'models/m.sql': growing(`, ${config}`, ...rows) })
    for (let i = 0; i < 2; i++) {
      const { code, output } = await project.dbt('run')
      expect(code, output).toBe(0)
    }
    const found = await project.rows('select a, b, word from main.m order by a, b, word desc')
    return found.map(({ a, b, word }) => `${a} ${b} ${word}`)
  }
  const pairs = [
    "select 1 as a, 2 as b, 'old' as word union all select 1, 3, 'old' union all select 2, 2, 'old'",
    "select 1 as a, 2 as b, 'new' as word",
  ] as const
  const nulls = [
    "select 1 as a, cast(null as integer) as b, 'old' as word",
    "select 1 as a, cast(null as integer) as b, 'new' as word",
  ] as const
  const both = ['1 null old', '1 null new']

  it.each([
    [`unique_key="a || '-' || b"`],
    ["unique_key='a, b'"],
    ["unique_key=['a', 'b']"],
    ["unique_key=['a', 'b'], incremental_strategy='merge'"],
  ])('a row that agrees in one part of the key only stays: %s', async (config) => {
    expect(await afterRuns(makeProject, config, pairs)).toEqual(['1 2 new', '1 3 old', '2 2 old'])
  })

  it.each([
    ["unique_key='b'", both],
    ["unique_key=['a', 'b']", both],
    ["unique_key='b', incremental_strategy='merge'", both],
    ["unique_key=['a', 'b'], incremental_strategy='merge'", both],
    // DuckDB makes one value of `(a, b)`, and compares what is in it.
    ["unique_key='a, b'", engine === 'duckdb' ? ['1 null new'] : both],
  ])('nulls in a key: %s', async (config, expected) => {
    expect((await afterRuns(makeProject, config, nulls)).sort()).toEqual([...expected].sort())
  })

  it('a key that a function makes', async () => {
    const rows = [
      "select 'A' as a, 1 as b, 'old' as word union all select 'b', 2, 'old'",
      "select 'a' as a, 3 as b, 'new' as word",
    ] as const
    expect((await afterRuns(makeProject, "unique_key='lower(a)'", rows)).sort()).toEqual(['a 3 new', 'b 2 old'])
  })

  it.each([
    ["unique_key='lower(k)', incremental_strategy='merge'", 'strategy merge'] as const,
    ...(engine === 'duckdb' ? [["unique_key=['lower(k)']", 'strategy delete+insert'] as const] : []),
  ])('an expression that only columns can stand for is named with its model: %s', async (config, strategy) => {
    const project = await makeProject({
      'models/m.sql': growing(`, ${config}`, "select 'A' as k, 1 as n", "select 'a' as k, 2 as n"),
    })
    expect((await project.dbt('run')).code).toBe(0)
    const { code, output, results } = await project.dbt('run')
    expect(code).toBe(1)
    expect(output).toContain(`unique_key must name columns for ${strategy}`)
    expect(results.m?.message).toMatch(/^\w+ Error in model m \(models\/m\.sql\)/)
    expect(await project.rows('select n from main.m')).toEqual([{ n: 1 }])
  })

  it.each([
    ["merge_update_columns=['amount']", { word: 'old', amount: 21 }],
    ["merge_exclude_columns=['amount']", { word: 'new', amount: 20 }],
  ])('merge with %s changes just these columns', async (option, row) => {
    const config = `, unique_key='id', incremental_strategy='merge', ${option}`
    const project = await makeProject({ 'models/m.sql': growing(config, before, after) })
    await project.dbt('run')
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(await project.rows('select word, amount from main.m where id = 2')).toEqual([row])
  })

  it('refuses a strategy that nobody knows: on DuckDB where it is needed, which is not in the first run', async () => {
    const project = await makeProject({
      'models/m.sql': growing(", incremental_strategy='magic'", before, after),
      'models/n.sql': growing(", incremental_strategy='insert_overwrite'", before, after),
    })
    const first = await project.dbt('run')
    expect(first.code, first.output).toBe(engine === 'duckdb' ? 0 : 1)
    const { results } = engine === 'duckdb' ? await project.dbt('run') : first
    expect(results.m?.message).toContain('"get_incremental_magic_sql"')
    expect(results.n?.message).toContain("'insert_overwrite' is not valid for this adapter")
  })

  it("uses a strategy of the project's own", async () => {
    const project = await makeProject({
      'models/m.sql': growing(", incremental_strategy='replace_all'", before, after),
      'macros/strategy.sql': `{% macro get_incremental_replace_all_sql(arg_dict) %}
        delete from {{ arg_dict.target_relation }} where true;
        insert into {{ arg_dict.target_relation }} select * from {{ arg_dict.temp_relation }}
      {% endmacro %}`,
    })
    await project.dbt('run')
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(await project.rows('select id from main.m order by id')).toEqual([{ id: 2 }, { id: 3 }])
  })

  describe('a query whose columns changed', () => {
    const first = "select 1 as id, 'x' as gone"
    const second = "select 2 as id, 'y' as extra"
    const run = async (onSchemaChange: string, change = second) => {
      const config = `, unique_key='id', on_schema_change='${onSchemaChange}'`
      const project = await makeProject({ 'models/m.sql': growing(config, first, change) })
      expect((await project.dbt('run')).code).toBe(0)
      return { project, outcome: await project.dbt('run') }
    }

    it('fails where it is asked to, and leaves the table as it was', async () => {
      const { project, outcome } = await run('fail')
      expect(outcome.results.m?.message).toMatch(/out of sync.*extra.*gone/s)
      expect(await project.rows('select * from main.m')).toEqual([{ id: 1, gone: 'x' }])
    })

    it('append_new_columns adds what is new', async () => {
      const { project, outcome } = await run('append_new_columns')
      expect(outcome.code, outcome.output).toBe(0)
      expect(await project.rows('select * from main.m order by id')).toEqual([
        { id: 1, gone: 'x', extra: null },
        { id: 2, gone: null, extra: 'y' },
      ])
    })

    it('sync_all_columns also drops what is gone, and changes types', async () => {
      const { project, outcome } = await run('sync_all_columns', "select 'two' as id, 'y' as extra")
      expect(outcome.code, outcome.output).toBe(0)
      expect(await project.rows('select * from main.m order by id')).toEqual([
        { id: '1', extra: null },
        { id: 'two', extra: 'y' },
      ])
    })

    it('ignore takes the columns of the table', async () => {
      const { project, outcome } = await run('ignore', "select 2 as id, 'z' as gone, 'y' as extra")
      expect(outcome.code, outcome.output).toBe(0)
      expect(await project.rows('select * from main.m order by id')).toEqual([
        { id: 1, gone: 'x' },
        { id: 2, gone: 'z' },
      ])
    })
  })
})
