import { describe, expect, it } from 'vitest'
import type { Definitions, NewRunEvent } from '../../src/orchestrate/index.js'
import { StateCache } from '../../src/server/views/state-cache.js'
import { storeForEach, type TestStore } from '../orchestrate/store-for-each.js'
import { turnedClock } from './open-access.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const definitions = { assets: [] } as Pick<Definitions, 'assets'>
const made = (asset: string, more: Partial<NewRunEvent> = {}): NewRunEvent => ({
  type: 'asset_materialized',
  asset,
  ...more,
})
/** A run that carries out one step, or has just told something. */
async function going(asset: string, events: readonly NewRunEvent[] = []) {
  await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
  const claimed = await store.claimRun('far:1', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const { lease } = claimed
  await store.startRun(lease, [{ key: asset, kind: 'dbt', assets: [asset], checks: [], upstream: [] }])
  await store.record(lease, { events, steps: [{ key: asset, status: 'running', startedAt: new Date().toISOString() }] })
  return lease
}

describe('the latest states that pages share', () => {
  it('follow what happens, without anybody telling, and are the same object while nothing does', async () => {
    const cache = new StateCache(store, turnedClock())
    const lease = await going('a', [made('a')])
    const first = await cache.of(definitions)
    expect([[...first.assets.keys()], first.running.get('a')]).toEqual([['a'], lease.runId])
    expect(await cache.of(definitions)).toBe(first)

    await store.record(lease, { events: [{ type: 'log', message: 'no state' }], steps: [] })
    expect(await cache.of(definitions)).toBe(first)

    await store.record(lease, {
      events: [made('b'), { type: 'check_evaluated', asset: 'b', check: 'c', level: 'error', message: 'bad' }],
      steps: [],
    })
    const second = await cache.of(definitions)
    expect([...second.assets.keys()]).toEqual(['a', 'b'])
    expect(second.checks.get('b c')).toMatchObject({ passed: false, message: 'bad' })
    // Whoever has the former one still reads what it says.
    expect(first.assets.size).toBe(1)

    await store.endRun(lease, 'succeeded')
    await store.sql("update run_steps set status = 'succeeded'")
    expect((await cache.of(definitions)).running.size).toBe(0)
  })

  it('leave out what is long', async () => {
    const compiled_sql = { type: 'sql', text: 'select 1' } as const
    const columns = { type: 'columns', columns: [{ name: 'id', type: 'BIGINT' }] } as const
    await going('a', [
      made('a', { metadata: { rows: 3, compiled_sql, columns } }),
      { type: 'check_evaluated', asset: 'a', check: 'c', level: 'info', metadata: { compiled_sql } },
    ])
    const states = await new StateCache(store, turnedClock()).of(definitions)
    expect(states.assets.get('a')?.lastMetadata).toEqual({ rows: 3 })
    expect(states.checks.get('a c')?.metadata).toBeUndefined()
  })

  it('say what is being made by each of many runs, not by those that nobody is at', async () => {
    const leases = []
    for (let i = 0; i < 25; i++) leases.push(await going(`a${i}`))
    await store.sql("update runs set lease_until = now() - interval '1 s' where id = $1", [leases[3]?.runId])
    const { running } = await new StateCache(store, turnedClock()).of(definitions)
    expect(running.size).toBe(24)
    expect([running.get('a0'), running.get('a3')]).toEqual([leases[0]?.runId, undefined])
  })

  it('are read anew after a minute, and where the log begins again', async () => {
    const clock = turnedClock()
    const cache = new StateCache(store, clock)
    const lease = await going('a', [
      { type: 'check_evaluated', asset: 'a', check: 'c', level: 'error', partitions: 'x', partitionKeys: ['x'] },
    ])
    const isBad = async () => (await cache.of(definitions)).checks.get('a c')?.badPartitions !== undefined
    expect(await isBad()).toBe(true)
    await store.forgetBadPartitions('a', ['x'])
    clock.forward(61_000)
    expect(await isBad()).toBe(false)

    await store.record(lease, { events: [made('b')], steps: [] })
    expect((await cache.of(definitions)).assets.size).toBe(1)
    await store.sql('delete from events')
    await store.sql('delete from asset_states')
    expect((await cache.of(definitions)).assets.size).toBe(0)
  })
})
