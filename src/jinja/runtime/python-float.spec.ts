import { expect, it } from 'vitest'
import { pythonFloat } from './python-float.js'

it.each([
  [' 1_000.5 ', 1000.5],
  ['5.', 5],
  ['.5', 0.5],
  ['+1e-3', 0.001],
  ['1.2_5', 1.25],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
  ['1__0', undefined],
  ['1_', undefined],
  ['_1', undefined],
  ['1._5', undefined],
  ['.', undefined],
  ['', undefined],
  ['0x10', undefined],
])('float(%j) is %s', (text, value) => expect(pythonFloat(text)).toBe(value))
