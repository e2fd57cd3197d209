import { expect, it } from 'vitest'
import { grouped } from './grouped.js'

it.each([
  0,
  7,
  999,
  1000,
  12_345,
  999_999,
  1_000_000,
  5_000_000_123,
  -1,
  -999,
  -1000,
  -1_234_567,
  Number.MAX_SAFE_INTEGER,
])('writes %d as people of English read it', (value) => expect(grouped(value)).toBe(value.toLocaleString('en-US')))
