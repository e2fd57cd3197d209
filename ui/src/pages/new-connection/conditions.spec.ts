import { expect, it } from 'vitest'
import type { RowConditionView } from '../../../../src/server/contract/index.js'
import { shownCondition, valueFor, writtenCondition } from './conditions.js'

const a = { field: 'a', equal: 1 }
const b = { field: 'b', equal: null }

it.each<[RowConditionView]>([
  [a],
  [{ not: a }],
  [{ and: [a, { not: b }] }],
  [{ not: { or: [a, { and: [a, b] }] } }],
  [{ or: [{ not: { and: [a] } }] }],
])('%j is shown and written as it was', (condition) =>
  expect(writtenCondition(shownCondition(condition))).toEqual(condition),
)

it('two negations are none', () => expect(writtenCondition(shownCondition({ not: { not: a } }))).toEqual(a))

it.each([
  ['integer', '12', 12],
  ['number', '-1.5', -1.5],
  ['number', '', ''],
  ['number', '1.0', '1.0'],
  ['number', '1.', '1.'],
  ['number', 'NaN', 'NaN'],
  ['integer', '9007199254740993', '9007199254740993'],
  ['string', '12', '12'],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
])('a value of the type %s that is typed as %j', (type, text, expected) => expect(valueFor(type, text)).toBe(expected))
