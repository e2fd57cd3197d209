import { expect, it } from 'vitest'
import type { AirbyteType } from '../protocol/declared-types.js'
import { fieldChanges, inWords } from './field-changes.js'

const fields = (types: Readonly<Record<string, AirbyteType>>) =>
  Object.entries(types).map(([name, type]) => ({ name, type }))

it('a column that came as another of its type went is told to be perhaps that one', () => {
  const changes = fieldChanges(fields({ id: 'integer', note: 'string' }), fields({ id: 'integer', remark: 'string' }))
  expect(inWords(changes)).toBe('`remark` (string) is new, perhaps renamed from `note`, `note` (string) is gone')
})

it.each([
  [{ note: 'string' }, { price: 'number' }],
  [{ a: 'string', b: 'string' }, { c: 'string' }],
  [{ a: 'string' }, { b: 'string', c: 'string' }],
  [{}, { a: 'string' }],
] as const)('%j that became %j may have been anything', (before, now) => {
  expect(inWords(fieldChanges(fields(before), fields(now)))).not.toContain('perhaps')
})
