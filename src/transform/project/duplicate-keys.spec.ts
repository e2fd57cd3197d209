import { expect, test } from 'vitest'
import { readYamlText } from './yaml-file.js'

const duplicateKeys = (text: string) =>
  readYamlText(text, 'x.yml').duplicateKeys.map(({ key, at: { line, column }, firstLine }) => ({
    key,
    line,
    column,
    firstLine,
  }))

test('a key that stands twice in one mapping is found with both lines', () => {
  const text = 'models:\n  - name: a\n    description: x\n    description: y\n  - name: b\n'
  expect(duplicateKeys(text)).toEqual([{ key: 'description', line: 4, column: 5, firstLine: 3 }])
})

test('a flow mapping has keys too', () => {
  expect(duplicateKeys('a: {x: 1, y: 2, x: 3}\n')).toEqual([{ key: 'x', line: 1, column: 17, firstLine: 1 }])
})

test('the same key in different mappings is no duplicate', () => {
  const text = [
    'a:',
    '  x: 1',
    'b:',
    '  x: 2',
    'list:',
    '  - x: 1',
    '    y: {x: 1}',
    '  - x: 2',
    'more:',
    '- x: 1',
    '- x: 2',
  ].join('\n')
  expect(duplicateKeys(text)).toEqual([])
})

test('what stands in a block of text is no key', () => {
  const text = 'description: |\n  a: 1\n  a: 2\nother: >-\n  b: 1\n\n  b: 2\nlast: 1\n'
  expect(duplicateKeys(text)).toEqual([])
})

test('nested lists end where the indentation does', () => {
  const text =
    'models:\n  - name: a\n    columns:\n      - name: x\n        tests: [a]\n      - name: y\n    tests: []\n    tests: []\n'
  expect(duplicateKeys(text)).toEqual([{ key: 'tests', line: 8, column: 5, firstLine: 7 }])
})
