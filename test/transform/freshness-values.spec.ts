import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const dbtProject = (rest: string) => ({ 'dbt_project.yml': `name: shop\nprofile: shop\n${rest}` })
const source = (ofSource: string, ofTable = '') => ({
  'models/s.yml': `sources:\n  - name: raw\n    loaded_at_field: at\n${ofSource}    tables:\n      - name: orders\n${ofTable}`,
})
const entry = (freshness: string) => ({
  'models/a.yml': `models:\n  - name: a\n    config:\n      freshness:\n        build_after: ${freshness}\n`,
})
const model = { 'models/a.sql': 'select 1 as id' }
const wrongDay = "'dya' is not one of ['minute', 'hour', 'day']"

describe('a wrong freshness is refused where it is written', () => {
  test.each([
    [
      'of a table',
      source('', '        config:\n          freshness:\n            warn_after:\n              period: dya\n'),
      wrongDay,
      'models/s.yml:9',
    ],
    [
      'of a source whose table says the rest',
      source(
        '    config:\n      freshness: { warn_after: { period: dya } }\n',
        '        config: { freshness: { error_after: { count: 1, period: day } } }\n',
      ),
      wrongDay,
      'models/s.yml:5',
    ],
    [
      'by a template',
      {
        ...dbtProject('vars: { unit: dya }\n'),
        ...source('    config: { freshness: { warn_after: { period: "{{ var(\'unit\') }}" } } }\n'),
      },
      wrongDay,
      'models/s.yml:4',
    ],
    [
      'in dbt_project.yml',
      { ...dbtProject('sources:\n  shop:\n    +freshness:\n      error_after: { count: x }\n'), ...source('') },
      "'x' is not of type 'integer'",
      'dbt_project.yml:6',
    ],
    [
      'of models in dbt_project.yml, whatever their SQL says',
      {
        ...dbtProject('models:\n  +freshness: { build_after: { period: dya } }\n'),
        'models/a.sql': "{{ config(tags=['x']) }} select freshness from raw where freshness > 1",
      },
      wrongDay,
      'dbt_project.yml:4',
    ],
    ['that is no mapping', source('    config: { freshness: 3 }\n'), "3 is not of type 'object'", 'models/s.yml:4'],
    ['of a model', entry('{ count: 1, period: dya }'), wrongDay, 'models/a.yml:5'],
    [
      'in the code of a model',
      {
        'models/a.sql':
          "{{ config(\n  materialized='table',\n  freshness={'build_after': {'updates_on': 'al'}}) }} select 1",
      },
      "'al' is not one of ['all', 'any']",
      'models/a.sql:3',
    ],
    [
      'of a model, by half',
      entry('{ count: 1 }'),
      'must have a value for `period` if a `count` is provided',
      'models/a.yml:5',
    ],
  ])('%s', async (_, files, message, place) => {
    const { code, output } = await new TempProject({ ...model, ...files }).dbt('parse')
    expect(code, output).toBe(2)
    expect(output).toContain(message)
    expect(output).toContain(`at ${place}`)
    if (message === wrongDay) expect(output).toContain("Did you mean 'day'?")
  })
})

test('a key of freshness that is not known is told, as what it says is lost', async () => {
  const { code, output } = await new TempProject({
    ...model,
    ...source(
      '    config:\n      freshness:\n        warn_aftr: { count: 1, period: day }\n',
      '        config: { freshness: { error_after: { cont: 1, period: day } } }\n      - name: lines\n',
    ),
  }).dbt('parse')
  expect(code, output).toBe(0)
  expect(output).toMatch(/s\.yml:6:.*'warn_aftr' was unexpected.* Did you mean 'warn_after'\?/)
  expect(output).toMatch(/s\.yml:9:.*'cont' was unexpected.* Did you mean 'count'\?/)
  expect(output.match(/warn_aftr/g)).toHaveLength(1)
})

test('a count may be written as text, and a model’s freshness without build_after says nothing', async () => {
  const project = new TempProject({
    ...model,
    ...source("    config: { freshness: { warn_after: { count: '12', period: hour } } }\n"),
    ...entry('{ count: 2, period: day }'),
    'models/b.sql': "{{ config(freshness={'warn_after': {'count': 1, 'period': 'dya'}}) }} select 1 as id",
  })
  const { code, output } = await project.dbt('parse')
  expect(code, output).toBe(0)
  const { nodes, sources } = JSON.parse(project.read('target/manifest.json'))
  expect(sources['source.shop.raw.orders'].freshness.warn_after).toEqual({ count: 12, period: 'hour' })
  expect(nodes['model.shop.a'].config.freshness).toEqual({
    build_after: { count: 2, period: 'day', updates_on: 'any' },
  })
  expect(nodes['model.shop.b'].config.freshness).toBeNull()
})
