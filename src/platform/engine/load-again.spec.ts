import { expect, it } from 'vitest'
import type { Clock, ErrorJson } from '../../base/index.js'
import { LoadAgain } from './load-again.js'

it('a load that took too long is tried again, less and less often; one that is wrong waits for an edit', () => {
  let nowMs = 0
  const again = new LoadAgain({ monotonicMs: () => nowMs } as Clock)
  const problems = (code: string): { problems: ErrorJson[] } => ({
    problems: [{ code, kind: 'user', retryable: false, message: '' }],
  })
  /** Seconds until it is due. */
  const note = (code: string, print = 'a') => {
    again.note(code === '' ? { problems: [] } : problems(code), print)
    for (let seconds = 0; seconds <= 700; seconds += 5, nowMs += 5_000) if (again.isDue) return seconds
    return undefined
  }
  expect(note('USER_CODE_TIMEOUT')).toBe(15)
  expect(note('USER_CODE_CRASHED')).toBe(30)
  expect(note('USER_CODE_TIMEOUT')).toBe(60)
  expect(note('USER_CODE_TIMEOUT', 'edited')).toBe(15)
  expect(note('DEFINITIONS_INVALID')).toBeUndefined()
  expect(note('USER_CODE_TIMEOUT')).toBe(15)
  expect(note('')).toBeUndefined()
})
