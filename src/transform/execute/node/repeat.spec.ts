import { describe, expect, test } from 'vitest'
import { warehouseErrors } from '../../../warehouse/index.js'
import { repeated } from './repeat.js'

const lost = () => warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', { message: 'gone' })

function tries(failures: readonly Error[], options: { isUndone?: boolean; signal?: AbortSignal } = {}) {
  const seen: string[] = []
  let count = 0
  const done = repeated(
    async () => {
      const failure = failures[count++]
      if (failure) throw failure
      return 'done'
    },
    {
      isUndone: () => options.isUndone ?? true,
      signal: options.signal,
      onRepeat: ({ code }) => seen.push(code),
      pausesMs: [0, 0],
    },
  )
  return { done, seen, count: () => count }
}

describe('a node whose connection is lost', () => {
  test('is tried again, three times in all', async () => {
    const two = tries([lost(), lost()])
    expect(await two.done).toBe('done')
    expect(two.seen).toEqual(['WAREHOUSE_CONNECTION_LOST', 'WAREHOUSE_CONNECTION_LOST'])
    const three = tries([lost(), lost(), lost()])
    await expect(three.done).rejects.toThrow('gone')
    expect(three.count()).toBe(3)
  })

  test('is not when something was committed, when it was cancelled, or when the SQL was wrong', async () => {
    const committed = tries([lost()], { isUndone: false })
    await expect(committed.done).rejects.toThrow('gone')
    const cancelled = tries([lost()], { signal: AbortSignal.abort() })
    await expect(cancelled.done).rejects.toThrow('gone')
    const wrong = tries([warehouseErrors.create('WAREHOUSE_SQL', { message: 'syntax' })])
    await expect(wrong.done).rejects.toThrow('syntax')
    expect([committed.count(), cancelled.count(), wrong.count()]).toEqual([1, 1, 1])
  })
})
