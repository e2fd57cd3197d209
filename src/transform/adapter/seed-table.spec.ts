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
