import { expect, it } from 'vitest'
import { Metrics } from './metrics.js'

const away = () => Promise.reject(new Error('away'))
const services = (store: object) =>
  ({
    version: '1',
    engine: { health: away },
    store,
    daemonLoopAt: async () => undefined,
    project: { limits: { pools: new Map() } },
  }) as never
const figures = async () => ({ workers: 1, events: { sizeBytes: 1 }, sizeBytes: 1 })
const noRuns = async () => ({ since: '2026-01-01T00:00:00.000Z', runs: [], steps: [], loads: [] })

it('a look at the store that takes its time is waited for, not doubled', async () => {
  let [ms, asked] = [0, 0]
  let answer = () => {}
  const slow = new Promise<void>((resolve) => {
    answer = resolve
  })
  const endedRuns = async () => {
    asked++
    await slow
    return noRuns()
  }
  const store = {
    countRuns: async () => ({}),
    figures,
    endedRuns,
    readDefinitions: async () => undefined,
    poolSlots: async () => [],
    processes: async () => [],
  }
  const metrics = new Metrics(services(store), { now: () => new Date(ms), monotonicMs: () => ms })
  const first = metrics.text()
  // The engine is asked first.
  while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  ms = 60_000
  const second = metrics.text()
  await new Promise((resolve) => setTimeout(resolve, 1))
  expect(asked).toBe(1)
  answer()
  expect((await Promise.all([first, second])).map(({ body }) => body.includes('millrace_up{part="store"} 1'))).toEqual([
    true,
    true,
  ])
  await metrics.text()
  expect(asked).toBe(2)
})

it('a store that fails at any of its answers is told as down', async () => {
  const store = {
    countRuns: async () => ({}),
    figures,
    endedRuns: noRuns,
    readDefinitions: async () => undefined,
    poolSlots: away,
    processes: async () => [],
  }
  const { body } = await new Metrics(services(store), { now: () => new Date(0), monotonicMs: () => 0 }).text()
  expect(body).toContain('millrace_up{part="store"} 0')
})

it('a tick is counted where it is written, not where it was there before', async () => {
  const written = { id: 'a', automationType: 'sensor', status: 'skipped' }
  const store = { commitTick: async () => written, countRuns: away, figures: away, endedRuns: away }
  const metrics = new Metrics(services(store), { now: () => new Date(0), monotonicMs: () => 0 })
  for (const id of ['a', 'b']) await metrics.countingTicks(store as never).commitTick({ ...written, id } as never, [])
  expect((await metrics.text()).body).toContain('millrace_ticks_total{type="sensor",status="skipped"} 1')
})
