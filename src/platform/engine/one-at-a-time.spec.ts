import { expect, it, vi } from 'vitest'
import type { StepContext } from '../../orchestrate/index.js'
import { oneAtATime } from './one-at-a-time.js'

const context = (key: string, signal = new AbortController().signal) => ({ step: { key }, signal }) as StepContext

it('what clears a step waits for what executes it, and the other way round; other steps do not wait', async () => {
  const begun: string[] = []
  const gates = new Map<string, () => void>()
  const work = (what: string) => async (of: StepContext) => {
    begun.push(`${what} ${of.step.key}`)
    await new Promise<void>((resolve) => gates.set(of.step.key, resolve))
  }
  const executor = oneAtATime({ kind: 'sync', execute: work('sync'), clear: work('clear') })
  const first = executor.execute(context('shop'))
  const second = executor.clear?.(context('shop'))
  const third = executor.execute(context('shop'))
  const other = executor.clear?.(context('crm'))
  await vi.waitFor(() => expect(begun).toEqual(['sync shop', 'clear crm']))
  gates.get('shop')?.()
  await first
  await vi.waitFor(() => expect(begun).toEqual(['sync shop', 'clear crm', 'clear shop']))
  gates.get('shop')?.()
  await second
  await vi.waitFor(() => expect(begun.at(-1)).toBe('sync shop'))
  for (const open of gates.values()) open()
  await Promise.all([third, other])
})
it('an executor that clears nothing does not begin to', () => {
  expect(oneAtATime({ kind: 'dbt', execute: async () => {} }).clear).toBeUndefined()
})
