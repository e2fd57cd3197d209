import { expect, it } from 'vitest'
import { matchesWildcard, pathPattern } from './wildcard.js'

it.each([
  ['orders', '[a-z]rders', true],
  ['orders', '[z-a]*', false],
  ['orders', '[!z-a]rders', true],
  ['x]', 'x[]]', true],
  ['a^', 'a[^]', true],
  ['a-', 'a[x-]', true],
  ['a[', 'a[', true],
])('%s matches %s as in Python’s fnmatch: %s', (text, pattern, expected) => {
  expect(matchesWildcard(text, pattern)).toBe(expected)
  expect(pathPattern(pattern).test(text)).toBe(expected)
})
