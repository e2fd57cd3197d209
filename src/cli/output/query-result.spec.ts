import { expect, it } from 'vitest'
import type { QueryResult } from '../../warehouse/index.js'
import { resultText } from './query-result.js'

const result: QueryResult = {
  columns: [
    { name: 'id', type: 'HUGEINT', kind: 'integer' },
    { name: 'price', type: 'DECIMAL(9,2)', kind: 'decimal' },
    { name: 'text', type: 'VARCHAR', kind: 'text' },
    { name: 'text', type: 'VARCHAR', kind: 'text' },
    { name: 'bytes', type: 'BLOB', kind: 'binary' },
  ],
  rows: [
    [9007199254740993n, '1.50', null, '', Buffer.from([1, 255])],
    [7, '-12.00', 'a "b"', 'c\nd', null],
  ],
  truncated: false,
}

it('as csv: nothing is missing, "" is empty', () =>
  expect(resultText(result, 'csv').split(/\n(?!d)/)).toEqual([
    'id,price,text,text_2,bytes',
    '9007199254740993,1.50,,"",\\x01ff',
    '7,-12.00,"a ""b""","c\nd",',
  ]))

it('as jsonl: one object a row, exact, with no column lost', () =>
  expect(
    resultText(result, 'jsonl')
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { id: '9007199254740993', price: '1.50', text: null, text_2: '', bytes: '\\x01ff' },
    { id: 7, price: '-12.00', text: 'a "b"', text_2: 'c\nd', bytes: null },
  ]))

it('as a table: numbers on the right, null told from empty', () =>
  expect(resultText(result, 'table').split('\n')).toEqual([
    '              id   price  text   text_2  bytes',
    '9007199254740993    1.50  null           \\x01ff',
    '               7  -12.00  a "b"  c\\nd    null',
  ]))

it('as json it is one document, also without rows', () => {
  expect(JSON.parse(resultText(result, 'json'))).toHaveLength(2)
  expect(resultText({ ...result, rows: [] }, 'json')).toBe('[]')
})
