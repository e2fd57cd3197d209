import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const sql = { 'models/a.sql': 'select 1 as id, 2 as extra' }

describe('a contract that fails is shown where it says so', () => {
  const entry = (columns: string) =>
    `models:\n  - name: other\n  - name: a\n    config: { contract: { enforced: true } }\n    columns:\n${columns}`
  test.each([
    [
      'of another type',
      '      - { name: extra, data_type: integer }\n      - { name: ID, data_type: varchar }\n',
      'models/a.yml:7',
    ],
    [
      'not in the query',
      '      - { name: id, data_type: integer }\n      - { name: absent, data_type: integer }\n',
      'models/a.yml:7',
    ],
    ['not in the contract', '      - { name: id, data_type: integer }\n', 'models/a.yml:6'],
  ])('a column %s', async (_, columns, place) => {
    const { code, output } = await new TempProject({ ...sql, 'models/a.yml': entry(columns) }).dbt('run')
    expect(code, output).toBe(1)
    expect(output).toContain('This model has an enforced contract that failed.')
    expect(output).toContain(`at ${place}`)
  })

  test('the column of a version', async () => {
    const { output } = await new TempProject({
      'models/a_v2.sql': 'select 1 as id',
      'models/a.yml':
        'models:\n  - name: a\n    config: { contract: { enforced: true } }\n    columns: [{ name: id, data_type: integer }]\n    versions:\n      - v: 2\n        columns:\n          - name: id\n            data_type: varchar\n',
    }).dbt('run')
    expect(output).toContain('at models/a.yml:8')
  })
})

describe('a snapshot strategy that is not there is told while parsing, and again where it fails', () => {
  const block = (config: string) =>
    `{% snapshot s %}\n{{ config(\n  unique_key='id',${config} check_cols='all') }}\nselect 1 as id\n{% endsnapshot %}`
  test.each([
    ['in its file', { 'snapshots/s.sql': block("\n  strategy='chek',") }, 'snapshots/s.sql:4'],
    [
      'in a properties file',
      {
        ...sql,
        'snapshots/s.yml':
          "snapshots:\n  - name: s\n    relation: ref('a')\n    config:\n      unique_key: id\n      strategy: chek\n      check_cols: all\n",
      },
      'snapshots/s.yml:6:17',
    ],
    [
      'in dbt_project.yml',
      {
        'dbt_project.yml': 'name: shop\nprofile: shop\nsnapshots:\n  shop:\n    +strategy: chek\n',
        'snapshots/s.sql': block(''),
      },
      'dbt_project.yml:5:16',
    ],
  ])('%s', async (_, files, place) => {
    const { code, output } = await new TempProject(files).dbt('build')
    expect(code, output).toBe(1)
    expect(output).toMatch(new RegExp(`WARNING.*${place}: There is no snapshot strategy 'chek'.*Did you mean 'check'`))
    expect(output).toContain('Use timestamp or check, or write a macro snapshot_chek_strategy.')
    expect(output).toContain(`\n  at ${place}`)
  })

  test('nothing is said of one that the project has', async () => {
    const { output } = await new TempProject({
      'macros/s.sql': '{% macro snapshot_chek_strategy(a, b, c, d, e) %}{% endmacro %}',
      'snapshots/s.sql': block("strategy='chek',"),
      'snapshots/t.sql': block("strategy='shop.chek',").replace('snapshot s', 'snapshot t'),
    }).dbt('parse')
    expect(output).not.toContain('WARNING')
  })
})

test('an incremental strategy fails where it is written', async () => {
  const project = new TempProject({
    ...sql,
    'models/a.yml':
      'models:\n  - name: a\n    config:\n      materialized: incremental\n      incremental_strategy: megre\n',
  })
  await project.dbt('run')
  expect((await project.dbt('run')).output).toContain('\n  at models/a.yml:5')
})
