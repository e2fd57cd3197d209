import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const incremental = (strategy: string) =>
  `{{ config(\n  materialized='incremental',\n  incremental_strategy='${strategy}') }}\nselect 1 as id`

test.each([
  ['megre', "Did you mean 'merge'?", 'macro with the name "get_incremental_megre_sql"'],
  ['insert_overwrite', 'Use append,', "'insert_overwrite' is not valid for this adapter"],
])(
  'a strategy that is not there (%s) is told while parsing, and only fails where rows are added',
  async (strategy, hint, message) => {
    const project = new TempProject({ 'models/a.sql': incremental(strategy) })
    const first = await project.dbt('run')
    expect(first.code, first.output).toBe(0)
    expect(first.output).toContain(
      `models/a.sql:3: The model a cannot be added to: its incremental strategy '${strategy}' is not there. ${hint}`,
    )
    expect((await project.dbt('run --full-refresh')).code).toBe(0)
    const second = await project.dbt('run')
    expect(second.code).toBe(1)
    expect(second.results.a?.message).toContain(message)
    expect(await project.rows('from a')).toEqual([{ id: 1 }])
  },
)

test('a strategy in a properties file is shown there', async () => {
  const { output } = await new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/a.yml':
      'models:\n  - name: a\n    config:\n      materialized: incremental\n      incremental_strategy: apend\n',
  }).dbt('parse')
  expect(output).toMatch(/models\/a\.yml:5:\d+: The model a .* Did you mean 'append'\?/)
})

test('nothing is said of a strategy that the project has, nor where it has materializations of its own, nor of other models', async () => {
  const own = '{% macro get_incremental_keep_sql(args) %}insert into {{ args.target_relation }} select 2{% endmacro %}'
  const project = new TempProject({
    'macros/keep.sql': own,
    'models/a.sql': incremental('keep'),
    'models/b.sql': incremental('megre').replace("'incremental'", "'table'"),
  })
  const { code, output } = await project.dbt('run')
  expect(code, output).toBe(0)
  expect(output).not.toContain('WARNING')
  expect((await project.dbt('run')).code).toBe(0)
  expect(await project.rows('from a order by id')).toEqual([{ id: 1 }, { id: 2 }])
  const replaced = new TempProject({
    'macros/m.sql': '{% materialization incremental, default %}{{ return({"relations": []}) }}{% endmaterialization %}',
    'models/a.sql': incremental('megre'),
  })
  expect((await replaced.dbt('parse')).output).not.toContain('WARNING')
})
