import { describe, expect, it } from 'vitest'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { readColumn } from './columns.js'
import { bigQueryConfigSchema } from './config.js'
import { bigQueryConnector } from './index.js'

describe('spec', () =>
  holdsToSchema(bigQueryConnector.spec as unknown as SpecObject, bigQueryConfigSchema, { project_id: 'p' }))

describe('conditions of a cursor', () => {
  it.each([
    ['INTEGER', '7', '(`a\\`b` >= 7 or `a\\`b` is null)'],
    ['INTEGER', 'seven', undefined],
    [
      'TIMESTAMP',
      '2024-01-01 10:00:00+00',
      "(`a\\`b` >= cast('2024-01-01 10:00:00+00' as timestamp) or `a\\`b` is null)",
    ],
    ['NUMERIC', '1.5', "(`a\\`b` >= cast('1.5' as numeric) or `a\\`b` is null)"],
    ['STRING', "it's", "(`a\\`b` >= 'it\\'s' or `a\\`b` is null)"],
  ])('%s from %s', (type, value, condition) =>
    expect(readColumn({ name: 'a`b', type }).rowsFrom(value)).toBe(condition),
  )
})

it('a stream is called as its table, or with its dataset', () => {
  expect(bigQueryConnector.originOf?.({ project_id: 'p', dataset_id: 'd' }, 'a.b')).toEqual({
    namespace: 'd',
    name: 'a.b',
  })
  expect(bigQueryConnector.originOf?.({ project_id: 'p' }, 'd.t')).toEqual({ namespace: 'd', name: 't' })
})
