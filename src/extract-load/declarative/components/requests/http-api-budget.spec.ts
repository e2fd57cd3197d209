import { expect, it } from 'vitest'
import type { HttpRequest } from '../../component-contract.js'
import { scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'

const request = (url: string): HttpRequest => ({ method: 'GET', url, headers: [] })

/** A clock that moves when the test says so. */
function handClock() {
  let nowMs = 0
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = []
  const clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms: number, { signal }: { signal?: AbortSignal | undefined } = {}) =>
      new Promise<void>((wake, fail) => {
        sleepers.push({ atMs: nowMs + ms, wake })
        signal?.addEventListener('abort', () => fail(signal.reason))
      }),
  }
  const moveTo = async (ms: number) => {
    nowMs = ms
    const due = sleepers.filter(({ atMs }) => atMs <= ms)
    for (const one of due) {
      sleepers.splice(sleepers.indexOf(one), 1)
      one.wake()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { clock, moveTo }
}

it('lets those who wait through in their order, and whoever gives up out of the line', async () => {
  const { clock, moveTo } = handClock()
  const policy = { type: 'MovingWindowCallRatePolicy', rates: [{ limit: 1, interval: 'PT1S' }], matchers: [] }
  const budget = scriptedScope({ services: { clock } }).build('api_budget', {
    type: 'HTTPAPIBudget',
    policies: [policy],
  })
  const through: string[] = []
  const aborts = new Map<string, AbortController>()
  for (const name of ['a', 'b', 'c', 'd']) {
    const abort = new AbortController()
    aborts.set(name, abort)
    void budget
      .acquire(request(`https://api.test/${name}`), abort.signal)
      .then(() => through.push(name))
      .catch((error: Error) => through.push(`${name} ${error.message}`))
  }
  await moveTo(0)
  aborts.get('c')?.abort(new Error('gave up'))
  await moveTo(500)
  expect(through).toEqual(['a', 'c gave up'])
  await moveTo(1000)
  // At the very edge of the window the last call is still in it.
  expect(through).toEqual(['a', 'c gave up'])
  await moveTo(1001)
  expect(through).toEqual(['a', 'c gave up', 'b'])
  await moveTo(2002)
  await moveTo(2003)
  expect(through).toEqual(['a', 'c gave up', 'b', 'd'])
})

it('does not wait for what nobody can mean, and says so', async () => {
  const { build, waits } = scriptedScope()
  const policy = { type: 'FixedWindowCallRatePolicy', period: 'PT1H', call_limit: 1, matchers: [] }
  const budget = build('api_budget', { type: 'HTTPAPIBudget', policies: [policy] })
  const asked = request('https://api.test/')
  await budget.acquire(asked, undefined)
  // Milliseconds, which are read as seconds.
  budget.observe(asked, scriptedResponse({ json: {}, headers: { 'ratelimit-reset': '1790000000000' } }))
  await expect(budget.acquire(asked, undefined)).rejects.toMatchObject({
    code: 'API_UNAVAILABLE',
    message: expect.stringContaining('days'),
  })
  expect(waits).toEqual([])
})
