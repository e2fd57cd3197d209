import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

test('what reads a source waits for the seed that loads its table', async () => {
  const project = new TempProject({
    'seeds/raw_orders.csv': 'id,amount\n1,10\n2,20\n',
    'models/sources.yml':
      'sources:\n  - name: raw\n    schema: main\n    tables:\n      - name: raw_orders\n        columns: [{ name: id, data_tests: [unique] }]\n',
    'models/a_first.sql': "select * from {{ source('raw', 'raw_orders') }}",
  })
  const { code, results } = await project.dbt('build --threads 2')
  expect(code).toBe(0)
  expect(Object.keys(results)[0]).toBe('raw_orders')
})

test('a test with `where` may join what it reads', async () => {
  const project = new TempProject({
    'models/parents.sql': 'select 1 as id',
    'models/children.sql': 'select 1 as id, 1 as parent_id union all select 2, 7',
    'models/schema.yml': `
models:
  - name: children
    columns:
      - name: parent_id
        data_tests:
          - relationships: { arguments: { to: ref('parents'), field: id }, config: { where: 'id < 2' } }
`,
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
})

test('a test that passes has no failures, whatever its query counts', async () => {
  const project = new TempProject({
    'tests/few.sql': "{{ config(error_if='> 5', warn_if='> 5') }}\nselect 1 union all select 2",
  })
  const { results } = await project.dbt('test')
  expect(results.few).toMatchObject({ status: 'pass', failures: 0 })
})

test('what reads an ephemeral model that fails did not run: it is skipped, and says for what', async () => {
  const project = new TempProject({
    'models/inner.sql':
      "{{ config(materialized='ephemeral') }}\nselect {{ exceptions.raise_compiler_error('no') if execute }}",
    'models/outer.sql': "select * from {{ ref('inner') }}",
    'models/last.sql': "select * from {{ ref('outer') }}",
  })
  const { code, output, results } = await project.dbt('run')
  expect(code).toBe(1)
  expect(Object.keys(results).sort()).toEqual(['last', 'outer'])
  expect(results.outer).toMatchObject({
    status: 'skipped',
    message: expect.stringContaining('caused by compilation error in referenced ephemeral model model.shop.inner'),
  })
  expect(results.last?.status).toBe('skipped')
  expect(output).toContain("SKIP relation main.outer due to ephemeral model status 'error'")
  expect(output).toMatch(/Completed with 1 error[\s\S]*at models\/inner\.sql:2/)
  // On its own it fails itself: what it reads was not asked for.
  expect((await project.dbt('run --select outer')).results.outer?.status).toBe('error')
})

test('a test against what is not there is left out: with a warning, or in silence when that is disabled', async () => {
  const against = (name: string) => `{ name: to_${name}, arguments: { to: ref('${name}'), field: id } }`
  const project = new TempProject({
    'models/orders.sql': 'select 1 as id',
    'models/off.sql': '{{ config(enabled=false) }} select 1 as id',
    'models/schema.yml': `models:\n  - name: orders\n    columns:\n      - name: id\n        data_tests: [{ relationships: ${against('off')} }, { relationships: ${against('nope')} }, unique]\n`,
  })
  const { code, output, results } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect(Object.keys(results)).toEqual(['orders', expect.stringMatching(/^unique_orders_id/)])
  expect(output).toContain("depends on a node named 'nope' which was not found")
  expect(output).not.toContain("named 'off'")
  // It comes back with what it tests against.
  project.write({ 'models/off.sql': 'select 1 as id' })
  expect((await project.dbt('build')).output).toContain('PASS to_off')
})
