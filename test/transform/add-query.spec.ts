import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

test('adapter.add_query hands its bindings to the statement', async () => {
  const project = new TempProject({
    'macros/fill.sql': `
{% macro fill() %}
  {% do adapter.add_query('create table filled (a integer, b varchar, c boolean)', auto_begin=false) %}
  {% do adapter.add_query('insert into filled values (?, ?, ?), (?, ?, ?)', bindings=[1, "it's", true, none, 'x', false], auto_begin=false) %}
{% endmacro %}`,
  })
  const { code, output } = await project.dbt('run-operation fill')
  expect(code, output).toBe(0)
  expect(await project.rows('select * from filled')).toEqual([
    { a: 1, b: "it's", c: true },
    { a: null, b: 'x', c: false },
  ])
})
