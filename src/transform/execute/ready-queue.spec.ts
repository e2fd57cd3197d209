import { expect, it } from 'vitest'
import { ReadyQueue } from './ready-queue.js'

it('gives the most urgent first, and of equal ones by name', () => {
  const urgency = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 1],
    ['d', 0],
    ['e', 2],
  ])
  const queue = new ReadyQueue((id) => urgency.get(id) ?? 0)
  for (const id of ['c', 'e', 'd', 'a', 'b']) queue.add(id)
  expect(Array.from({ length: 6 }, () => queue.take())).toEqual(['b', 'e', 'a', 'c', 'd', undefined])
})
