import { expect, it } from 'vitest'
import { type Clock, systemClock } from '../../base/index.js'
import { withRetries } from './with-retries.js'

const failure = (isPermanent: boolean, retryAfterSeconds?: number) =>
  Object.assign(new Error('no'), { data: { isPermanent, retryAfterSeconds } })

function attempts(...outcomes: readonly (Error | number)[]) {
  const pausesMs: number[] = []
  const clock: Clock = { ...systemClock, sleep: async (durationMs) => void pausesMs.push(durationMs) }
  let next = 0
  const attempt = async () => {
    const outcome = outcomes[next]
    next++
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  return { clock, pausesMs, attempt, done: () => next }
}

it('tries four times, with longer and longer pauses', async () => {
  const { clock, pausesMs, attempt, done } = attempts(...Array(9).fill(failure(false)))
  await expect(withRetries({ clock }, attempt)).rejects.toThrow('no')
  expect([done(), pausesMs]).toEqual([4, [1_000, 3_000, 9_000]])
})
it('waits as long as the server wants, but not for ever', async () => {
  const { clock, pausesMs, attempt } = attempts(failure(false, 7), failure(false, 1), failure(false, 3600), 1)
  expect(await withRetries({ clock }, attempt)).toBe(1)
  expect(pausesMs).toEqual([7_000, 3_000, 60_000])
})
it.each([[failure(true)], [new Error('of something else')]])(
  'tries once where there is no use in more',
  async (error) => {
    const { clock, attempt, done } = attempts(error, 1)
    await expect(withRetries({ clock }, attempt)).rejects.toBe(error)
    expect(done()).toBe(1)
  },
)
it('begins to count anew where it got further than ever', async () => {
  const failures = [1, 2, 2, 2, 3, 1, 1, 1].map((at) => ({ at, error: failure(false) }))
  let at = 0
  let next = 0
  const { clock, pausesMs } = attempts()
  const attempt = async () => {
    const one = failures[next]
    next++
    at = one?.at ?? at
    throw one?.error
  }
  await expect(withRetries({ clock, progress: () => at }, attempt)).rejects.toThrow('no')
  expect(pausesMs).toEqual([1_000, 1_000, 3_000, 9_000, 1_000, 3_000, 9_000])
})
it('does not wait when it was cancelled', async () => {
  const { clock, pausesMs, attempt } = attempts(failure(false), 1)
  await expect(withRetries({ clock, signal: AbortSignal.abort() }, attempt)).rejects.toThrow('no')
  expect(pausesMs).toEqual([])
})
