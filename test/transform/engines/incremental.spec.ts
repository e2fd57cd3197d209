import { describe, expect, it } from 'vitest'
import { describeEngines } from './engines.js'

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
