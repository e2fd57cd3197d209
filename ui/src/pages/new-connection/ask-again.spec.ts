import { expect, it } from 'vitest'
import { mayGoAway, pauseMs } from './ask-again.js'

const failure = (code: string, retryable: boolean) => ({ code, kind: 'external' as const, retryable, message: '' })

it('what may be otherwise in a moment is asked again, and a mistake is not', () => {
  expect(mayGoAway(failure('METASTORE_UNREACHABLE', true))).toBe(true)
  expect(mayGoAway(failure('CONNECTION_INVALID', false))).toBe(false)
  expect(mayGoAway(failure('CONNECTION_CHANGED_MEANWHILE', true))).toBe(false)
})

it('waits longer each time, and never for long', () => {
  expect([0, 1, 2, 20].map(pauseMs)).toEqual([500, 1_000, 2_000, 8_000])
})
