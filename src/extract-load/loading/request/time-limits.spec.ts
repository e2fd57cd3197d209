import { afterEach, expect, it, vi } from 'vitest'
import { limitReached, TimeLimits } from './time-limits.js'

const never = new Promise<never>(() => {})
const seconds = { source: 1000, destination: 1000, sync: 1000 }

const open: TimeLimits[] = []
afterEach(() => {
  for (const limits of open.splice(0)) limits.dispose()
  vi.useRealTimers()
})

function limited(changes: Partial<typeof seconds>, signal?: AbortSignal): TimeLimits {
  vi.useFakeTimers()
  const limits = new TimeLimits({ name: 'shop', timeouts: { ...seconds, ...changes } }, signal)
  open.push(limits)
  return limits
}

async function* silentAfter(items: readonly number[], onClosed = () => {}): AsyncGenerator<number> {
  try {
    yield* items
    await never
  } finally {
    onClosed()
  }
}

it('a source that sends nothing more ends the sync, though it does not hear of it', async () => {
  const limits = limited({ source: 5 })
  const got: number[] = []
  const read = (async () => {
    for await (const one of limits.each(silentAfter([1, 2]))) got.push(one)
  })()
  const ended = expect(read).rejects.toMatchObject({ code: 'SOURCE_SILENT', retryable: true })
  await vi.advanceTimersByTimeAsync(5000)
  await ended
  expect(got).toEqual([1, 2])
  expect(limitReached(limits.signal)?.message).toContain('sent nothing for 5 s')
})
it('a source that does not let itself be opened ends the sync, and is closed should it be open in the end', async () => {
  const limits = limited({ source: 5 })
  let [isClosed, open] = [false, (_: { dispose(): Promise<void> }) => {}]
  const opening = limits.opened(
    'the stream `orders`',
    () =>
      new Promise<{ dispose(): Promise<void> }>((resolve) => {
        open = resolve
      }),
  )
  const ended = expect(opening).rejects.toMatchObject({ code: 'SOURCE_SILENT', retryable: true })
  await vi.advanceTimersByTimeAsync(5000)
  await ended
  expect(limitReached(limits.signal)?.message).toContain('did not answer for 5 s while the stream `orders` was opened')
  open({
    dispose: async () => {
      isClosed = true
    },
  })
  await vi.waitFor(() => expect(isClosed).toBe(true))
})
it('what is opened in time stays open', async () => {
  let isClosed = false
  const reading = {
    dispose: async () => {
      isClosed = true
    },
  }
  const limits = limited({ source: 5 })
  expect(await limits.opened('the log', async () => reading)).toBe(reading)
  await vi.advanceTimersByTimeAsync(20_000)
  expect([isClosed, limits.signal.aborted]).toEqual([false, false])
})
it('time that is not spent on waiting for the source does not count', async () => {
  const limits = limited({ source: 5 })
  const got: number[] = []
  for await (const one of limits.each(
    (async function* () {
      yield* [1, 2, 3]
    })(),
  )) {
    await vi.advanceTimersByTimeAsync(20_000)
    got.push(one)
  }
  expect(got).toEqual([1, 2, 3])
  expect(limits.signal.aborted).toBe(false)
})
it('who stops reading closes the source', async () => {
  let isClosed = false
  for await (const _ of limited({}).each(
    silentAfter([1], () => {
      isClosed = true
    }),
  ))
    break
  expect(isClosed).toBe(true)
})
it('a transaction that does not end is ended, and one that fails says why itself', async () => {
  const limits = limited({ destination: 7 })
  await expect(limits.destination(() => Promise.reject(new Error('no such table')))).rejects.toThrow('no such table')
  const rolledBack = new Promise((_, reject) => {
    limits.signal.addEventListener('abort', () => reject(limits.signal.reason))
  })
  const ended = expect(limits.destination(() => rolledBack)).rejects.toMatchObject({ code: 'DESTINATION_SILENT' })
  await vi.advanceTimersByTimeAsync(7000)
  await ended
})
it('rows that are still waited for when a transaction has failed do not count as its time', async () => {
  const limits = limited({ destination: 7, source: 1000 })
  async function* slow() {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      yield 1
    }
  }
  let isRefused = false
  const failed = limits.destination(async (rows) => {
    ;(async () => {
      for await (const _ of rows(slow())) if (isRefused) return
    })()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    isRefused = true
    throw new Error('duplicate key')
  })
  const ended = expect(failed).rejects.toThrow('duplicate key')
  await vi.advanceTimersByTimeAsync(60_000)
  await ended
  expect(limits.signal.aborted).toBe(false)
})
it('the whole has a limit, after which nothing begins', async () => {
  const limits = limited({ sync: 9 })
  const ended = expect(limits.source(() => never)).rejects.toMatchObject({ code: 'SYNC_TIMED_OUT', retryable: false })
  await vi.advanceTimersByTimeAsync(9000)
  await ended
  await expect(limits.destination(async () => 1)).rejects.toThrow()
})
it('a cancel is no limit', () => {
  const cancel = new AbortController()
  const limits = limited({}, cancel.signal)
  cancel.abort(new Error('somebody'))
  expect(limits.signal.aborted).toBe(true)
  expect(limitReached(limits.signal)).toBeUndefined()
})
