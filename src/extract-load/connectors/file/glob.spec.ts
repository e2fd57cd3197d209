import { expect, it } from 'vitest'
import { globExpression, literalStart } from './glob.js'

const paths = ['a.csv', 'x/a.csv', 'x/y/a.csv', 'x/y/b.csv.gz', 'x/y.csv', 'x/', 'x+y/a.csv']

it.each([
  ['*.csv', ['a.csv']],
  ['**/*.csv', ['a.csv', 'x/a.csv', 'x/y/a.csv', 'x/y.csv', 'x+y/a.csv']],
  ['x/**', ['x/a.csv', 'x/y/a.csv', 'x/y/b.csv.gz', 'x/y.csv']],
  ['x/**/a.csv', ['x/a.csv', 'x/y/a.csv']],
  ['x/?/*', ['x/y/a.csv', 'x/y/b.csv.gz']],
  ['x+y/*', ['x+y/a.csv']],
  ['x/y**.csv', ['x/y.csv']],
])('%s', (pattern, expected) => {
  expect(paths.filter((path) => globExpression(pattern).test(path))).toEqual(expected)
})

it.each([
  ['in/*.csv', 'in/', true],
  ['in/2024-*.csv', 'in/2024-', true],
  ['in/**', 'in/', false],
  ['y=*/a.csv', 'y=', false],
  ['**/a.csv', '', false],
])('%s begins with %j', (pattern, prefix, isShallow) => expect(literalStart(pattern)).toEqual({ prefix, isShallow }))
