import { describe, expect, test } from 'vitest'
import { readSeed } from './seed-table.js'

const read = (text: string, columnTypes = {}) => readSeed(text, 'seeds/s.csv', ',', columnTypes)

describe('a seed', () => {
  test('without a line of names is refused, with its place', () => {
    expect(() => read('\n')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('is empty'), at: { file: 'seeds/s.csv', line: 1 } }),
    )
  })

  test("gets dbt's names for columns that have none or another's, and says so", () => {
    const { names, isCopyable, warnings } = read('x,x,\n1,2,3\n')
    expect(names).toEqual(['x', 'x_2', 'c'])
    expect(isCopyable).toBe(false)
    expect(warnings).toEqual([
      "seeds/s.csv:1: The column 'x' is there twice; it is called 'x_2'.",
      "seeds/s.csv:1: Column 3 has no name; it is called 'c'.",
    ])
  })

  test('with a quote that never ends says where that begins', () => {
    const { rows, warnings } = read('a,b\n1,2\n3,"x\n4,5\n')
    expect(rows.at(-1)).toEqual(['3', 'x\n4,5\n'])
    expect(warnings).toEqual([expect.stringContaining('seeds/s.csv:3: A quote that begins here never ends')])
  })

  test('with a type that YAML cut at its comma is told to quote it', () => {
    expect(() => read('amount\n1\n', { amount: 'decimal(12', '2)': null })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('{amount: "decimal(12,2)"}') }),
    )
  })
})

test.each([
  ['1.0\n2.0', 'integer', ['1', '2']],
  ['1e3\n-50.00\n7', 'integer', ['1000', '-50', '7']],
  ['1.0\n2.5', 'number', ['1.0', '2.5']],
  ['1\n3000000000', 'bigint', ['1', '3000000000']],
  ['2024-01-01T10:00:00+02:00\n2024-06-01T10:00:00-05:30', 'timestamp', ['2024-01-01 08:00:00', '2024-06-01 15:30:00']],
  ['2024-01-01T10:00:00\n2024-01-01T10:00:00.5Z', 'timestamp', ['2024-01-01T10:00:00', '2024-01-01 10:00:00.500000']],
  ['x\nNULL', 'text', ['x', null]],
])('a column of %j is of type %s', (column, type, values) => {
  const { types, rows } = read(`a,b\n${column.replaceAll('\n', ',z\n')},z\n`)
  expect(types[0]).toBe(type)
  expect(rows.map(([value]) => value)).toEqual(values)
})

test('where the database reads the file, null is a text in a column of texts', () => {
  const { rows, isCopyable } = readSeed('a,b\nNULL,1\nx,2\n,null\n', 's.csv', ',', {}, { nullIsText: true })
  expect(rows).toEqual([
    ['NULL', '1'],
    ['x', '2'],
    [null, null],
  ])
  expect(isCopyable).toBe(false)
})
