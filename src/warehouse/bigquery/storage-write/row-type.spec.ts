import { expect, it } from 'vitest'
import { rowTypeOf, withNearestNumbers } from './row-type.js'

it.each([
  ['{"a": 1, "b": "0123456789012345678901234567890"}', undefined],
  ['[9223372036854775807, -9223372036854775808, 18446744073709551615, 0.1, 123456789012345]', undefined],
  ['[18446744073709551616, -9223372036854775809]', '[18446744073709552000.0, -9223372036854776000.0]'],
  ['[0.12345678901234567890, 1.0000000000000000000]', '[0.12345678901234568, 1.0]'],
  ['{"k\\"1e5": 1e5, "x": -1.5E-3}', '{"k\\"1e5": 100000.0, "x": -0.0015}'],
  ['[1e999]', undefined],
  [
    '[-1.5, "\\\\", -12345678901234567890123, "unfinished 12345678901234567890123',
    '[-1.5, "\\\\", -1.2345678901234568e+22, "unfinished 12345678901234567890123',
  ],
])('numbers in %s are those that a float can be', (json, expected) => {
  expect(withNearestNumbers(json)).toBe(expected ?? json)
})

it.each([
  ['characters', `"${'x'.repeat(9_000_000)}"`],
  ['escapes', `"${'\\n'.repeat(9_000_000)}"`],
  ['digits', '1'.repeat(9_000_000)],
])('megabytes of %s beside a long number are no hindrance', (_, large) => {
  const rewritten = withNearestNumbers(`[${large}, 12345678901234567890123]`)
  expect(rewritten === `[${large}, 1.2345678901234568e+22]`).toBe(true)
})

it.each([
  [['column_2', 'größe'], 'column_2x'],
  [['Column2', 'größe', 'column_2x'], 'column_2xx'],
])('of columns %j each has a name of its own', (names, expected) => {
  const { field } = rowTypeOf(names.map((name) => ({ name, type: 'string' }))).descriptor
  expect(field.map(({ name }) => name)).toEqual(names.map((name) => (name === 'größe' ? expected : name)))
})

it('names that protobuf has no place for are said beside it', () => {
  const { descriptor } = rowTypeOf([
    { name: 'plain_1', type: 'int64' },
    { name: 'größe in cm', type: 'numeric(10, 2)' },
  ])
  expect(descriptor.field).toEqual([
    { name: 'plain_1', number: 1, label: 'LABEL_OPTIONAL', type: 'TYPE_INT64' },
    {
      name: 'column_2',
      number: 2,
      label: 'LABEL_OPTIONAL',
      type: 'TYPE_STRING',
      options: { '.google.cloud.bigquery.storage.v1.columnName': 'größe in cm' },
    },
  ])
})

// By hand: https://protobuf.dev/programming-guides/encoding/
it.each([
  ['int64', 300, '08ac02'],
  ['int64', -1, '08ffffffffffffffffff01'],
  ['int64', 9007199254740993n, '0881808080808080 10'.replace(' ', '')],
  ['bool', false, '0800'],
  ['float64', 1.5, '09000000000000f83f'],
  ['string', 'ü', '0a02c3bc'],
  ['bytes', new Uint8Array([0, 255]), '0a0200ff'],
  ['string', null, ''],
] as const)('a value of %s %s is %s', (type, value, hex) => {
  expect(
    rowTypeOf([{ name: 'a', type }])
      .encode([value])
      .toString('hex'),
  ).toBe(hex)
})
