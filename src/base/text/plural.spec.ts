import { expect, it } from 'vitest'
import { plural } from './plural.js'

it.each([
  [0, 'file', '0 files'],
  [1, 'file', '1 file'],
  [2, 'analysis', '2 analyses'],
  [3, 'saved query', '3 saved queries'],
  [2, 'day', '2 days'],
  [2, 'partial success', '2 partial successes'],
])('%i %s is %s', (count, name, text) => expect(plural(count, name)).toBe(text))
