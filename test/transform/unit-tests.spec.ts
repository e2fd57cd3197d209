import { describe, expect, it } from 'vitest'
import { TempProject } from './support/temp-project.js'

const files = {
  'seeds/rates.csv': 'id,rate\n1,5\n2,\n',
  'models/orders.sql': "select 1 as id, date '2024-01-01' as day",
  'models/priced.sql': `select o.id, o.day, r.rate, {{ dbt.string_literal(invocation_id) }} as made_by
    from {{ ref('orders') }} as o join {{ ref('rates') }} as r on r.id = o.id`,
}
const unitTest = (given: string, expected: string, more = '') => `unit_tests:
  - name: t
    model: priced
    given:
      - input: ref('orders')
        ${given}
      - input: ref('rates')
    expect: { ${expected} }
${more}`

describe('rows of a unit test', () => {
  it('are those of the seed where an input says none, and of a fixture in any folder below fixtures', async () => {
    const project = new TempProject({
      ...files,
      'tests/fixtures/deep/some_orders.csv': 'id\n2\n1\n',
      'models/unit.yml': unitTest(
        'format: csv\n        fixture: some_orders',
        'rows: [{ id: 1, rate: 5 }, { id: 2, rate: null }]',
      ),
    })
    const { code, output } = await project.dbt('build')
    expect(code, output).toBe(0)

    // Parsed again, because the seed's rows stand in the unit test.
    project.write({ 'seeds/rates.csv': 'id,rate\n1,6\n2,\n' })
    expect((await project.dbt('test --select test_type:unit')).output).toContain('actual differs from expected')

    project.write({ 'tests/fixtures/some_orders.csv': 'id\n1\n' })
    expect((await project.dbt('parse')).output).toContain('Two fixtures are called some_orders.csv')
  })

  it.each([
    ['format: xlsx', "['given'][0]['format']: 'xlsx' is not one of ['csv', 'dict', 'sql']"],
    ['format: csv\n        rows: [{ id: 1 }]', 'Unit test t has input rows or fixtures which do not match format csv'],
    ['format: sql\n        fixture: nowhere', "File not found for fixture 'nowhere' in unit tests in models/unit.yml"],
    ['format: dict', "Unable to find seed 'shop.orders' for unit tests in directories: seeds"],
  ])('%s is refused', async (given, message) => {
    const project = new TempProject({ ...files, 'models/unit.yml': unitTest(given, 'rows: []') })
    expect((await project.dbt('parse')).output).toContain(message)
  })
})

it('a unit test overrides what templates name without calling it', async () => {
  const project = new TempProject({
    ...files,
    'models/unit.yml': unitTest(
      'rows: [{ id: 1 }]',
      "rows: [{ made_by: '123' }]",
      '    overrides: { macros: { invocation_id: 123 } }\n    config: { tags: own }\n',
    ),
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect((await project.dbt('ls --quiet --select tag:own')).output).toMatch(/^unit_test:.*t$/)
})

describe('of an incremental model', () => {
  const files = {
    'models/orders.sql': 'select 1 as id',
    'models/added.sql': `{{ config(materialized='incremental') }}select id from {{ ref('orders') }}
      {% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}`,
  }
  const test = (more: string, input = '') => ({
    ...files,
    'models/unit.yml': `unit_tests:
  - name: t
    model: added
    given: [{ input: ref('orders'), rows: [{ id: 1 }, { id: 2 }] }${input}]
    expect: { rows: [{ id: 2 }] }
${more}`,
  })
  const adds = '    overrides: { macros: { is_incremental: true } }\n'

  it.each([
    ['must say whether it adds', test(''), "Boolean override for 'is_incremental' must be provided for unit test 't'"],
    ['must give what is there', test(adds), "Unit test 't' for incremental model 'added' must have a 'this' input"],
  ])('%s', async (_, project, message) => {
    const { code, output } = await new TempProject(project).dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain(message)
  })

  it('has what is there as the input `this`', async () => {
    const { code, output } = await new TempProject(test(adds, ', { input: this, rows: [{ id: 1 }] }')).dbt('build')
    expect(code, output).toBe(0)
  })
})

it('an input that the test does not give is told, with the version that is meant', async () => {
  const project = new TempProject({
    'models/source_v1.sql': 'select 1 as id',
    'models/source_v2.sql': 'select 2 as id',
    'models/reader.sql': "select id from {{ ref('source', v=2) }}",
    'models/unit.yml': `models: [{ name: source, latest_version: 1, versions: [{ v: 1 }, { v: 2 }] }]
unit_tests:
  - name: t
    model: reader
    given: [{ input: ref('source'), rows: [{ id: 3 }] }]
    expect: { rows: [{ id: 3 }] }
`,
  })
  const { output } = await project.dbt('build')
  expect(output).toContain("refers to ref('source', v=2), for which the unit test t gives no rows")
})

it('cannot both include and exclude versions of its model', async () => {
  const project = new TempProject({
    'models/m_v1.sql': 'select 1 as id',
    'models/m_v2.sql': 'select 1 as id',
    'models/sub/unit.yml': `models: [{ name: m, latest_version: 2, versions: [{ v: 1 }, { v: 2 }] }]
unit_tests: [{ name: t, model: m, versions: { include: [1], exclude: [2] }, given: [], expect: { rows: [{ id: 1 }] } }]
`,
  })
  expect((await project.dbt('parse')).output).toContain("Unit test 't' cannot both include and exclude versions.")
  project.write({ 'models/sub/unit.yml': project.read('models/sub/unit.yml').replace(', exclude: [2]', '') })
  expect((await project.dbt('build')).code).toBe(0)
  expect(project.read('target/compiled/shop/models/sub/unit.yml/models/sub/t.sql')).toContain('select 1 as id')
})

it('of a disabled model is disabled with it', async () => {
  const project = new TempProject({
    'models/orders.sql': '{{ config(enabled=false) }} select 1 as id',
    'models/other.sql': 'select 1 as id',
    'models/unit.yml': 'unit_tests: [{ name: t, model: orders, given: [], expect: { rows: [{ id: 1 }] } }]\n',
  })
  expect((await project.dbt('ls --quiet')).output).toBe('shop.other')
  project.write({ 'models/orders.sql': 'select 1 as id' })
  expect((await project.dbt('ls --quiet --resource-type unit_test')).output).toBe('unit_test:shop.t')
  project.write({ 'models/orders.sql': '{{ config(enabled=false) }} select 1 as id' })
  expect((await project.dbt('ls --quiet')).output).toBe('shop.other')
})
