import { expect, test } from 'vitest'
import type { Clock } from '../../base/index.js'
import { errorFromJson } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { openWhenFree } from './open-when-free.js'

const warehouse = {} as Warehouse
const refusal = (code: string) =>
  errorFromJson({ code, kind: 'external', retryable: true, message: 'The file is open in another process (7).' })

/** Refuses as often as is said; answers how often it was asked, and what was told. */
async function opened(refusals: number, code = 'WAREHOUSE_LOCKED') {
  let nowMs = 0
  let asked = 0
  const told: string[] = []
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs
    },
  }
  const open = async () => {
    if (asked++ < refusals) throw refusal(code)
    return warehouse
  }
  const outcome = await openWhenFree(open, { clock, onWait: (message) => told.push(message) }).catch(({ code }) => code)
  return { outcome, asked, told }
}

test('waits until the file is free, and says so once', async () => {
  expect(await opened(3)).toEqual({
    outcome: warehouse,
    asked: 4,
    told: ['The file is open in another process (7). Waiting for it, 60 seconds at most.'],
  })
})

test('waits for nothing else, and not for ever', async () => {
  expect(await opened(1, 'WAREHOUSE_OPEN_FAILED')).toEqual({ outcome: 'WAREHOUSE_OPEN_FAILED', asked: 1, told: [] })
  expect((await opened(10_000)).outcome).toBe('WAREHOUSE_LOCKED')
})
