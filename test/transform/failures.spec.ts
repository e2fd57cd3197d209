import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

/** The lines of a terminal without the times, from the one that holds `from`. */
function linesFrom(output: string, from: string): string[] {
  const lines = output.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d( {2})?/, ''))
  return lines.slice(lines.findIndex((line) => line.includes(from)))
}

describe('what failed is told at the end as dbt tells it', () => {
  test('the message where dbt has it, place and hint below it, and an empty line before hooks', async () => {
    const { output, code } = await new TempProject({
      'dbt_project.yml':
        'name: shop\nprofile: shop\non-run-start:\n  - select 1\non-run-end:\n  - select * from nowhere_at_all\n',
      'models/orders.sql': 'select 1 as id,\n  nothing_there\n',
      'models/warned.sql': 'select 1 as id',
      'models/warned.yml':
        'models:\n  - name: warned\n    columns:\n      - name: id\n        data_tests:\n' +
        '          - accepted_values: { arguments: { values: [2] }, config: { severity: warn } }\n' +
        'exposures:\n  - { name: board, type: dashboard, owner: { name: me }, depends_on: [ref("warned")] }\n',
    }).dbt('build --threads 1')
    expect(code).toBe(1)
    expect(linesFrom(output, 'START hook: shop.on-run-start')[2]).toBe('')
    const lines = linesFrom(output, 'in model orders')
    expect(lines.slice(0, 6)).toEqual([
      '[ERROR]: in model orders (models/orders.sql)',
      '  Runtime Error in model orders (models/orders.sql)',
      expect.stringMatching(/^ {2}Binder Error: /),
      '',
      '  at models/orders.sql:2',
      '',
    ])
    expect(output).toMatch(/\n\d\d:\d\d:\d\d\n\d\d:\d\d:\d\d {2}1 of 1 START hook: shop\.on-run-end\.0/)
    expect(linesFrom(output, 'in operation').slice(0, 3)).toEqual([
      '[ERROR]: in operation shop-on-run-end-0 (./dbt_project.yml)',
      '  shop.on-run-end.0 failed, error:',
      ' Catalog Error: Table with name nowhere_at_all does not exist!',
    ])
    expect(output).toContain('NO-OP exposure board')
  })

  test('a failed test of a model does not keep its exposure back', async () => {
    const { output } = await new TempProject({
      'models/orders.sql': 'select 1 as id',
      'models/orders.yml':
        'models:\n  - name: orders\n    columns:\n      - name: id\n        data_tests:\n' +
        '          - accepted_values: { arguments: { values: [2] } }\n' +
        'exposures:\n  - { name: board, type: dashboard, owner: { name: me }, depends_on: [ref("orders")] }\n',
    }).dbt('build')
    expect(output).toContain('NO-OP exposure board')
    expect(output).toContain('PASS=1 WARN=0 ERROR=1 SKIP=0 NO-OP=1')
  })

  test.each([
    ["{{ my_macr('x') }}", "'my_macr' is undefined", 'my_macro'],
    ["{{ shop.my_macr('x') }}", 'has no attribute', 'my_macro'],
    ['{{ targett.name }}', "'targett' is undefined", 'target'],
    ["{% set columns = ['a'] %}{{ colums[0] }}", "'colums' is undefined", 'columns'],
    ["{{ var('today') }}", "Required var 'today' not found", 'todays'],
  ])('%s: the name that may be meant stands in the error of the model', async (template, message, meant) => {
    const { output } = await new TempProject({
      'dbt_project.yml': 'name: shop\nprofile: shop\nvars: { todays: 1 }\n',
      'macros/my_macro.sql': '{% macro my_macro(x) %}1{% endmacro %}',
      'models/orders.sql': `{% if execute %}${template}{% endif %} select 1 as id`,
    }).dbt('run')
    const lines = linesFrom(output, 'in model orders')
    expect(lines.join('\n')).toContain(message)
    expect(lines.find((line) => line.startsWith('  Hint: '))).toContain(`Did you mean '${meant}'?`)
  })
})

test('a command that is interrupted ends with the code that dbt gives it', async () => {
  const stop = new AbortController()
  const { output, code } = await new TempProject({
    'models/slow.sql': 'select count(*) as n from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3',
  }).dbt('run', {
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === 'node_started') stop.abort()
    },
  })
  expect(output).toContain('Exited because of keyboard interrupt')
  expect(code).toBe(2)
})

test('what ran is told before the results that cannot be written', async () => {
  const project = new TempProject({ 'models/orders.sql': 'select 1 as id' })
  const { output, code } = await project.dbt('run', {
    onEvent: ({ type }) => {
      if (type === 'node_finished') mkdirSync(join(project.dir, 'target/run_results.json'))
    },
  })
  expect(code).toBe(2)
  expect(output).toMatch(/Done\. PASS=1 [\s\S]*target\/run_results\.json cannot be opened: it is a folder and no file/)
})

test('a NUL character in SQL is shown where it stands', async () => {
  const { output } = await new TempProject({ 'models/orders.sql': 'select 1 as id,\n2 as x\0\n' }).dbt('run')
  expect(output).toContain('at models/orders.sql:2')
  expect(output).toContain('Hint: Remove the NUL character there')
})

test.each([
  ['profiles.yml', /profiles\.yml cannot be opened: it is a folder and no file/],
  ['shop.duckdb', /shop\.duckdb could not be opened: [\s\S]*Hint: It is a folder/],
])('a folder in the place of %s is called one', async (name, message) => {
  const project = new TempProject({ 'models/orders.sql': 'select 1 as id' })
  if (name === 'profiles.yml') project.remove(name)
  mkdirSync(join(project.dir, name))
  const { output, code } = await project.dbt('run')
  expect(code).toBe(2)
  expect(output).toMatch(message)
})

describe('source freshness', () => {
  const yaml = `sources:
  - name: raw
    schema: main
    tables:
      - name: nowhere
        loaded_at_field: seen
        freshness: { error_after: { count: 2, period: day } }
      - name: orders
        loaded_at_field: seenat
        freshness: { error_after: { count: 2, period: day } }
      - name: filtered
        identifier: orders
        config:
          loaded_at_field: seen
          freshness: { error_after: { count: 2, period: day }, filter: "nothing = 1" }
      - name: asked
        identifier: orders
        loaded_at_query: |
          select max(sen) from {{ this }}
        freshness: { error_after: { count: 2, period: day } }
      - name: text
        identifier: orders
        loaded_at_field: name
        freshness: { error_after: { count: 2, period: day } }
      - name: old
        identifier: orders
        loaded_at_field: seen
        freshness: { error_after: { count: 2, period: day } }
`

  test('tells behind the results which source failed, and where that is written', async () => {
    const project = new TempProject({
      'models/orders.sql': "select timestamp '2020-01-01' as seen, 'x' as name",
      'models/raw.yml': yaml,
    })
    await project.dbt('run')
    const { output, code } = await project.dbt('source freshness --threads 1')
    expect(code).toBe(1)
    expect(output.indexOf('Finished running 6 sources')).toBeLessThan(output.indexOf('Runtime Error in source'))
    const place = (name: string) =>
      linesFrom(output, `Error in source ${name} (models/raw.yml)`).find((line) => line.startsWith('  at '))
    expect(['nowhere', 'orders', 'filtered', 'asked', 'text'].map(place)).toEqual([
      '  at models/raw.yml:5:9',
      '  at models/raw.yml:9:9',
      '  at models/raw.yml:15:64',
      '  at models/raw.yml:18:9',
      '  at models/raw.yml:23:9',
    ])
    expect(linesFrom(output, 'in source old').slice(0, 3)).toEqual([
      '[ERROR]: in source old (models/raw.yml)',
      '  Status: error',
      '  The latest row is of 2020-01-01T00:00:00+00:00; it may be 2 days old.',
    ])
    const sources = JSON.parse(project.read('target/sources.json')) as { results: { error?: string }[] }
    expect(sources.results[0]?.error).toMatch(
      /^Runtime Error in source nowhere \(models\/raw\.yml\)\n {2}Catalog Error/,
    )
  })
})

describe('a unit test', () => {
  const files = {
    'models/orders.sql': 'select 1 as id, 2.0::double as amount',
    'models/sums.sql': "select id, sum(amount) as amount\nfrom {{ ref('orders') }}\ngroup by 1",
    'models/broken.sql': "select\n  nothing_there\nfrom {{ ref('orders') }}",
  }
  const unitTest = (model: string, input: string, given: string, expected: string) => `unit_tests:
  - name: t
    model: ${model}
    given:
      - input: ${input}
        rows:
          - { id: 1, amount: 2 }
          - ${given}
    expect:
      rows:
        - ${expected}
`
  const run = async (yaml: string) => {
    const project = new TempProject({ ...files, 'models/unit.yml': yaml })
    await project.dbt('run --select orders')
    const { output, code } = await project.dbt('test --select test_type:unit')
    expect(code).toBe(1)
    return { project, lines: linesFrom(output, 'in unit_test t') }
  }

  test('that fails shows the difference as dbt does, where the rows are, and the SQL', async () => {
    const { project, lines } = await run(
      unitTest('sums', "ref('orders')", '{ id: 1, amount: 3 }', '{ id: 1, amount: 6 }'),
    )
    expect(lines.slice(0, 15)).toEqual([
      '[ERROR]: in unit_test t (models/unit.yml)',
      '  ',
      '',
      'actual differs from expected:',
      '',
      '@@,id,amount',
      '→ ,1 ,6.0→5.0',
      '',
      '  at models/unit.yml:9:5',
      '',
      '  Hint: Mend the model, or the rows below `expect`.',
      '',
      '  compiled code at target/compiled/shop/models/unit.yml/models/t.sql',
      '',
      expect.stringMatching(/^Done\. /),
    ])
    expect(project.read('target/compiled/shop/models/unit.yml/models/t.sql')).toContain('sum(amount)')
    expect(project.read('target/run_results.json')).not.toContain('compiled_path')
  })

  test.each([
    [
      'an input that is nothing',
      unitTest('sums', "ref('order')", '{ id: 1 }', '{ id: 1 }'),
      "Unit test 't' had an input (ref('order')) which was not found in the manifest.",
      'models/unit.yml:5:9',
      "Did you mean 'orders'?",
    ],
    [
      'an input that is no reference',
      unitTest('sums', 'orders', '{ id: 1 }', '{ id: 1 }'),
      "Unit test 't' had an input (orders) which was not found in the manifest.",
      'models/unit.yml:5:9',
      "ref('orders')",
    ],
    [
      'a column of given rows',
      unitTest('sums', "ref('orders')", '{ id: 1, amuont: 2 }', '{ id: 1 }'),
      "Invalid column name: 'amuont' in unit test fixture for 'orders'.",
      'models/unit.yml:8:22',
      "Did you mean 'amount'?",
    ],
    [
      'a column of expected rows',
      unitTest('sums', "ref('orders')", '{ id: 1 }', '{ id: 1, amuont: 2 }'),
      "Invalid column name: 'amuont' in unit test fixture for expected output.",
      'models/unit.yml:11:20',
      "Did you mean 'amount'?",
    ],
    [
      'a value that does not fit',
      unitTest('sums', "ref('orders')", '{ id: abc }', '{ id: 1 }'),
      'There may be an error in the unit test definition: check the data types.',
      'models/unit.yml:8:13',
      undefined,
    ],
    [
      'an expected value that does not fit',
      unitTest('sums', "ref('orders')", '{ id: 1 }', '{ id: abc }'),
      'There may be an error in the unit test definition: check the data types.',
      'models/unit.yml:11:11',
      undefined,
    ],
    [
      'the SQL of the model',
      unitTest('broken', "ref('orders')", '{ id: 1 }', '{ nothing_there: 1 }'),
      'There may be an error in the unit test definition: check the data types.',
      'models/broken.sql:2',
      undefined,
    ],
  ])('that breaks for %s says where, and what may be meant', async (_, yaml, message, place, hint) => {
    const { lines } = await run(yaml)
    expect(lines[1]).toContain('Error in unit_test t (models/unit.yml)')
    expect(lines[2]).toContain(message)
    expect(lines).toContain(`  at ${place}`)
    const said = lines.find((line) => line.startsWith('  Hint: '))
    if (hint === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(hint)
  })

  test('expected rows in SQL are compared as the types of the model', async () => {
    const project = new TempProject({
      ...files,
      'models/unit.yml':
        "unit_tests:\n  - name: t\n    model: sums\n    given:\n      - { input: ref('orders'), rows: [{ id: 1, amount: 2 }] }\n" +
        '    expect:\n      format: sql\n      rows: select 1 as id, 2 as amount\n',
    })
    await project.dbt('run --select orders')
    expect((await project.dbt('test --select test_type:unit')).code).toBe(0)
  })
})
