import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

test('a macro that asks the warehouse and calls itself without end fails its node, and nothing hangs', async () => {
  const project = new TempProject({
    'macros/again.sql': `{% macro again() %}{% do run_query('select 1') %}{{ again() }}{% endmacro %}`,
    'models/a.sql': '{% if execute %}{{ again() }}{% endif %} select 1 as x',
  })
  const { code, results } = await project.dbt('run')
  expect(code).toBe(1)
  expect(results.a?.message).toContain('A macro calls itself without end.')
})
