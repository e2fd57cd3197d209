import { expect, it } from 'vitest'
import { takesSmallPageForLast } from './short-page-condition.js'

/** Verdicts of the CDK 7.39.1 with a smallest page of 5: true is its TRUNCATES. */
it.each([
  ['{{ last_page_size < 100 }}', true],
  ['{{ 100 > last_page_size }}', true],
  ["{{ last_page_size < config['page_size'] }}", true],
  ['{{ last_page_size < page_size }}', false],
  ['{{ page_size > last_page_size }}', false],
  ['{{ last_page_size < page_size | int }}', false],
  ['{{ last_page_size == 0 }}', false],
  ['{{ last_page_size < 5 }}', false],
  ['{{ last_page_size <= 5 }}', true],
  ['{{ last_page_size <= 4 }}', false],
  ['{{ last_page_size > 3 }}', false],
  ['{{ not response.next or last_page_size < 100 }}', true],
  ['{{ not (last_page_size >= 100) }}', false],
  ['{{ last_page_size - 100 < 0 }}', false],
  ['{{ not response.next }}', false],
  ['{{ broken', false],
])('%s: %s', (condition, isShort) => {
  expect(takesSmallPageForLast(condition, 5)).toBe(isShort)
})
