import { expect, it } from 'vitest'
import { shortened } from './shortened.js'

it('leaves what can be read as it is', () => expect(shortened('x'.repeat(16_000))).toBe('x'.repeat(16_000)))

it('tells the beginning of what is longer, once', () => {
  const short = shortened('x'.repeat(123_456_789))
  expect(short).toBe(`${'x'.repeat(16_000)} … (123,456,789 characters)`)
  expect(shortened(short)).toBe(short)
})
