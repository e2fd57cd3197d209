import { expect, it } from 'vitest'
import type { RetryPolicy } from '../contract/index.js'
import { Retries } from './retries.js'

/** The pauses after attempts that got on (`+`) or did not (`-`), in seconds; `end` where there is no further one. */
function pauses(policy: RetryPolicy | undefined, attempts: string, random?: () => number): (number | 'end')[] {
  const retries = new Retries(policy, [], random)
  return [...attempts].map((outcome) => {
    const pauseMs = retries.next({ keptProgress: outcome === '+' })
    return pauseMs === undefined ? 'end' : pauseMs / 1000
  })
}

/** As a connection has it that says nothing of it. */
const usual: RetryPolicy = {
  max: 4,
  maxWithoutProgress: 9,
  maxWithProgress: 19,
  delayMs: 10_000,
  maxDelayMs: 100_000,
  backoff: 'exponential',
  factor: 3,
  onlyRetryable: true,
}

it('there is one attempt where nothing is said', () => {
  expect(pauses(undefined, '-')).toEqual(['end'])
  expect(new Retries(undefined).mayMend({ retryable: true })).toBe(false)
})
it('pauses grow up to the longest one, and the count of failures in a row has an end', () => {
  expect(pauses(usual, '-----')).toEqual([10, 30, 90, 100, 'end'])
  expect(pauses({ max: 3, delayMs: 2000, backoff: 'constant' }, '----')).toEqual([2, 2, 2, 'end'])
})
it('an attempt that got on begins the count in a row anew, and neither kind goes on for ever', () => {
  expect(pauses(usual, '---+---+')).toEqual([10, 30, 90, 10, 10, 30, 90, 10])
  expect(pauses(usual, '---+---+---+-')).toEqual([10, 30, 90, 10, 10, 30, 90, 10, 10, 30, 90, 10, 'end'])
  expect(pauses(usual, '+'.repeat(20)).at(-2)).toBe(10)
  expect(pauses(usual, '+'.repeat(20)).at(-1)).toBe('end')
})
it('without a limit of their own, attempts that got on count like the others', () => {
  expect(pauses({ max: 2, delayMs: 1000, backoff: 'constant' }, '+-+')).toEqual([1, 1, 'end'])
})
it('only what may go away by itself is tried again, where the policy says so', () => {
  expect(new Retries(usual).mayMend({ retryable: false })).toBe(false)
  expect(new Retries(usual).mayMend({ retryable: true })).toBe(true)
  expect(new Retries({ max: 1, delayMs: 0, backoff: 'constant' }).mayMend({ retryable: false })).toBe(true)
})
it('jitter spreads a pause as Dagster does: anywhere up to it, or by the first pause to both sides', () => {
  const policy: RetryPolicy = { max: 3, delayMs: 10_000, backoff: 'exponential' }
  expect(pauses({ ...policy, jitter: 'full' }, '---', () => 0.25)).toEqual([2.5, 5, 10])
  expect(pauses({ ...policy, jitter: 'plus_minus' }, '---', () => 0.25)).toEqual([5, 15, 35])
  expect(pauses({ ...policy, jitter: 'plus_minus' }, '--', () => 0)).toEqual([0, 10])
})
