import { expect, it } from 'vitest'
import { firstSentence } from './first-sentence.js'

it.each([
  ['Reads a shop.\nAll of it, e.g. orders.\n\nMore.', 'Reads a shop.'],
  [
    '# Shop\n\nThe **Shop** of [Example](https://example.com),\nwith its `orders`, e.g. new_ones',
    'The Shop of Example, with its orders, e.g. new_ones',
  ],
  ['', ''],
  [`So ${'long '.repeat(50)}`, `So ${'long '.repeat(31)}…`],
])('of %j a list shows %j', (description, shown) => expect(firstSentence(description)).toBe(shown))
