import { expect, test } from 'vitest'
import { builtinType, kindOfName } from './cells.js'

const modifier = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4

test.each([
  [5, 2, 'numeric(5,2)'],
  [5, -2, 'numeric(5,-2)'],
  [3, -1000, 'numeric(3,-1000)'],
  [1000, 1000, 'numeric(1000,1000)'],
])('a numeric of %i digits and a scale of %i', (precision, scale, name) => {
  expect(builtinType(1700, modifier(precision, scale))?.name).toBe(name)
  expect(kindOfName(name)).toBe(kindOfName('numeric'))
})
