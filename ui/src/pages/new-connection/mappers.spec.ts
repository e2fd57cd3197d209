import { describe, expect, it } from 'vitest'
import type { MapperView } from '../../../../src/server/contract/index.js'
import { isKey, isMapperComplete, mappedWords, mapperOf, mapperTypes, newKey } from './mappers.js'

it.each([
  ['a'.repeat(64), true],
  ['a'.repeat(63), false],
  [`${'A'.repeat(43)}=`, true],
  ['${PHONE_KEY}', true],
  ['${PHONE_KEY', false],
  ['', false],
])('%j as a key: %s', (text, expected) => expect(isKey(text)).toBe(expected))

it('a new key is one, and another each time', () => {
  expect(isKey(newKey())).toBe(true)
  expect(newKey()).not.toBe(newKey())
})

describe('a mapper', () => {
  it.each(mapperTypes)('that was just made ($value) is not complete', ({ value }) =>
    expect(isMapperComplete(mapperOf(value))).toBe(false),
  )
  it('keeps its field when it becomes another one', () => {
    const hashing = { ...mapperOf('hashing'), field: 'mail' } as MapperView
    expect(mapperOf('field-filtering', hashing)).toEqual({ type: 'field-filtering', field: 'mail' })
    expect(mapperOf('hashing', mapperOf('row-filtering'))).toMatchObject({ field: '' })
  })
  it.each<[MapperView, boolean]>([
    [{ type: 'hashing', field: 'a', method: 'MD5' }, true],
    [{ type: 'encryption', field: 'a', key: 'half' }, false],
    [{ type: 'field-renaming', field: 'a', to: ' ' }, false],
    [{ type: 'row-filtering', where: { and: [] } }, false],
    [{ type: 'row-filtering', where: { or: [{ not: { field: '', equal: 1 } }] } }, false],
    [{ type: 'row-filtering', where: { not: { field: 'a', equal: null } } }, true],
  ])('%j is complete: %s', (mapper, expected) => expect(isMapperComplete(mapper)).toBe(expected))
})

it('says what becomes of a field', () => {
  const mappers: MapperView[] = [
    { type: 'hashing', field: 'Mail', method: 'MD5' },
    { type: 'field-renaming', field: 'mail', to: 'post' },
    { type: 'row-filtering', where: { field: 'mail', equal: 1 } },
  ]
  expect(mappedWords(mappers, 'mail')).toEqual(['hashed', 'called post'])
  expect(mappedWords(undefined, 'mail')).toEqual([])
})

it.each([
  ['integer', '', false],
  ['string date', '', false],
  ['string', '', true],
  ['integer', 5, true],
])('a condition on a field of the type %s with the value %j is complete: %s', (type, equal, expected) => {
  const mapper: MapperView = { type: 'row-filtering', where: { and: [{ field: 'a', equal }] } }
  expect(isMapperComplete(mapper, [{ path: 'a', type }])).toBe(expected)
})
