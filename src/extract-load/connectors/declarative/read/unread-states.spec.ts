import { expect, it } from 'vitest'
import { unreadStates } from './unread-states.js'

it.each([
  [['orders', 'ordrs'], "Not used is the state of `ordrs`: the source has no such stream. Did you mean 'orders'?"],
  [['zzzzzz', 'ordrs'], 'Not used is the state of `zzzzzz`, `ordrs`: the source has no such stream.'],
  [['orders'], undefined],
  [[], undefined],
])('of the states of %j', (given, told) => {
  expect(unreadStates(given, ['orders', 'users'])).toBe(told)
})
