import { expect, it } from 'vitest'
import { Decimal } from '../../jinja/index.js'
import { printTable } from './print-table.js'

const table = (columnNames: readonly string[], ...rows: readonly (readonly unknown[])[]) =>
  printTable({ columnNames, rows: rows.map((values) => ({ values })) })

it('puts texts to the left and all else to the right', () => {
  expect(table(['name', 'count', 'is_new'], ['a', 1n, true], ['b', null, false])).toBe(
    [
      '| name | count | is_new |',
      '| ---- | ----- | ------ |',
      '| a    |     1 |   True |',
      '| b    |       |  False |',
    ].join('\n'),
  )
})

it('gives all numbers of a column as many digits, and bounds rows and columns', () => {
  const rows = ['1.5', '22.25', '3'].map((value) => [new Decimal(value), 'x', 'y'])
  const printed = printTable(
    { columnNames: ['a', 'b', 'c'], rows: rows.map((values) => ({ values })) },
    { maxRows: 2, maxColumns: 2 },
  )
  expect(printed.split('\n')).toEqual([
    '|     a | b | ... |',
    '| ----- | - | --- |',
    '|  1.50 | x | ... |',
    '| 22.25 | x | ... |',
    '|   ... | ... | ... |',
  ])
})

it.each([
  ['1234567.5', '1,234,567.5'],
  ['2.0005', '2.000…'],
  ['2.0015', '2.002…'],
  ['2.00051', '2.001…'],
  ['-0.9996', '-1.000…'],
  ['123456.123449', '123,456.123…'],
  ['1.0', '1'],
])('rounds %s to %s', (value, shown) => {
  expect(table(['x'], [new Decimal(value)])).toContain(` ${shown} |`)
})
