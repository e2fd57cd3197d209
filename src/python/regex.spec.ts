import { expect, test } from 'vitest'
import { translatePattern } from './index.js'

const flags = { isMultiline: false, isDotAll: false, isVerbose: false }

test.each([
  ['(?i:abc)', '(?i:…) is not there in patterns here. Put the flags before the whole pattern'],
  ['(?-i:abc)', '(?-i:…) is not there'],
  ['(a)?(?(1)b|c)', '(?(…) is not there in patterns here. Write what it chooses between as alternatives'],
  ['(?>a+)', '(?>…) is not there in patterns here. Write `(?:…)`'],
])('a group of Python that JavaScript has not is refused by its name: %s', (pattern, message) => {
  expect(() => translatePattern(pattern, flags)).toThrow(message)
})

test.each(['(?:a)', '(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(a)', '\\(?i:', '[(?i:]'])(
  '%s is none of them',
  (pattern) => {
    expect(() => translatePattern(pattern, flags)).not.toThrow()
  },
)
