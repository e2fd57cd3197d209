import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { limitedPauses, politePauses } from './pauses.js'

it('what computes for a minute without a rest ends; what rests does not', () => {
  let nowMs = 0
  const pause = limitedPauses({ monotonicMs: () => nowMs })
  for (nowMs = 0; nowMs < 60_000; nowMs += 500) pause()
  expect(pause).toThrow('60 seconds')
  for (nowMs += 5_000; nowMs < 120_000; nowMs += 500) pause()
  expect(pause).not.toThrow()
})

it('what is executed lets others work once in a while, and ends when it is cancelled', async () => {
  const cancel = new AbortController()
  const pause = politePauses(cancel.signal)
  expect(pause()).toBeUndefined()
  const busyUntil = performance.now() + 60
  while (performance.now() < busyUntil);
  let others = 0
  void setImmediate().then(() => others++)
  await pause()
  expect(others).toBe(1)
  expect(pause()).toBeUndefined()
  const busyAgain = performance.now() + 60
  while (performance.now() < busyAgain);
  cancel.abort()
  await expect(pause()).rejects.toMatchObject({ code: 'ABORTED' })
})
