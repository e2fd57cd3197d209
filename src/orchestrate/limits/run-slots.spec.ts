import { expect, it } from 'vitest'
import type { KnownProcess } from '../contract/index.js'
import { runSlots } from './run-slots.js'

const process = (changes: Partial<KnownProcess>) =>
  ({ runs: 'executes', capacity: 4, running: 0, isLost: false, ...changes }) as KnownProcess

it('the slots of workers that execute runs are their own', () => {
  const all = [process({ running: 4 }), process({ running: 1 }), process({ runs: 'none', capacity: 0 })]
  expect(runSlots(all, 5)).toEqual({ workers: 2, lost: 0, total: 8, taken: 5 })
})

it('what a lost worker has takes no slot from others, and gives none', () => {
  const all = [process({ running: 4, isLost: true }), process({ running: 1 })]
  expect(runSlots(all, 5)).toEqual({ workers: 1, lost: 1, total: 4, taken: 1 })
})

it('workers that launch runs share their slots, whoever launched what goes on', () => {
  const all = [process({ runs: 'launches' }), process({ runs: 'launches', running: 1 })]
  expect(runSlots(all, 3)).toEqual({ workers: 2, lost: 0, total: 4, taken: 3 })
})

it('none where nobody claims runs', () => {
  expect(runSlots([], 0)).toEqual({ workers: 0, lost: 0, total: 0, taken: 0 })
})
