import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newId, silentLogger } from '../../src/base/index.js'
import { Database } from '../../src/metastore/database.js'
import { openMetastore } from '../../src/metastore/index.js'
import type {
  AssetState,
  Definitions,
  Metadata,
  NewRunEvent,
  PlannedStep,
  RunLease,
  RunTrigger,
  StoreChange,
  Tick,
} from '../../src/orchestrate/index.js'
import { rerunRequest } from '../../src/orchestrate/index.js'
import { eventually, sleep } from '../support/millrace.js'
import type { TestDatabase } from './database.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let database: TestDatabase
let store: TestStore
storeForEach((one, ofAll) => {
  store = one
  database = ofAll
})

const leaseMs = 60_000
const request = (changes: Partial<Parameters<typeof store.requestRun>[0]> = {}) =>
  store.requestRun({ selection: '*', trigger: { type: 'manual' }, ...changes })
const claim = async (worker = 'a:1') => {
  const claimed = await store.claimRun(worker, leaseMs)
  if (!claimed) throw new Error('Nothing to claim')
  return claimed
}
const step = (key: string): PlannedStep => ({ key, kind: 'dbt', assets: [`main/${key}`], checks: [], upstream: [] })
const typesOf = async (runId: string) => (await store.readEvents({ runId })).map((event) => event.type)
const expire = (runId: string) =>
  store.sql("update runs set lease_until = now() - interval '1 s' where id = $1", [runId])
const lost = expect.objectContaining({ code: 'METASTORE_LEASE_LOST' })

/** Every write that a worker makes. */
const writes: readonly [string, (lease: RunLease) => Promise<unknown>][] = [
  ['startRun', (lease) => store.startRun(lease, [step('x')])],
  ['record', (lease) => store.record(lease, { events: [{ type: 'log', message: 'late' }], steps: [] })],
  ['endRun', (lease) => store.endRun(lease, 'succeeded')],
  ['releaseRun', (lease) => store.releaseRun(lease)],
]

describe('the queue', () => {
  it('gives the most urgent run first, then the oldest, each to one worker', async () => {
    const [first, urgent, last] = [await request(), await request({ priority: 5 }), await request()]
    const inOrder = [await store.claimRun('a:1', leaseMs), await store.claimRun('b:1', leaseMs)]
    expect(inOrder.map((one) => one?.run.id)).toEqual([urgent.run.id, first.run.id])
    const others = [await request(), await request()]
    const claims = await Promise.all(['a:1', 'b:1', 'c:1', 'd:1'].map((worker) => store.claimRun(worker, leaseMs)))
    expect(claims.map((one) => one?.run.id).sort()).toEqual(
      [last.run.id, ...others.map(({ run }) => run.id), undefined].sort(),
    )
  })
  it('finds a run by the beginning or the end of its id', async () => {
    const { id } = (await request()).run
    for (const part of [id, id.slice(0, 30), id.slice(-9), id.slice(-9).toUpperCase()])
      expect((await store.findRuns(part, 5)).map((run) => run.id)).toContain(id)
    expect(await store.findRuns('%', 5)).toEqual([])
  })
  it('answers the first run for a key that was used before, also at the same time', async () => {
    const both = await Promise.all([request({ runKey: 'k' }), request({ runKey: 'k' })])
    expect(both.map((one) => one.isNew).sort()).toEqual([false, true])
    expect(both[0].run.id).toBe(both[1].run.id)
    await store.endRun((await claim()).lease, 'succeeded')
    expect(await request({ runKey: 'k' })).toMatchObject({ isNew: false, run: { status: 'succeeded' } })
  })
  it('keeps what a run asks of its assets, and a re-run asks the same', async () => {
    const config = { 'reports/x': { days: 3, names: ['é', null], deep: { on: true } } }
    const { run } = await request({ config })
    expect((await claim()).run.config).toEqual(config)
    const again = await store.requestRun(rerunRequest(run, 'from_failure'))
    expect((await store.getRun(again.run.id))?.config).toEqual(config)
    expect((await request()).run.config).toBeUndefined()
  })
  it('executes runs of one sequence one after the other, and others beside them', async () => {
    const [one, two] = [await request({ sequenceKey: 's' }), await request({ sequenceKey: 's' })]
    const other = await request()
    const first = await claim()
    expect(first.run.id).toBe(one.run.id)
    expect((await claim()).run.id).toBe(other.run.id)
    expect(await store.claimRun('a:1', leaseMs)).toBeUndefined()
    await store.endRun(first.lease, 'failed')
    expect((await claim()).run.id).toBe(two.run.id)
  })
})

describe('a lease', () => {
  it('is taken over once it has ended, and the run says so', async () => {
    const { run } = await request()
    const first = await claim('a:1')
    expect(await store.claimRun('b:1', leaseMs)).toBeUndefined()
    expect(await store.getRun(run.id)).toMatchObject({ worker: 'a:1', isAbandoned: false })
    await expire(run.id)
    expect((await store.listRuns({}))[0]).toMatchObject({ worker: 'a:1', isAbandoned: true })
    const second = await claim('b:1')
    expect(second).toMatchObject({ isResumed: true, run: { id: run.id, attempt: 2 }, lease: { token: 2 } })
    expect(first).toMatchObject({ isResumed: false, run: { attempt: 1 }, lease: { token: 1 } })
    expect(await typesOf(run.id)).toEqual(['run_queued', 'run_started', 'run_resumed'])
  })
  it('counts for how long workers had the run, and not for how long it waited in the queue', async () => {
    await request()
    const held = (at: string, until: string) =>
      store.sql(`update runs set held_since = now() + '${at}'::interval, lease_until = now() + '${until}'::interval`)
    const minutes = ({ workedMs }: { workedMs: number }) => Math.floor(workedMs / 60_000)
    const first = await claim('a:1')
    expect(first.workedMs).toBe(0)
    await store.startRun(first.lease, [step('a')])
    await held('-2 hours', '10 seconds')
    await store.releaseRun(first.lease)
    await held('-9 hours', '-8 hours')
    await store.sql('update runs set lease_until = null, held_since = null')
    const second = await claim('a:2')
    expect(minutes(second)).toBe(120)
    // Of one that is killed, until its lease ends.
    await held('-10 hours', '-9 hours')
    const third = await claim('a:3')
    expect(minutes(third)).toBe(180)
    await store.sql("update runs set held_since = now() - interval '5 minutes', status = 'starting'")
    const fourth = await store.takeLease(third.lease, 'b:1', leaseMs)
    expect(fourth && minutes(fourth)).toBe(185)
  })
  it.each(writes)('refuses %s of the former worker', async (_name, write) => {
    const { run } = await request()
    const former = await claim('a:1')
    await expire(run.id)
    const present = await claim('b:1')
    await expect(write(former.lease)).rejects.toEqual(lost)
    expect(await typesOf(run.id)).toEqual(['run_queued', 'run_started', 'run_resumed'])
    await store.endRun(present.lease, 'succeeded')
  })
  it.each(writes)('refuses %s after the end', async (_name, write) => {
    await request()
    const { lease } = await claim()
    await store.endRun(lease, 'succeeded')
    await expect(write(lease)).rejects.toEqual(lost)
    expect((await store.getRun(lease.runId))?.status).toBe('succeeded')
  })
  it.each(writes)('refuses %s after the run was given back', async (_name, write) => {
    await request()
    const { lease } = await claim()
    await store.releaseRun(lease)
    await expect(write(lease)).rejects.toEqual(lost)
    expect((await store.getRun(lease.runId))?.status).toBe('queued')
  })
  it('lives on by heartbeats, and only for who holds it', async () => {
    const { run } = await request()
    const former = await claim('a:1')
    await expire(run.id)
    expect(await store.heartbeat([former.lease], leaseMs)).toEqual({ held: [run.id], cancelling: [] })
    expect(await store.claimRun('b:1', leaseMs)).toBeUndefined()
    await expire(run.id)
    const present = await claim('b:1')
    expect(await store.heartbeat([former.lease, present.lease], leaseMs)).toEqual({ held: [run.id], cancelling: [] })
    expect(await store.heartbeat([former.lease], leaseMs)).toEqual({ held: [], cancelling: [] })
    await store.endRun(present.lease, 'succeeded')
    expect((await store.heartbeat([present.lease], leaseMs)).held).toEqual([])
  })
  it('ends for workers that are known to be gone', async () => {
    await request()
    await claim('a:1')
    expect(await store.leaseHolders()).toEqual(['a:1'])
    await store.expireLeases(['a:1'])
    expect((await claim('b:1')).isResumed).toBe(true)
  })
  it('goes back to the queue with what was done, and the attempt does not count', async () => {
    const { run } = await request()
    const { lease } = await claim()
    await store.startRun(lease, [step('done'), step('going'), step('open')])
    await store.record(lease, {
      events: [],
      steps: [
        { key: 'done', status: 'succeeded', attempt: 1 },
        { key: 'going', status: 'running', attempt: 1 },
      ],
    })
    await store.releaseRun(lease)
    expect((await store.listSteps(run.id)).map((one) => one.status)).toEqual(['succeeded', 'pending', 'pending'])
    expect((await claim()).run.attempt).toBe(1)
  })
})

describe('cancel', () => {
  it('ends a queued run at once', async () => {
    const { run } = await request()
    expect(await store.requestCancel(run.id)).toMatchObject({ status: 'cancelled', endedAt: expect.any(String) })
    expect(await store.claimRun('a:1', leaseMs)).toBeUndefined()
    expect(await typesOf(run.id)).toEqual(['run_queued', 'run_cancel_requested', 'run_cancelled'])
  })
  it('ends one that was given back, with those of its steps that have not ended', async () => {
    const { run } = await request()
    const { lease } = await claim()
    const statuses = ['pending', 'succeeded', 'failed', 'skipped'] as const
    await store.startRun(lease, statuses.map(step))
    await store.record(lease, { events: [], steps: statuses.map((status) => ({ key: status, status })) })
    await store.releaseRun(lease)
    const stepCounts = { pending: 0, cancelled: 1, succeeded: 1, failed: 1, skipped: 1 }
    expect(await store.requestCancel(run.id)).toMatchObject({ status: 'cancelled', stepCounts })
    const ended = ['cancelled', 'succeeded', 'failed', 'skipped']
    expect((await store.listSteps(run.id)).map(({ status }) => status)).toEqual(ended)
    expect((await store.getRun(run.id))?.stepCounts).toMatchObject(stepCounts)
  })
  it.each([
    ['claimed', async () => {}],
    ['running', async (lease: RunLease) => void (await store.startRun(lease, [step('x')]))],
  ])('asks the worker of a %s run, once', async (_state, prepare) => {
    const { run } = await request()
    const { lease } = await claim()
    await prepare(lease)
    expect((await store.requestCancel(run.id))?.status).toBe('cancelling')
    expect((await store.requestCancel(run.id))?.status).toBe('cancelling')
    expect(await store.heartbeat([lease], leaseMs)).toEqual({ held: [run.id], cancelling: [run.id] })
    await store.startRun(lease, [step('x')])
    expect((await store.getRun(run.id))?.status).toBe('cancelling')
    expect((await typesOf(run.id)).filter((type) => type === 'run_cancel_requested')).toHaveLength(1)
  })
  it('reaches the next worker when the one who was asked is lost', async () => {
    const { run } = await request()
    await claim()
    await store.requestCancel(run.id)
    await expire(run.id)
    expect((await claim('b:1')).run.status).toBe('cancelling')
  })
  it('is what becomes of a run that was to be cancelled when the engine shuts down', async () => {
    const { run } = await request()
    const { lease } = await claim()
    await store.startRun(lease, [step('x')])
    await store.requestCancel(run.id)
    await store.releaseRun(lease)
    expect(await store.getRun(run.id)).toMatchObject({ status: 'cancelled', stepCounts: { cancelled: 1 } })
  })
  it('changes nothing about a run that has ended, and knows no other', async () => {
    await request()
    const { lease } = await claim()
    await store.endRun(lease, 'succeeded')
    expect((await store.requestCancel(lease.runId))?.status).toBe('succeeded')
    expect(await store.requestCancel('nope')).toBeUndefined()
  })
})

describe('records', () => {
  it('keep the order of events, over workers and runs, by rising ids', async () => {
    await Promise.all([request(), request(), request()])
    const leases = [(await claim()).lease, (await claim()).lease, (await claim()).lease]
    const told = (run: number, n: number): NewRunEvent[] =>
      Array.from({ length: 20 }, (_, i) => ({ type: 'log', message: `${run} ${n * 20 + i}` }))
    await Promise.all(
      leases.map(async (lease, run) => {
        for (let n = 0; n < 5; n++) await store.record(lease, { events: told(run, n), steps: [] })
      }),
    )
    for (const [run, { runId }] of leases.entries()) {
      const messages = (await store.readEvents({ runId, types: ['log'] })).map((event) => event.message)
      expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => `${run} ${i}`))
    }
    const all = await store.readEvents({ limit: 10_000 })
    const [from] = all.slice(50)
    expect(await store.readEvents({ after: from?.id ?? 0, limit: 10_000 })).toEqual(all.slice(51))
    expect((await store.readEvents({ newestFirst: true, limit: 1 }))[0]).toEqual(all.at(-1))
  })
  it('tell of checks that found something, of one that was asked again the last time', async () => {
    await request()
    const { lease } = await claim()
    const told = (check: string, level: 'info' | 'warn' | 'error', partitions?: string): NewRunEvent => ({
      type: 'check_evaluated',
      asset: 'checked',
      check,
      level,
      partitions,
    })
    const events = [
      told('mended', 'error'),
      told('mended', 'info'),
      told('bad', 'error', 'a'),
      told('bad', 'error', 'b'),
      told('bad', 'info', 'c'),
      told('odd', 'warn'),
      told('good', 'info'),
    ]
    await store.record(lease, { events, steps: [] })
    const { run: other } = await request()
    expect([...(await store.badChecksOf([lease.runId, other.id]))]).toEqual([[lease.runId, { failed: 1, warned: 1 }]])
  })
  it('tell which columns there are, found by a part of their names', async () => {
    await request()
    const { lease } = await claim()
    const made = (asset: string, ...names: string[]): NewRunEvent => ({
      type: 'asset_materialized',
      asset,
      metadata: { columns: { type: 'columns', columns: names.map((name) => ({ name, type: 'integer' })) } },
    })
    await store.record(lease, { events: [made('wide/a', 'Zq_Total', 'zq'), made('wide/b', 'zq_total_tax')], steps: [] })
    const found = async (...texts: string[]) =>
      (await store.findColumns(texts, 10)).map(({ asset, name, type }) => `${asset}.${name} ${type}`)
    expect(await found('zq_TOTAL', 'nothing')).toEqual(['wide/a.Zq_Total integer', 'wide/b.zq_total_tax integer'])
    expect(await found('zq')).toHaveLength(3)
    expect(await store.findColumns(['zq'], 1)).toEqual([{ asset: 'wide/a', name: 'zq', type: 'integer' }])
    expect(await found('%')).toEqual([])
  })
  it('are found by step, level and by what they say, in whatever case', async () => {
    await request()
    const { lease } = await claim()
    const { runId } = lease
    await store.record(lease, {
      steps: [],
      events: [
        { type: 'log', step: 'sync:shop', message: 'Reading 100% of_it' },
        { type: 'log', step: 'sync:shop', level: 'warn', message: 'slow' },
        { type: 'asset_materialized', step: 'ts:a', asset: 'raw/orders', metadata: { rows: 12 } },
        {
          type: 'check_evaluated',
          step: 'ts:a',
          asset: 'raw/orders',
          check: 'not_null',
          level: 'error',
          message: '3 bad',
        },
      ],
    })
    const read = async (filter: object) =>
      (await store.readEvents({ runId, types: ['log', 'asset_materialized', 'check_evaluated'], ...filter })).map(
        ({ message, type }) => message ?? type,
      )
    const [reading, slow, made, bad] = ['Reading 100% of_it', 'slow', 'asset_materialized', '3 bad']
    expect(await read({ step: 'sync:shop' })).toEqual([reading, slow])
    expect(await read({ levels: ['warn', 'error'] })).toEqual([slow, bad])
    expect(await read({ levels: ['info'] })).toEqual([reading, made])
    expect(await read({ find: { text: '100% OF_' } })).toEqual([reading])
    expect(await read({ find: { text: 'materialized RAW/orders' } })).toEqual([made])
    expect(await read({ find: { text: 'check not_null of raw/orders' } })).toEqual([bad])
    expect(await read({ find: { text: 'sync shop' } })).toEqual([reading, slow])
    expect(await read({ find: { text: '%' } })).toEqual([reading])
    expect(await read({ find: { text: 'orders', steps: ['sync:shop'] } })).toEqual([reading, slow, made, bad])
  })
  it('change steps and count them; of several changes of one step the last one counts', async () => {
    await request()
    const { lease } = await claim()
    await store.startRun(lease, [step('a'), step('b')])
    const startedAt = '2026-01-01T00:00:00.000Z'
    await store.record(lease, {
      events: [],
      steps: [
        { key: 'a', status: 'running', attempt: 2, startedAt },
        { key: 'a', status: 'succeeded', endedAt: '2026-01-01T00:00:01.000Z' },
        { key: 'b', status: 'skipped', reason: 'no need' },
      ],
    })
    expect(await store.listSteps(lease.runId)).toMatchObject([
      { key: 'a', status: 'succeeded', attempt: 2, startedAt, endedAt: '2026-01-01T00:00:01.000Z' },
      { key: 'b', status: 'skipped', reason: 'no need' },
    ])
    expect((await store.getRun(lease.runId))?.stepCounts).toMatchObject({ succeeded: 1, skipped: 1, pending: 0 })
  })
  it('note of steps what whoever takes them up has to know, and nothing for who has lost the run', async () => {
    const { run } = await request()
    const { lease } = await claim('a:1')
    await store.startRun(lease, [step('a')])
    const noted = (job: number) => ({ events: [], steps: [{ key: 'a', status: 'running' as const, note: { job } }] })
    const noteOf = async () => (await store.listSteps(run.id))[0]?.note
    await store.record(lease, noted(1))
    await store.record(lease, { events: [], steps: [{ key: 'a', status: 'retrying' }] })
    expect(await noteOf()).toEqual({ job: 1 })
    await store.releaseRun(lease)
    const next = await claim('b:1')
    await expect(store.record(lease, noted(2))).rejects.toEqual(lost)
    expect((await store.startRun(next.lease, []))[0]?.note).toEqual({ job: 1 })
    await store.record(next.lease, noted(3))
    expect(await noteOf()).toEqual({ job: 3 })
  })
  it('bring the latest states up to date; a failure does not forget the last success', async () => {
    await request()
    const { lease } = await claim()
    const error = { code: 'X', kind: 'user', retryable: false, message: 'no' } as const
    await store.record(lease, {
      steps: [],
      events: [
        { type: 'asset_materialized', asset: 'a', metadata: { rows: 1 } },
        { type: 'asset_materialized', asset: 'a', metadata: { rows: 2, code_version: 'v' } },
        { type: 'asset_failed', asset: 'a', error },
        { type: 'check_evaluated', asset: 'a', check: 'full', level: 'warn', message: 'nearly' },
      ],
    })
    expect(await store.assetStates(['a'])).toMatchObject([
      { lastMetadata: { rows: 2 }, lastCodeVersion: 'v', lastError: error, lastRunId: lease.runId },
    ])
    expect(await store.checkStates('a')).toMatchObject([{ name: 'full', passed: false, severity: 'warn' }])
    await store.record(lease, { steps: [], events: [{ type: 'asset_materialized', asset: 'a' }] })
    expect((await store.assetStates(['a']))[0]?.lastError).toBeUndefined()
  })
  it('keep when the step began that made it, also where all of it is told at once', async () => {
    await request()
    const { lease } = await claim()
    await store.startRun(lease, [step('x'), step('y')])
    const startedAt = '2020-01-01T00:00:00.000Z'
    const running = (key: string) => ({ key, status: 'running', attempt: 1, startedAt }) as const
    await store.record(lease, { steps: [running('x')], events: [] })
    const between = await store.sql('select now() as at')
    await store.record(lease, { steps: [], events: [{ type: 'asset_materialized', step: 'x', asset: 'x' }] })
    await store.record(lease, {
      steps: [running('y'), { key: 'y', status: 'succeeded' }],
      events: [{ type: 'asset_materialized', step: 'y', asset: 'y' }],
    })
    const [x, y] = await store.assetStates(['x', 'y'])
    expect(Date.parse(x?.lastBeganAt ?? '')).toBeLessThanOrEqual(Number(between[0]?.at))
    expect(Date.parse(y?.lastBeganAt ?? '')).toBeLessThanOrEqual(Date.parse(y?.lastMaterializedAt ?? ''))
  })
  it('keep when data last changed, apart from when it was last looked at', async () => {
    await request()
    const { lease } = await claim()
    const record = async (metadata: Metadata) => {
      await store.record(lease, { steps: [], events: [{ type: 'asset_materialized', asset: 'kept', metadata }] })
      const [state] = await store.assetStates(['kept'])
      return state as AssetState
    }
    const first = await record({ rows: 1 })
    expect(first.lastChangedAt).toBe(first.lastMaterializedAt)
    const second = await record({ rows: 1, unchanged: true })
    expect(second.lastChangedAt).toBe(first.lastChangedAt)
    expect(second.lastMaterializedAt).not.toBe(first.lastMaterializedAt)
    const third = await record({ rows: 2 })
    expect(third.lastChangedAt).toBe(third.lastMaterializedAt)
  })
  it('that tell the data version of before leave the data as it is, also partition by partition', async () => {
    await request()
    const { lease } = await claim()
    const record = async (...events: Omit<NewRunEvent, 'type'>[]) => {
      const made = events.map((event) => ({ type: 'asset_materialized', asset: 'versioned', ...event }) as const)
      await store.record(lease, { steps: [], events: made })
      const [state] = await store.assetStates(['versioned'])
      const told = await store.readEvents({ asset: 'versioned', newestFirst: true, limit: events.length })
      return {
        state: state as AssetState,
        unchanged: told.reverse().map(({ metadata }) => metadata?.unchanged === true),
      }
    }
    const of = (version?: string) => ({ metadata: version === undefined ? {} : { data_version: version } })
    const first = await record(of('a'))
    const again = await record(of('a'))
    expect(again.state).toMatchObject({ lastChangedAt: first.state.lastChangedAt, lastDataVersion: 'a' })
    expect((await record(of('b'))).state.lastChangedAt).not.toBe(first.state.lastChangedAt)
    // Of several that are told at once each follows the one before it; one without a version is another one.
    expect((await record(of('b'), of('c'), of('c'), of(), of('c'))).unchanged).toEqual([
      true,
      false,
      true,
      false,
      false,
    ])
    const part = (version: string, ...keys: string[]) => ({
      ...of(version),
      partitions: keys.join(','),
      partitionKeys: keys,
    })
    expect((await record(part('a', 'x', 'y'))).unchanged).toEqual([false])
    expect((await record(part('a', 'y'))).unchanged).toEqual([true])
    expect((await record(part('a', 'y', 'z'))).unchanged).toEqual([false])
    expect((await record(part('b', 'y'))).unchanged).toEqual([false])
    expect(await store.partitionState('versioned', 'y')).toMatchObject({ dataVersion: 'b' })
  })
  it('tell the run that changed the data, apart from those that made it again or failed to', async () => {
    const leases = []
    for (const _ of [1, 2, 3]) {
      await request()
      leases.push((await claim()).lease)
    }
    const [changing, again, failing] = leases as [RunLease, RunLease, RunLease]
    const made = { type: 'asset_materialized', asset: 'told', metadata: { data_version: '1' } } as const
    const error = { code: 'X', kind: 'user', retryable: false, message: 'no' } as const
    await store.record(changing, { steps: [], events: [made] })
    await store.record(again, { steps: [], events: [made] })
    await store.record(failing, { steps: [], events: [{ type: 'asset_failed', asset: 'told', error }] })
    expect(await store.assetStates(['told'])).toMatchObject([
      { lastChangedRunId: changing.runId, lastMadeRunId: again.runId, lastRunId: failing.runId },
    ])
  })
  it('of what others made count outside of runs', async () => {
    const made = { asset: 'outside', message: 'reported', metadata: { data_version: '1' } }
    await store.noteMade(made)
    const [first] = await store.assetStates(['outside'])
    expect(first).toMatchObject({ lastDataVersion: '1', lastRunId: undefined })
    await store.noteMade(made)
    const [again] = await store.assetStates(['outside'])
    expect(again?.lastChangedAt).toBe(first?.lastChangedAt)
    expect(again?.lastMaterializedAt).not.toBe(first?.lastMaterializedAt)
  })
  it('hold any text, and so do plans, steps, errors and ticks', async () => {
    const [any, kept] = ['a\0b\ud800 \\u0000 "\\" 🌊', 'ab\ufffd \\u0000 "\\" 🌊']
    const error = { code: 'X', kind: 'user', retryable: false, message: any } as const
    const { run } = await request({ runKey: any, tags: { [any]: any }, trigger: { type: 'sensor', name: any } })
    expect(run).toMatchObject({ runKey: kept, tags: { [kept]: kept }, trigger: { name: kept } })
    expect(await request({ runKey: any })).toMatchObject({ isNew: false, run: { id: run.id } })
    const { lease } = await claim()
    await store.startRun(lease, [step(any)])
    await store.record(lease, {
      steps: [{ key: any, status: 'failed', error, reason: any }],
      events: [{ type: 'log', message: any }],
    })
    await store.endRun(lease, 'failed', error)
    expect((await store.readEvents({ runId: lease.runId, types: ['log'] }))[0]?.message).toBe(kept)
    expect(await store.getRun(run.id)).toMatchObject({ status: 'failed', error: { message: kept } })
    const ended = { key: kept, status: 'failed', error: { message: kept }, reason: kept, assets: [`main/${kept}`] }
    expect(await store.listSteps(run.id)).toMatchObject([ended])
    const tick = { id: newId(), automation: any, automationType: 'sensor', at: new Date().toISOString() } as const
    await store.commitTick({ ...tick, status: 'failed', runIds: [], cursor: { any }, error, reason: any }, [])
    expect(await store.automationState(any)).toMatchObject({ cursor: { any: kept }, failure: { message: kept } })
    const [told] = await store.listTicks({ automation: any })
    expect(told).toMatchObject({ cursor: { any: kept }, error: { message: kept }, reason: kept })
    await store.addDynamicPartitions('places', [any])
    expect(await store.dynamicPartitions()).toEqual(new Map([['places', [kept]]]))
  })
  it('of progress are gone when the run has ended', async () => {
    await request()
    const { lease } = await claim()
    await store.record(lease, {
      steps: [],
      events: [
        { type: 'progress', message: '50 %' },
        { type: 'log', message: 'x' },
      ],
    })
    expect(await typesOf(lease.runId)).toContain('progress')
    await store.endRun(lease, 'succeeded')
    expect(await typesOf(lease.runId)).toEqual(['run_queued', 'run_started', 'log', 'run_succeeded'])
  })
  it('are applied once when the connection is lost in the middle, or right after the commit', async () => {
    await request()
    const { lease } = await claim()
    const kill = () =>
      store.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'millrace' and pid <> pg_backend_pid()",
      )
    const count = 40
    let written = 0
    const killing = (async () => {
      while (written < count) {
        // Each time at another moment, and never so often that nothing gets through.
        const before = written
        await sleep(written % 8)
        await kill()
        while (written === before) await sleep(1)
      }
    })()
    try {
      for (; written < count; written++)
        await store.record(lease, { events: [{ type: 'log', message: String(written) }], steps: [] })
    } finally {
      written = count
    }
    await killing
    const messages = (await store.readEvents({ runId: lease.runId, types: ['log'] })).map((event) => event.message)
    expect(messages).toEqual(Array.from({ length: count }, (_, i) => String(i)))
  })
})

describe('listing', () => {
  it('filters runs by status, trigger and asset, newest first, page by page', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++)
      ids.push((await request({ trigger: { type: 'schedule', name: i < 3 ? 'x' : 'y' } })).run.id)
    expect((await store.listRuns({ trigger: { name: 'x' } })).map((run) => run.id)).toEqual(ids.slice(0, 3).reverse())
    expect((await store.listRuns({ trigger: { type: 'schedule' }, limit: 2 })).map((run) => run.id)).toEqual(
      ids.slice(3).reverse(),
    )
    // A sensor of that name, and a schedule that is called like a type.
    await request({ trigger: { type: 'sensor', name: 'x' } })
    await request({ trigger: { type: 'schedule', name: 'retry' } })
    const listed = async (trigger: RunTrigger) => (await store.listRuns({ trigger })).length
    expect(await listed({ type: 'schedule', name: 'x' })).toBe(3)
    expect(await listed({ type: 'retry' })).toBe(0)
    expect((await store.listRuns({ trigger: { name: 'retry' } })).length).toBe(1)
    expect((await store.listRuns({ before: ids[2] })).map((run) => run.id)).toEqual(ids.slice(0, 2).reverse())
    const { lease } = await claim()
    await store.startRun(lease, [step('x')])
    expect((await store.listRuns({ asset: 'main/x' })).map((run) => run.id)).toEqual([lease.runId])
    expect((await store.listRuns({ statuses: ['running'] })).map((run) => run.id)).toEqual([lease.runId])
    expect(await store.listRuns({ asset: 'main' })).toEqual([])
    expect((await store.listSteps(lease.runId, 'main/x')).map(({ key }) => key)).toEqual(['x'])
    expect(await store.listSteps(lease.runId, 'main')).toEqual([])
    const again = await store.requestRun({
      selection: '*',
      trigger: { type: 'rerun' },
      parentRunId: ids[0],
      rerun: 'all',
      tags: { why: 'test' },
    })
    expect((await store.listRuns({ parentRunId: ids[0] })).map((run) => [run.id, run.tags])).toEqual([
      [again.run.id, { why: 'test' }],
    ])
  })
})

describe('what syncs loaded', () => {
  it('is added up hour by hour, of some assets', async () => {
    await request()
    const { lease } = await claim()
    const loads = [
      ['a', 5],
      ['b', 7],
      ['a', 'many'],
      ['other', 9],
    ] as const
    await store.record(lease, {
      events: loads.map(([asset, rows]) => ({
        type: 'asset_materialized',
        asset,
        metadata: { rows_committed: rows, bytes_read: 10 },
      })),
      steps: [],
    })
    await store.sql("update events set at = '2026-03-10T11:59:00Z' where asset = 'b'")
    await store.sql("update events set at = '2026-03-10T12:01:00Z' where asset <> 'b'")
    const loaded = (since: string) => store.loadedByHour({ assets: ['a', 'b'], since: new Date(since) })
    const noon = { at: '2026-03-10T12:00:00.000Z', rows: 5, bytes: 20 }
    expect(await loaded('2026-03-10T11:00:00Z')).toEqual([{ at: '2026-03-10T11:00:00.000Z', rows: 7, bytes: 10 }, noon])
    expect(await loaded('2026-03-10T12:00:00Z')).toEqual([noon])
  })
})

describe('runs with tags', () => {
  it('are listed by these, and by when they were requested', async () => {
    const request = async (tags: Record<string, string>) =>
      (await store.requestRun({ selection: '*', trigger: { type: 'manual' }, tags })).run
    const one = await request({ team: 'a', urgent: 'yes' })
    await sleep(5)
    const two = await request({ team: 'b' })
    const listed = async (filter: Parameters<TestStore['listRuns']>[0]) =>
      (await store.listRuns(filter)).map(({ id }) => id)
    expect(await listed({ tags: [{ key: 'team', value: 'a' }] })).toEqual([one.id])
    expect(await listed({ tags: [{ key: 'team' }] })).toEqual([two.id, one.id])
    expect(await listed({ tags: [{ key: 'team', value: 'b' }, { key: 'urgent' }] })).toEqual([])
    expect(await listed({ since: new Date(two.createdAt) })).toEqual([two.id])
    expect(await listed({ until: new Date(two.createdAt) })).toEqual([one.id])
  })
})

describe('ticks', () => {
  const tick = (changes: Partial<Tick> = {}): Tick => ({
    id: newId(),
    automation: 'files',
    automationType: 'sensor',
    at: new Date().toISOString(),
    status: 'requested',
    runIds: [],
    ...changes,
  })
  const wanted = (runKey: string) => ({ selection: '*', trigger: { type: 'sensor' as const, name: 'files' }, runKey })

  it('write tick, cursor and runs together', async () => {
    const committed = await store.commitTick(tick({ cursor: { seen: 2 } }), [wanted('a'), wanted('b')])
    expect(committed?.runIds).toHaveLength(2)
    expect(await store.automationState('files')).toMatchObject({ name: 'files', cursor: { seen: 2 } })
    expect((await store.listRuns({})).map((run) => run.id)).toEqual([...(committed?.runIds ?? [])].reverse())
  })
  it('or nothing of it', async () => {
    const broken = { ...wanted('b'), trigger: { type: null as never, name: 'files' } }
    await expect(store.commitTick(tick({ cursor: 1 }), [wanted('a'), broken])).rejects.toThrow()
    expect(await store.listRuns({})).toEqual([])
    expect(await store.automationStates()).toEqual([])
    expect(await store.listTicks({})).toEqual([])
  })
  it('and keys of dynamic partitions, which may be the partitions of the runs', async () => {
    await store.addDynamicPartitions('customers', ['old'])
    const dynamicPartitions = { customers: { add: ['acme', 'old'], remove: [] }, regions: { add: [], remove: ['x'] } }
    await store.commitTick(tick(), [{ ...wanted('a'), partitions: 'acme' }], { dynamicPartitions })
    expect((await store.dynamicPartitions()).get('customers')).toEqual(['old', 'acme'])
    const broken = { ...wanted('b'), trigger: { type: null as never, name: 'files' } }
    const more = { customers: { add: ['other'], remove: ['old'] } }
    await expect(store.commitTick(tick(), [broken], { dynamicPartitions: more })).rejects.toThrow()
    expect((await store.dynamicPartitions()).get('customers')).toEqual(['old', 'acme'])
  })
  it('keep the cursor when there is no new one', async () => {
    await store.commitTick(tick({ cursor: 1 }), [])
    await store.commitTick(tick({ status: 'failed' }), [])
    expect((await store.automationState('files'))?.cursor).toBe(1)
  })
  it('write a cursor where it is another one, and who asks for all automations reads none', async () => {
    const cursor = { 'a.csv': '1', 'b.csv': '2' }
    await store.commitTick(tick({ cursor }), [], { from: { cursor: undefined, lastTickAt: undefined } })
    for (const next of [{ 'b.csv': '2', 'a.csv': '1' }, { 'a.csv': '1' }]) {
      const { lastTickAt } = (await store.automationState('files')) ?? {}
      await store.commitTick(tick({ cursor: next, at: new Date(Date.now() + 1_000).toISOString() }), [], {
        from: { cursor, lastTickAt },
      })
    }
    expect((await store.listTicks({})).map((one) => one.cursor)).toEqual([{ 'a.csv': '1' }, undefined, cursor])
    expect((await store.automationState('files'))?.cursor).toEqual({ 'a.csv': '1' })
    expect((await store.automationStates())[0]?.cursor).toBeUndefined()
    expect((await store.automationStates({ withCursors: true }))[0]?.cursor).toEqual({ 'a.csv': '1' })
  })
  it('say when all of it, or some of it, was requested before, and which run that was', async () => {
    const first = (await store.commitTick(tick(), [wanted('a')]))?.runIds[0]
    expect(await store.commitTick(tick(), [wanted('a')])).toMatchObject({
      status: 'skipped',
      reason: `already requested (run key): run ${first}`,
      runIds: [],
    })
    const some = await store.commitTick(tick({ reason: 'new files' }), [wanted('a'), wanted('b'), wanted('a')])
    expect(some).toMatchObject({
      status: 'requested',
      reason: `new files; 2 of 3 were already requested (run key): run ${first} and 1 more`,
    })
    expect(some?.runIds).toHaveLength(1)
  })
  it('have run keys of any length', async () => {
    const first = randomBytes(10_000).toString('hex')
    const other = `${first.slice(0, -1)}x`
    const committed = await store.commitTick(tick({ cursor: 1 }), [wanted(first), wanted(other), wanted(first)])
    expect([committed?.status, committed?.runIds.length]).toEqual(['requested', 2])
    expect(await store.commitTick(tick(), [wanted(other)])).toMatchObject({ status: 'skipped', runIds: [] })
    // As it was kept before, where PostgreSQL could pack it.
    const packed = 'in.csv@1,'.repeat(400)
    const [run] = await store.listRuns({ limit: 1 })
    await store.sql('update runs set run_key = $1 where id = $2', [packed, run?.id])
    expect(await store.commitTick(tick(), [wanted(packed)])).toMatchObject({ status: 'skipped', runIds: [] })
  })
  it('that ask for what cannot be kept fail, and leave the cursor where it is', async () => {
    await store.commitTick(tick({ cursor: 1 }), [])
    const before = await store.automationState('files')
    const dynamicPartitions = { customers: { add: [randomBytes(10_000).toString('hex')], remove: [] } }
    const failed = await store.commitTick(tick({ cursor: 2 }), [wanted('a')], { dynamicPartitions, from: before })
    expect(failed).toMatchObject({ status: 'failed', runIds: [], error: { code: 'METASTORE_VALUE_REFUSED' } })
    expect(failed?.reason).toContain('What a tick of files asks for cannot be kept: index row')
    expect(await store.automationState('files')).toMatchObject({
      cursor: 1,
      lastTickAt: failed?.at,
      failure: { message: failed?.reason },
    })
    expect(await store.listRuns({})).toEqual([])
  })
  it('of one instant of a schedule are one, whoever writes it', async () => {
    const at = '2026-01-01T00:00:00.000Z'
    const both = await Promise.all(
      [tick({ automationType: 'schedule', at }), tick({ automationType: 'schedule', at })].map((one) =>
        store.commitTick(one, [wanted(at)]),
      ),
    )
    expect(both[0]?.id).toBe(both[1]?.id)
    expect(await store.listTicks({ automation: 'files' })).toHaveLength(1)
    expect(await store.listRuns({})).toHaveLength(1)
  })
  it('of a sensor that two daemons asked are one: who was asked from where it no longer stands writes nothing', async () => {
    const from = { cursor: undefined, lastTickAt: undefined }
    const first = await Promise.all(
      ['a', 'b'].map((key) => store.commitTick(tick({ cursor: 1 }), [{ ...wanted(key), runKey: undefined }], { from })),
    )
    expect(first.filter((one) => one !== undefined)).toHaveLength(1)
    const state = await store.automationState('files')
    await store.commitTick(tick({ cursor: 2, at: new Date(Date.now() + 1_000).toISOString() }), [], { from: state })
    // A server that was stopped for a while comes back with what it was told before.
    expect(await store.commitTick(tick({ cursor: 2 }), [wanted('late')], { from: state })).toBeUndefined()
    expect((await store.automationState('files'))?.cursor).toBe(2)
    expect(await store.listTicks({ automation: 'files' })).toHaveLength(2)
    expect(await store.listRuns({})).toHaveLength(1)
  })
  it('know since when an automation is on', async () => {
    await store.setAutomation('files', 'sensor', false)
    expect((await store.automationStates())[0]).toMatchObject({ isOn: false, turnedOnAt: undefined })
    await store.setAutomation('files', 'sensor', true)
    const [state] = await store.automationStates()
    await store.setAutomation('files', 'sensor', true)
    expect((await store.automationStates())[0]?.turnedOnAt).toBe(state?.turnedOnAt)
    expect(state?.turnedOnAt).toBeDefined()
  })
})

it('tells others what changed, again after the connection was lost', async () => {
  const changes: StoreChange[] = []
  const stop = new AbortController()
  const listening = store.subscribe((change) => changes.push(change), stop.signal)
  const hears = () =>
    eventually('a change is heard', async () => {
      const { run } = await request()
      return changes.some((change) => change.type === 'run' && change.runId === run.id)
    })
  await hears()
  await store.sql("select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'")
  await hears()
  stop.abort()
  await listening
})

it('tells workers of runs that wait or are to be cancelled, and of nothing else', async () => {
  const changes: StoreChange[] = []
  const stop = new AbortController()
  const listening = store.subscribe((change) => changes.push(change), stop.signal, 'work')
  await eventually('it listens', async () => {
    await request()
    return changes.length > 0
  })
  const { run, lease } = await claim()
  await store.startRun(lease, [step('x')])
  await store.record(lease, { events: [{ type: 'log', message: 'x' }], steps: [{ key: 'x', status: 'running' }] })
  await store.requestCancel(run.id)
  await request()
  const { run: other, lease: otherLease } = await claim()
  await store.releaseRun(otherLease)
  await store.endRun(lease, 'cancelled')
  const { run: last } = await request()
  const of = (id: string) => changes.flatMap((one) => (one.type === 'run' && one.runId === id ? [one.status] : []))
  await eventually('the last one is heard', () => of(last.id).length > 0)
  expect(of(run.id)).toEqual(['queued', 'cancelling'].slice(-of(run.id).length))
  expect(of(run.id)).toContain('cancelling')
  expect(of(other.id).at(-1)).toBe('queued')
  expect(changes.every((one) => one.type === 'run')).toBe(true)
  stop.abort()
  await listening
})

it('writes of many runs that come at once are all kept, each under its own lease', async () => {
  await Promise.all(Array.from({ length: 20 }, () => request()))
  const claimed = await store.claimRuns('a:1', leaseMs, { most: 20 })
  const [lostOne, ...held] = claimed.map(({ lease }) => lease)
  await expire(String(lostOne?.runId))
  await claim('b:1')
  const outcomes = await Promise.allSettled(
    claimed.map(async ({ lease }, i) => {
      await store.startRun(lease, [step('x'), step('y')])
      await store.record(lease, {
        events: [{ type: 'log', message: `${i} one` }],
        steps: [{ key: 'x', status: 'running', attempt: 1 }],
      })
      // What a step reports cannot be written: that is its own misfortune.
      if (i === 5)
        await store.record(lease, { events: [], steps: [{ key: 'x', status: 'failed', startedAt: 'nonsense' }] })
      await store.endRun(lease, i % 2 === 0 ? 'succeeded' : 'failed', undefined, {
        record: { events: [{ type: 'log', message: `${i} two` }], steps: [{ key: 'x', status: 'succeeded' }] },
      })
    }),
  )
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(claimed.map((_, i) => i !== 0 && i !== 5))
  expect((outcomes[0] as PromiseRejectedResult).reason).toEqual(lost)
  for (const [i, { runId }] of held.entries()) {
    if (i + 1 === 5) continue
    const end = (i + 1) % 2 === 0 ? 'succeeded' : 'failed'
    expect((await store.readEvents({ runId })).map((event) => event.message)).toEqual([
      'Queued: *',
      'Started by a:1',
      `${i + 1} one`,
      `${i + 1} two`,
      `Run ${end}`,
    ])
    expect(await store.getRun(runId)).toMatchObject({ status: end, stepCounts: { succeeded: 1, pending: 1 } })
  }
})

it('forgets old logs, then old runs, and never what is going on or what became of an asset last', async () => {
  const endOne = async () => {
    await request()
    const { lease } = await claim()
    await store.startRun(lease, [step('x')])
    const events: NewRunEvent[] = [
      { type: 'log', message: 'x' },
      { type: 'asset_materialized', asset: 'main/x' },
    ]
    await store.record(lease, { steps: [], events })
    await store.endRun(lease, 'succeeded')
    return lease.runId
  }
  const [old, middle] = [await endOne(), await endOne()]
  await store.sql("update runs set ended_at = now() - interval '400 d' where id = $1", [old])
  await store.sql("update runs set ended_at = now() - interval '40 d' where id = $1", [middle])
  const { run: open } = await request()
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
  await store.prune({ logsBefore: daysAgo(30), runsBefore: daysAgo(365), idleTicksBefore: daysAgo(3) })
  expect((await store.listRuns({})).map((run) => run.id)).toEqual([open.id, middle])
  expect(await typesOf(old)).toEqual([])
  expect(await typesOf(middle)).toEqual(['asset_materialized', 'run_succeeded'])
  expect(await store.assetStates()).toMatchObject([{ key: 'main/x', lastRunId: middle }])
})

it('forgets as much as there is piece by piece, and logs of a run once', async () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
  const prune = (signal?: AbortSignal) =>
    store.prune({ logsBefore: daysAgo(30), runsBefore: daysAgo(365), idleTicksBefore: daysAgo(3) }, signal)
  // Several of them at once to the microsecond, and more than one piece of each kind.
  await store.sql(`insert into runs (id, selection, trigger_type, status, ended_at)
    select 'run ' || n, '*', 'manual', 'succeeded', now() - case when n <= 450 then interval '400 d' else interval '40 d' end
      from generate_series(1, 900) n`)
  await store.sql(`insert into events (run_id, type) select 'run ' || n % 900 + 1, case when n <= 900 then 'run_succeeded' else 'log' end
    from generate_series(1, 18000) n`)
  await store.sql(`insert into events (run_id, type, at) select '', 'asset_freshness', now() - interval '400 d' + n * interval '1 h'
    from generate_series(0, 8000, 1000) n`)
  const count = async (from: string) => Number((await store.sql(`select count(*) as n from ${from}`))[0]?.n)
  await prune(AbortSignal.abort())
  expect(await count('events')).toBe(18_009)
  await prune()
  expect([
    await count('runs'),
    await count("events where run_id <> ''"),
    await count("events where run_id = ''"),
  ]).toEqual([450, 450, 8])
  await store.sql("insert into events (run_id, type) values ('run 451', 'log')")
  await prune()
  expect(await count("events where type = 'log'")).toBe(1)
})

describe('an address', () => {
  const open = (change: Partial<Pick<URL, 'password' | 'pathname' | 'port'>>) => {
    const url = Object.assign(new URL(database.server.url), change)
    return openMetastore({ url: url.href, logger: silentLogger })
  }
  it.each([
    ['a wrong password', 'METASTORE_REFUSED', { password: 'wrong' }],
    ['a database that is not there', 'METASTORE_REFUSED', { pathname: '/nowhere' }],
    ['a port where nobody listens', 'METASTORE_UNREACHABLE', { port: '1' }],
  ])('with %s says so: %s', async (_what, code, change) => {
    await expect(open(change)).rejects.toMatchObject({ code, hint: expect.stringContaining('DATABASE_URL') })
  })
  it('that is none says so, and nothing of its password', async () => {
    const opening = openMetastore({ url: 'mysql://me:hunter22@host/db', logger: silentLogger })
    await expect(opening).rejects.toMatchObject({ code: 'METASTORE_URL_INVALID' })
    await expect(opening).rejects.not.toThrow('hunter22')
  })
})

it('keeps the projects of one database apart', async () => {
  const other = await database.store()
  await request()
  expect(await other.listRuns({})).toEqual([])
  expect(await other.claimRun('a:1', leaseMs)).toBeUndefined()
})

it.each(['Shop', 'two words'])('a schema called %s is found again', async (schema) => {
  const url = `${database.server.url}?schema=${encodeURIComponent(schema)}`
  const first = await openMetastore({ url, logger: silentLogger })
  const { run } = await first.requestRun({ selection: '*', trigger: { type: 'manual' } })
  await first.close()
  const again = await openMetastore({ url, logger: silentLogger })
  expect(await again.getRun(run.id)).toMatchObject({ id: run.id })
  await again.close()
})

it('who may create nothing works with a store that is up to date, and is refused by one that is not', async () => {
  const [{ schema }] = (await store.sql('select current_schema() as schema')) as [{ schema: string }]
  const role = `dml_${newId().replaceAll('-', '')}`
  await store.sql(`create role ${role} login password 'of-dml'`)
  await store.sql(`grant usage on schema ${schema} to ${role}`)
  await store.sql(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`)
  await store.sql(`grant usage on all sequences in schema ${schema} to ${role}`)
  const url = Object.assign(new URL(database.server.url), { username: role, password: 'of-dml' }).href
  const limited = await openMetastore({ url: `${url}?schema=${schema}`, logger: silentLogger })
  try {
    expect(limited.migrated.applied).toEqual([])
    const { run } = await limited.requestRun({ selection: '*', trigger: { type: 'manual' } })
    const [claimed] = await limited.claimRuns('a:1', leaseMs, { most: 1 })
    if (!claimed) throw new Error('Nothing to claim')
    await limited.startRun(claimed.lease, [step('x')])
    await limited.endRun(claimed.lease, 'succeeded')
    expect(await limited.getRun(run.id)).toMatchObject({ status: 'succeeded' })
  } finally {
    await limited.close()
  }
  await expect(openMetastore({ url: `${url}?schema=not_there`, logger: silentLogger })).rejects.toMatchObject({
    code: 'METASTORE_REFUSED',
    hint: expect.stringContaining('millrace migrate'),
  })
})

it('events of several assets are read at once, and from a time on', async () => {
  await request()
  const { lease } = await claim()
  const made = (asset: string): NewRunEvent => ({ type: 'asset_materialized', asset })
  await store.record(lease, { events: [made('raw/a'), made('raw/b'), made('raw/c')], steps: [] })
  const read = async (filter: Parameters<typeof store.readEvents>[0]) =>
    (await store.readEvents({ types: ['asset_materialized'], ...filter })).map((event) => event.asset)
  expect(await read({ assets: ['raw/a', 'raw/c'] })).toEqual(['raw/a', 'raw/c'])
  expect(await read({ assets: [] })).toEqual([])
  expect(await read({ since: new Date(0) })).toHaveLength(3)
  expect(await read({ since: new Date('2999-01-01') })).toEqual([])
})

it('a worker that asks an empty queue, or may have no more runs, writes nothing', async () => {
  const nextTransaction = async () =>
    (await store.sql('select pg_snapshot_xmax(pg_current_snapshot())::text as id'))[0]?.id
  /** The server analyzes tables by itself, which writes as well: but not each time. */
  const writesNothing = async (work: () => Promise<void>) => {
    for (let attempt = 0; attempt < 5; attempt++) {
      const before = await nextTransaction()
      await work()
      if ((await nextTransaction()) === before) return true
    }
    return false
  }
  expect(await writesNothing(async () => expect(await store.claimRun('a:1', 1_000)).toBeUndefined())).toBe(true)
  await request()
  await claim()
  await request()
  const claimsNone = async () => expect(await store.claimRuns('a:1', 1_000, { most: 1, mostInAll: 1 })).toEqual([])
  expect(await writesNothing(claimsNone)).toBe(true)
  expect(await store.claimRuns('a:1', 1_000, { most: 1, mostInAll: 2 })).toHaveLength(1)
})

describe('connections', () => {
  const spec = (name: string, yaml: string) => ({
    name,
    yaml,
    file: `${name}.yaml`,
    sourceConnector: 'file',
    destinationConnector: 'warehouse',
  })
  const publish = (...connections: object[]) => store.publishDefinitions({ connections } as unknown as Definitions)
  const noted = async (name: string) =>
    (await store.connectionEvents({ connection: name })).map(({ type, by }) => `${type} by ${by}`)

  it('that come, change and go are noted, once each', async () => {
    await publish(spec('a', '1'), spec('b', '1'))
    await publish(spec('a', '1'), spec('b', '2'))
    await publish(spec('a', '1'), spec('b', '2'))
    await store.noteConnectionEvents([{ connection: 'a', type: 'schedule_turned_off', by: 'web', message: 'sync_a' }])
    await publish(spec('a', '1'))
    expect(await noted('a')).toEqual(['schedule_turned_off by web', 'created by file'])
    expect(await noted('b')).toEqual(['removed by file', 'settings_changed by file', 'created by file'])
    const [newest] = await store.connectionEvents({ connection: 'b', limit: 1 })
    const before = new Date(newest?.at ?? 0)
    expect(await store.connectionEvents({ connection: 'b', since: before })).toHaveLength(1)
    expect(await store.connectionEvents({ connection: 'b', before })).toHaveLength(2)
  })
  it('of a store that knew them before this was noted are not made again', async () => {
    await Promise.all([publish(spec('a', '1')), publish(spec('a', '1'))])
    expect(await noted('a')).toEqual(['created by file'])
  })
})

it('keeps secrets all or none, and tells by one text whether there are others', async () => {
  const secret = (name: string, sealed: string, mayReplace = false) => ({ name, sealed, updatedBy: 'ada', mayReplace })
  const versions = [await store.secretsVersion()]
  const noteVersion = async () => versions.push(await store.secretsVersion())
  expect(await store.keepSecrets([secret('A', '1'), secret('B', '2')])).toEqual([])
  await noteVersion()
  expect(await store.keepSecrets([secret('C', '3'), secret('B', '4'), secret('A', '5', true)])).toEqual(['B'])
  expect(await store.secretsVersion()).toBe(versions.at(-1))
  expect(await store.keepSecrets([{ ...secret('A', '5', true), updatedBy: undefined }])).toEqual([])
  await noteVersion()
  expect([await store.removeSecret('B'), await store.removeSecret('B')]).toEqual([true, false])
  await noteVersion()
  expect(new Set(versions).size).toBe(4)
  expect(await store.secrets()).toEqual([
    { name: 'A', sealed: '5', updatedAt: expect.any(String), updatedBy: undefined },
  ])
  const former = await store.secrets()
  await store.keepSecrets([secret('A', '6', true), secret('D', '7'), secret('E', '8')])
  const kept = [
    { name: 'A', sealed: '6', former: former[0] },
    { name: 'D', sealed: '7' },
  ]
  await store.takeBackSecrets([...kept, { name: 'E', sealed: 'of somebody else' }])
  const [a, ...others] = await store.secrets()
  expect([a, others.map(({ name }) => name)]).toEqual([former[0], ['E']])
  await store.removeSecret('A')
  await store.removeSecret('E')
})

it('the runs of a step are its history', async () => {
  for (const key of ['sync:a', 'sync:b', 'sync:a', 'sync:a']) {
    await request()
    const { lease } = await claim()
    await store.startRun(lease, [{ key, kind: 'sync', assets: [], checks: [], upstream: [] }])
    await store.endRun(lease, 'succeeded')
  }
  const all = await store.stepHistory({ step: 'sync:a' })
  expect(all.map(({ run, step }) => [run.id === step.runId, step.key])).toEqual(Array(3).fill([true, 'sync:a']))
  expect(all.map(({ run }) => run.id)).toEqual(
    all
      .map(({ run }) => run.id)
      .sort()
      .reverse(),
  )
  expect(await store.stepHistory({ step: 'sync:a', before: all[0]?.run.id, limit: 1 })).toEqual([all[1]])
})

it('a machine that is cut off in the middle of a transaction holds up nobody for long', async () => {
  const cutOff = new Database(database.server.url, silentLogger)
  try {
    expect(await cutOff.rows('show idle_in_transaction_session_timeout')).toEqual([
      { idle_in_transaction_session_timeout: '10s' },
    ])
  } finally {
    await cutOff.close()
  }
})

it('of several daemons one leads until it resigns, is silent for too long, or is known to be gone', async () => {
  expect(await store.daemonBeatAt()).toBeUndefined()
  expect(await store.leadDaemon('a:1', 60_000)).toBe('a:1')
  expect(await store.leadDaemon('b:1', 60_000)).toBe('a:1')
  expect(await store.leadDaemon('b:1', 60_000, ['a:1'])).toBe('b:1')
  expect(await store.leadDaemon('a:1', 60_000)).toBe('b:1')
  await store.resignDaemon('a:1')
  expect(await store.leadDaemon('a:1', 60_000)).toBe('b:1')
  await store.resignDaemon('b:1')
  expect(await store.leadDaemon('a:1', -1)).toBe('a:1')
  expect(await store.leadDaemon('b:1', 60_000)).toBe('b:1')
  expect(await store.daemonBeatAt()).toBeInstanceOf(Date)
})

describe('processes', () => {
  const report = (name: string, changes = {}) =>
    ({ name, kind: 'worker', host: 'a', version: '1.0.0', runs: 'executes', capacity: 4, ...changes }) as const
  const silentFor = (name: string, howLong: string) =>
    store.sql(`update processes set heard_at = heard_at - interval '${howLong}' where name = $1`, [name])

  it('are there from their first word to their last, with the runs that they hold', async () => {
    await store.reportProcess(report('a:1'), true)
    await store.reportProcess(report('s:1', { kind: 'server', runs: 'none', capacity: 0 }), true)
    await request()
    await claim('a:1')
    await store.leadDaemon('s:1', 60_000)
    expect(await store.processes()).toMatchObject([
      { ...report('s:1', { kind: 'server', runs: 'none', capacity: 0 }), running: 0, isLeadingDaemon: true },
      { ...report('a:1'), running: 1, isLeadingDaemon: false, isLost: false },
    ])
    await store.removeProcess('a:1')
    expect((await store.processes()).map(({ name }) => name)).toEqual(['s:1'])
  })

  it('that are silent are lost, are back with their next word, and are forgotten in the end', async () => {
    for (const name of ['a:1', 'b:1']) await store.reportProcess(report(name), true)
    await silentFor('a:1', '14 seconds')
    await silentFor('b:1', '16 seconds')
    const lost = async () => (await store.processes()).filter(({ isLost }) => isLost).map(({ name }) => name)
    expect(await lost()).toEqual(['b:1'])
    await store.reportProcess(report('b:1'), false)
    expect(await lost()).toEqual([])
    await silentFor('b:1', '59 minutes')
    await store.reportProcess(report('a:1'), false)
    expect(await lost()).toEqual(['b:1'])
    await silentFor('b:1', '2 minutes')
    await store.reportProcess(report('a:1'), false)
    expect((await store.processes()).map(({ name }) => name)).toEqual(['a:1'])
  })

  it('keep when they started, unless another one has their name by now', async () => {
    const since = async () => (await store.processes())[0]?.startedAt
    await store.reportProcess(report('a:1'), true)
    await store.sql("update processes set started_at = started_at - interval '1 day'")
    const started = await since()
    await store.reportProcess(report('a:1'), false)
    expect(await since()).toBe(started)
    await store.reportProcess(report('a:1', { version: '1.1.0' }), true)
    expect(String(await since()) > String(started)).toBe(true)
    expect(await store.processes()).toMatchObject([{ version: '1.1.0' }])
  })
})

it('definitions that an older version published lack nothing, and hold no wrong kinds', async () => {
  await store.publishDefinitions({
    problems: [],
    connections: [],
    assets: [
      { key: 'web/x', tags: { team: 'a' }, kinds: ['typescript'], deps: ['raw/y'] },
      { key: 'web/y', tags: ['b'], owners: 'me' },
    ],
  } as unknown as Definitions)
  const lacking = { group: '', description: '', owners: [], columns: [] }
  expect(await store.readDefinitions()).toEqual({
    ...{ problems: [], checks: [], steps: [], schedules: [], sensors: [], automations: [], connections: [] },
    assets: [
      { ...lacking, key: 'web/x', tags: [], kinds: ['typescript'], deps: ['raw/y'] },
      { ...lacking, key: 'web/y', tags: ['b'], kinds: [], deps: [] },
    ],
  })
})

it('tells of many automations at once, whatever they are called: a message of PostgreSQL holds 8 kB', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `${i} ${'дневной отчёт '.repeat(12)}`)
  const tree = { id: 'a', label: '', partitions: [] } as never
  const heard = new Set<string>()
  const stop = new AbortController()
  const listening = store.subscribe((change) => {
    if (change.type === 'automation') heard.add(change.name)
  }, stop.signal)
  let [after, at] = [0, '2026-01-01T00:00:00.000Z']
  await eventually('all are told', async () => {
    // Who listens may not yet do so.
    const runs = await store.commitConditions({
      ...{ after: after++, at, eventId: 0, memories: new Map() },
      evaluations: names.map((name) => ({ asset: name, automation: name, tree, isRequested: false })),
      requests: [{ run: { selection: 'a', trigger: { type: 'automation' } }, automation: 'x', reason: 'a' }],
    })
    expect(runs).toHaveLength(1)
    return names.every((name) => heard.has(name))
  })
  stop.abort()
  await listening
})
