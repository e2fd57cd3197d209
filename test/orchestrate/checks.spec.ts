import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import type { Definitions, RunRequest, StepExecutor } from '../../src/orchestrate/index.js'
import { rerunRequest } from '../../src/orchestrate/index.js'
import { executeRun } from '../../src/orchestrate/runs/execute-run.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'
import { userCode } from './user-code.js'

let store: TestStore
storeForEach((one) => {
  store = one
})
const { open } = userCode()

/** Makes everything of a definitions.ts, and of what stands beside it, in a run of its own. */
async function make(
  code: Awaited<ReturnType<typeof open>>,
  request: Partial<RunRequest> = {},
  more: Parameters<typeof execute>[1] = {},
) {
  await store.requestRun({ selection: '*', trigger: { type: 'manual' }, ...request })
  return execute(code, more)
}

/** Executes the run that waits. */
async function execute(
  code: Awaited<ReturnType<typeof open>>,
  { also = {}, executors = [] }: { also?: Partial<Definitions>; executors?: StepExecutor[] } = {},
) {
  const claimed = await store.claimRun('a:1', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const own = await code.load()
  const definitions = definitionsOf({
    ...own,
    assets: [...own.assets, ...(also.assets ?? [])],
    steps: [...own.steps, ...(also.steps ?? [])],
  })
  await executeRun({
    ...claimed,
    store,
    definitions,
    signal: new AbortController().signal,
    clock: systemClock,
    takesTurns: false,
    maxConcurrentSteps: 4,
    limits: { pools: new Map(), tags: [] },
    executors: [code, ...executors],
  })
  const { id } = claimed.run
  const steps = await store.listSteps(id)
  const found = await store.readEvents({ runId: id, types: ['check_evaluated'] })
  return {
    run: await store.getRun(id),
    steps: Object.fromEntries(steps.map((step) => [step.key, step.status])),
    found: found.map(({ partitions, level, message }) => [partitions, level, message]),
  }
}

describe('a check', () => {
  it('knows the value, the metadata and the earlier ones of both', async () => {
    const code = await open(`let n = 0
const a = asset('a', { run: ({ metadata, tags }) => { metadata({ rows: Number(tags.rows) }); return [1, 2, 3] } })
DEFINE a, check(a, 'grows', {}, async ({ value, metadata, history }) => {
  const { materializations, outcomes } = await history(2)
  const [before] = materializations
  const told = { value, rows: metadata.rows, before: materializations.map(({ metadata }) => metadata.rows), outcomes: outcomes.map(({ passed, message }) => passed) }
  return { passed: before === undefined || metadata.rows >= before.metadata.rows, message: JSON.stringify(told) }
})`)
    const found = []
    for (const rows of ['3', '5', '4', '9']) found.push((await make(code, { tags: { rows } })).found[0])
    expect(found.map((one) => [one?.[1], JSON.parse(String(one?.[2]))])).toEqual([
      ['info', { value: [1, 2, 3], rows: 3, before: [], outcomes: [] }],
      ['info', { value: [1, 2, 3], rows: 5, before: [3], outcomes: [true] }],
      ['error', { value: [1, 2, 3], rows: 4, before: [5, 3], outcomes: [true, true] }],
      ['info', { value: [1, 2, 3], rows: 9, before: [4, 5], outcomes: [false, true] }],
    ])
  })
  it('asks for no more of its history than there may be', async () => {
    const code = await open(`const a = asset('a', { run: () => {} })
DEFINE a, check(a, 'greedy', {}, async ({ history }) => ({ passed: (await history(5000)).outcomes.length === 0 }))`)
    const { run, found } = await make(code)
    expect(run).toMatchObject({ status: 'failed' })
    expect(found[0]?.[2]).toBe('The check greedy asks for 5000 of its history.')
  })
  it('of what another step makes knows its metadata and all that the run made of it', async () => {
    const code =
      await open(`DEFINE check('raw/orders', 'full', { blocking: true }, async ({ metadata, partitions, history }) => ({
  passed: metadata.rows > 2,
  message: JSON.stringify([metadata.rows, partitions.map(({ key }) => key), (await history()).materializations.length]),
}))`)
    const partitions = { type: 'static', keys: ['eu', 'us'] } as const
    const also = {
      assets: [assetSpec('raw/orders', { step: 'sync', partitions })],
      steps: [{ key: 'sync', kind: 'sync', assets: ['raw/orders'], checks: [], isSubsettable: true } as const],
    }
    const sync: StepExecutor = {
      kind: 'sync',
      async execute({ materialized, partitionsOf }) {
        const { partitions = [] } = partitionsOf('raw/orders') ?? {}
        for (const [i, { key }] of partitions.entries()) materialized('raw/orders', { rows: 3 + i }, [key])
      },
    }
    const { found } = await make(code, { partitions: '*' }, { also, executors: [sync] })
    expect(found).toEqual([['*', 'info', '[4,["eu","us"],0]']])
    expect((await make(code, { partitions: 'us' }, { also, executors: [sync] })).found).toEqual([
      ['us', 'info', '[3,["us"],2]'],
    ])
  })
})

describe('a check of a multi-asset', () => {
  it('knows in another attempt what an earlier one told of its asset', async () => {
    const code = await open(`let broken = 1
DEFINE multiAsset('m', { outputs: { a: {}, b: {} }, canSubset: true, retry: { max: 1, delayMs: 1 }, run: ({ materialized, selected }) => {
  for (const key of selected) {
    materialized(key, { rows: key === 'a' ? 5 : 7 })
    if (broken-- > 0) throw new Error('no network')
  }
} }), ...['a', 'b'].map((key) => check(key, 'full', { blocking: true }, ({ metadata }) => ({ passed: metadata.rows > 2, message: String(metadata.rows) })))`)
    const { steps, found } = await make(code)
    expect(found).toEqual([
      [undefined, 'info', '5'],
      [undefined, 'info', '7'],
    ])
    expect(steps).toEqual({ 'ts:multi:m': 'succeeded' })
  })
})

describe('a check of an asset with partitions', () => {
  const days = `const bad = new Set()
const days = asset('days', {
  partitions: partitions.static(['a', 'b', 'c']),
  run: ({ partition, tags, metadata }) => { metadata({ rows: 1 }); return { key: partition.key, isBad: (tags.bad ?? '').includes(partition.key) } },
})
const next = asset('next', { deps: [days], partitions: partitions.static(['a', 'b', 'c']), run: () => {} })
DEFINE days, next, check(days, 'good', { blocking: true }, async ({ partition, value, history }) => ({
  passed: !value.isBad, message: partition.key + value.key + (await history()).materializations.map((one) => one.partition).join(''),
}))`
  it('is asked of each that was made, and is as good as all of them', async () => {
    const code = await open(days)
    const first = await make(code, { partitions: '*', tags: { bad: 'b' } })
    expect(first.found).toEqual([
      ['a', 'info', 'aa'],
      ['b', 'error', 'bba'],
      ['c', 'info', 'ccba'],
    ])
    expect(first.steps).toEqual({ 'ts:days': 'failed', 'ts:next': 'skipped' })
    expect(first.run?.error?.message).toBe('The check good of days failed for b: bba.')
    expect(await store.checkStates('days')).toMatchObject([
      {
        passed: false,
        severity: 'error',
        partitions: 'c',
        badPartitions: { count: 1, keys: ['b'], runId: first.run?.id },
      },
    ])
    expect(await store.badPartitions()).toEqual([{ asset: 'days', keys: ['b'] }])
    await store.forgetBadPartitions('days', ['b'])
    expect(await store.checkStates('days')).toMatchObject([{ passed: true, partitions: 'c' }])
  })
  it('is told of the history of one of them', async () => {
    const code = await open(`const parts = partitions.static(['a', 'b,c'])
const a = asset('a', { partitions: parts, run: ({ partition, metadata }) => metadata({ of: partition.key }) })
DEFINE a, check(a, 'same', {}, async ({ partition, history }) => {
  const { materializations, outcomes } = await history(1, partition.key)
  return { passed: true, message: JSON.stringify([materializations.map(({ metadata }) => metadata.of), outcomes.map((one) => one.partition)]) }
})`)
    await make(code, { partitions: '*' })
    expect((await make(code, { partitions: '*' })).found).toEqual([
      ['a', 'info', '[["a"],["a"]]'],
      ['"b,c"', 'info', '[["b,c"],["\\"b,c\\""]]'],
    ])
  })
  it('is asked again, from where it failed, of what was bad alone', async () => {
    const code = await open(days)
    const first = await make(code, { partitions: '*', tags: { bad: 'b' } })
    if (!first.run) throw new Error('There was no run')
    const again = await make(code, { ...rerunRequest(first.run, 'from_failure'), tags: {} })
    expect(again.found.map(([partition, level]) => [partition, level])).toEqual([['b', 'info']])
    expect(again.steps).toEqual({ 'ts:days': 'succeeded', 'ts:next': 'succeeded' })
    const [state] = await store.checkStates('days')
    expect(state).toMatchObject({ passed: true, partitions: 'b' })
    expect(state?.badPartitions).toBeUndefined()
  })
  it('that could not be asked is asked again by the next attempt, of that partition alone', async () => {
    const code = await open(`let broken = 1
const days = asset('days', { partitions: partitions.static(['a', 'b']), retry: { max: 1, delayMs: 1 }, run: ({ partition }) => partition.key })
DEFINE days, check(days, 'good', { blocking: true }, ({ value }) => {
  if (value === 'a' && broken-- > 0) throw new Error('no network')
  return { passed: true }
})`)
    const { steps, found } = await make(code, { partitions: '*' })
    expect(found).toEqual([
      ['a', 'error', 'no network'],
      ['b', 'info', undefined],
      ['a', 'info', undefined],
    ])
    expect(steps).toEqual({ 'ts:days': 'succeeded' })
  })
  it('that failed for one fails the step, also where an attempt after that makes the others', async () => {
    const code = await open(`let broken = 1
const days = asset('days', { partitions: partitions.static(['a', 'b']), retry: { max: 1, delayMs: 1 }, run: ({ partition }) => {
  if (partition.key === 'b' && broken-- > 0) throw new Error('no network')
  return partition.key
} })
DEFINE days, check(days, 'good', { blocking: true }, ({ value }) => ({ passed: value !== 'a', message: value }))`)
    const { steps, found, run } = await make(code, { partitions: '*' })
    expect(found).toEqual([
      ['a', 'error', 'a'],
      ['b', 'info', 'b'],
    ])
    expect(steps).toEqual({ 'ts:days': 'failed' })
    expect(run?.error?.message).toBe('The check good of days failed for a: a.')
  })
  /** A run whose engine died when it had made b of a, b and c, and asked the check of a. */
  async function half(level: 'info' | 'error') {
    await store.requestRun({ selection: 'days', trigger: { type: 'manual' }, partitions: '*' })
    const claimed = await store.claimRun('a:1', 60_000)
    if (!claimed) throw new Error('Nothing to claim')
    const step = {
      key: 'ts:days',
      kind: 'typescript',
      assets: ['days'],
      checks: [{ asset: 'days', name: 'good' }],
    } as const
    await store.startRun(claimed.lease, [{ ...step, upstream: [] }], '*')
    const made = { type: 'asset_materialized', step: 'ts:days', asset: 'days' } as const
    const checked = { type: 'check_evaluated', step: 'ts:days', asset: 'days', check: 'good', level } as const
    await store.record(claimed.lease, {
      events: [
        { ...made, partitions: 'a' },
        { ...checked, partitions: 'a' },
        { ...made, partitions: 'b' },
      ],
      steps: [{ key: 'ts:days', status: 'running', attempt: 1 }],
    })
    await store.releaseRun(claimed.lease)
  }
  it.each([
    ['info', 'succeeded'],
    ['error', 'failed'],
  ] as const)(
    'is asked of what was made when its engine died before it came to that, after one %s',
    async (level, status) => {
      const code = await open(days)
      await half(level)
      const { steps, found } = await execute(code)
      expect(found.map(([partition]) => partition)).toEqual(['a', 'b', 'c'])
      expect(steps).toEqual({ 'ts:days': status })
    },
  )
})
