import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const kind = "{{ var('kind', 'view') }}"

test.each([
  ['config() in the file', { 'models/a.sql': "{{ config(materialized=var('kind', 'view')) }} select 1 as id" }],
  [
    'a properties file',
    {
      'models/a.sql': 'select 1 as id',
      'models/s.yml': `models:\n  - name: a\n    config: { materialized: "${kind}", schema: "${kind}" }\n`,
    },
  ],
  [
    'dbt_project.yml',
    {
      'models/a.sql': 'select 1 as id',
      'dbt_project.yml': `name: shop\nprofile: shop\nmodels:\n  shop:\n    +materialized: "${kind}"\n`,
    },
  ],
])('another value of a template in %s is no modification', async (_, files) => {
  const project = new TempProject(files)
  await project.dbt('parse')
  cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
  const listed = ['ls', '--select', 'state:modified', '--state', 'former', '--output', 'name']
  const other = ['--vars', '{kind: table}']
  expect((await project.dbt([...listed, ...other])).output).toContain('No nodes selected')
  expect((await project.dbt(['ls', ...other, '--output', 'json', '--output-keys', 'config'])).output).toContain(
    '"materialized": "table"',
  )
  project.write({ 'models/a.sql': "{{ config(materialized=var('other', 'view')) }} select 1 as id" })
  expect((await project.dbt([...listed, ...other])).output.split('\n').at(-1)).toBe('a')
})

test('a function whose arguments changed is modified', async () => {
  const project = new TempProject({ 'functions/half.sql': 'x / 2' })
  const typed = (type: string) => ({
    'functions/half.yml': `functions: [{ name: half, arguments: [{ name: x, data_type: ${type} }], returns: { data_type: int } }]\n`,
  })
  project.write(typed('int'))
  await project.dbt('parse')
  cpSync(join(project.dir, 'target'), join(project.dir, 'former'), { recursive: true })
  const list = 'ls --select state:modified --state former --output name'
  expect((await project.dbt(list)).output).toContain('No nodes selected')
  project.write(typed('bigint'))
  expect((await project.dbt(list)).output.split('\n').at(-1)).toBe('half')
})
