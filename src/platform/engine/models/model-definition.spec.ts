import { expect, it } from 'vitest'
import type { ManifestResource } from '../../../transform/index.js'
import { constraintWords, definitionOf } from './model-definition.js'

const resource = (fields: Record<string, unknown>) => fields as unknown as ManifestResource

it('leaves out what nobody wrote, and nothing of the rows of a unit test', () => {
  const given = [{ input: "ref('a')", rows: [{ id: 2, at: null, note: '' }], fixture: null }]
  const expected = { rows: [], format: 'dict', fixture: null }
  expect(
    definitionOf(resource({ resource_type: 'unit_test', model: 'm', given, expect: expected, overrides: null })),
  ).toEqual({
    model: 'm',
    given: [{ input: "ref('a')", rows: [{ id: 2, at: null, note: '' }] }],
    expect: { rows: [], format: 'dict' },
  })
  expect(definitionOf(resource({ resource_type: 'exposure', type: 'dashboard', url: null, label: '' }))).toEqual({
    type: 'dashboard',
  })
})

it.each([
  [{ type: 'check', expression: 'id > 0' }, 'check (id > 0)'],
  [{ type: 'foreign_key', to: 'orders' }, 'foreign_key to orders'],
  [{ type: 'not_null', expression: null }, 'not_null'],
  [{}, undefined],
])('says the constraint %j in words', (constraint, words) => expect(constraintWords(constraint)).toBe(words))
