import { expect, it } from 'vitest'
import { writtenLine } from './written-line.js'

const template = [
  "{{ config(materialized='table') }}",
  'select',
  "  {{ cents('price') }} as cents,",
  '  nope,',
  '{% for n in [1, 2] %}',
  '  {{ n }} as n{{ n }},',
  '{% endfor %}',
  '  1 as one',
  "from {{ ref('orders') }}",
]
const compiled = [
  '',
  'select',
  '  (price * 100) as cents,',
  '  nope,',
  '',
  '  1 as n1,',
  '',
  '  2 as n2,',
  '',
  '  1 as one',
  'from "shop"."main"."orders"',
]
const lineOf = (text: string) =>
  writtenLine(template.join('\n'), compiled.join('\n'), compiled.findIndex((one) => one.includes(text)) + 1)
const read = (line: number | undefined) => (line === undefined ? undefined : template[line - 1])

it('finds a line that reads the same', () => {
  expect(read(lineOf('nope'))).toBe('  nope,')
})
it('finds a line with a template between two lines that read the same', () => {
  expect(read(lineOf('price'))).toContain('cents')
})
it('finds a line with a template at the end', () => {
  expect(read(lineOf('"orders"'))).toContain("ref('orders')")
})
it('claims nothing about lines that a loop made', () => {
  expect(lineOf('2 as n2')).toBeUndefined()
})
it('tells equal lines apart by their count', () => {
  expect(writtenLine('a\nb\na', 'a\nb\na', 3)).toBe(3)
  expect(writtenLine('a\nb', 'a\na\nb\nx', 2)).toBeUndefined()
})
