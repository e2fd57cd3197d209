import { expect, it } from 'vitest'
import { SharedAnswer } from './shared-answer.js'

/** Answers that come when they are let. */
function heldAnswers() {
  const waiting: (() => void)[] = []
  let asked = 0
  const shared = new SharedAnswer(async () => {
    const number = ++asked
    await new Promise<void>((resolve) => waiting.push(resolve))
    if (number === 2) throw new Error('the second fails')
    return number
  })
  const next = async () => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    waiting.shift()?.()
  }
  return { shared, next, count: () => asked }
}

it('all who ask while it is worked out are given the next answer, which is worked out once', async () => {
  const { shared, next, count } = heldAnswers()
  const first = shared.get()
  const others = Promise.allSettled([shared.get(), shared.get(), shared.get()])
  await next()
  expect(await first).toBe(1)
  await next()
  expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(count()).toBe(2)
})

it('a question after the answer, or after a failure, is a new one', async () => {
  const { shared, next } = heldAnswers()
  for (const expected of [1, 'the second fails', 3, 4]) {
    const answer = shared.get().catch(({ message }: Error) => message)
    await next()
    expect(await answer).toBe(expected)
  }
})
