import { expect, test } from 'vitest'
import { isDateText, shownDate } from './date-text.js'

test.each(['2030-01-31', '2030-1-31 10:00', '20300131', '2030', 'January 31 2030', 'monday', '31.1.2030'])(
  '%s may be a date',
  (text) => {
    expect(isDateText(text)).toBe(true)
  },
)

test.each(['', 'soon', 'not-a-date', '2030-13-01', '2030-02-30', '2030-01-00'])('%j is none', (text) => {
  expect(isDateText(text)).toBe(false)
})

test.each([
  ['2030-01-31', '2030-01-31T00:00:00+00:00'],
  ['2030-01-31 09:30:00+02:00', '2030-01-31T09:30:00+02:00'],
  ['2030-01-31T09:30Z', '2030-01-31T09:30:00+00:00'],
  ['January 2030', 'January 2030'],
])('%s is shown as %s', (text, shown) => {
  expect(shownDate(text)).toBe(shown)
})
