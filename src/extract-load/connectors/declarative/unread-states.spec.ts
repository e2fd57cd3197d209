import { expect, it } from 'vitest'
import { unreadStates } from './unread-states.js'

const ordrs = "Not used is the state of `ordrs`: no such stream is read here. Did you mean 'orders'?"

it.each([
  [['ordrs'], ['orders'], false, ordrs],
  [['ordrs'], ['orders'], true, ordrs],
  [['ordrs', 'orders'], ['orders'], false, ordrs],
  [['users', 'orders'], ['orders'], true, undefined],
  [[], ['orders'], false, undefined],
])('of the states of %j for %j', (given, read, isPart, told) => {
  expect(unreadStates(given, read, isPart)).toBe(told)
})
