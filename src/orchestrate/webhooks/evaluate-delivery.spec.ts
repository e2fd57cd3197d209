import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'
import { deliveryHeldMs, evaluateDelivery } from './evaluate-delivery.js'
import { webhook } from './webhook.js'

afterEach(() => vi.useRealTimers())

const delivery = { id: 'd', sensor: 'told', deliveryId: '1', receivedAt: '', payload: {}, headers: {} }
const sensor = {
  name: 'told',
  intervalMs: 0,
  target: 'a',
  description: '',
  isOnByDefault: true,
  webhook: webhook({ target: 'a', secret: 'X', evaluate: () => ({}) }).webhook,
}

function around(evaluate: () => Promise<never>) {
  const held: number[] = []
  const ticks: string[] = []
  const stop = new AbortController()
  const store = {
    holdDelivery: async (_id: string, forMs: number) => {
      held.push(forMs)
    },
    commitTick: async (tick: { status: string }) => {
      ticks.push(tick.status)
      return undefined
    },
  }
  const work = () =>
    evaluateDelivery(
      { store, definitions: {} as never, clock: systemClock, signal: stop.signal, evaluateSensor: evaluate },
      sensor,
      delivery,
    )
  return { held, ticks, stop, work }
}

it('a delivery stays with who evaluates it for as long as that takes, and is free at once when they stop', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let fail = (_: Error) => {}
  const { held, ticks, stop, work } = around(() => new Promise<never>((_, reject) => (fail = reject)))
  const going = work()
  vi.advanceTimersByTime(2 * deliveryHeldMs)
  expect(held).toEqual(Array(6).fill(deliveryHeldMs))
  stop.abort()
  fail(new Error('stopped'))
  await expect(going).rejects.toThrow('stopped')
  vi.advanceTimersByTime(2 * deliveryHeldMs)
  expect(held.slice(6)).toEqual([0])
  expect(ticks).toEqual([])
})

it('code that fails makes a failed tick', async () => {
  const { held, ticks, work } = around(async () => {
    throw orchestrateErrors.create('USER_CODE_FAILED', { message: 'no' })
  })
  await work()
  expect([held, ticks]).toEqual([[], ['failed']])
})

it('a file that cannot be loaded keeps the delivery waiting', async () => {
  const { held, ticks, work } = around(async () => {
    throw orchestrateErrors.create('DEFINITIONS_INVALID', { message: 'Expected ")"', hint: 'Mend it.' })
  })
  await expect(work()).rejects.toThrow('Expected ")"')
  expect([held, ticks]).toEqual([[2_000], []])
})
