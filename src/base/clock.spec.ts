import { expect, it } from 'vitest'
import { systemClock } from './clock.js'

it('sleeps for longer than a timer can be set for', async () => {
  const abort = new AbortController()
  let isAwake = false
  const slept = systemClock.sleep(2 ** 31 * 3, { signal: abort.signal }).finally(() => {
    isAwake = true
  })
  await systemClock.sleep(20)
  expect(isAwake).toBe(false)
  abort.abort()
  await expect(slept).rejects.toMatchObject({ name: 'AbortError' })
})
