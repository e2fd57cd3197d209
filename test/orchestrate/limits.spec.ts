import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.js'
import { emptyCounts } from '../../src/metastore/queries/rows.js'
import {
  type Definitions,
  type PoolAsk,
  PoolRoom,
  type Run,
  type RunLimits,
  type RunRequest,
  runEngine,
  type StepContext,
  type StepSpec,
} from '../../src/orchestrate/index.js'
import { eventually } from '../support/millrace.js'
import { type TestDatabase, testDatabase } from './database.js'
import { assetSpec, definitionsOf } from './definitions.js'

let database: TestDatabase
let store: Awaited<ReturnType<TestDatabase['store']>>
let engines: { stop: AbortController; done: Promise<void> }[] = []
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  store = await database.store()
})
afterEach(async () => {
  for (const { stop } of engines) stop.abort()
  await Promise.all(engines.map(({ done }) => done))
  engines = []
  await database.closeStores()
})

/** Assets a, b, c …, each made by a step of its name. */
function project(keys: string, step: (key: string) => Partial<StepSpec> = () => ({})): Definitions {
  const all = [...keys]
  return definitionsOf({
    assets: all.map((key) => assetSpec(key)),
    steps: all.map((key) => ({
      key,
      kind: 'typescript',
      assets: [key],
      checks: [],
      isSubsettable: false,
      ...step(key),
    })),
  })
}

/** Steps that are at work, and the most of them that ever were at once. */
class Work {
  readonly #at = new Set<string>()
  most = 0
  readonly begun: string[] = []
  readonly #release: (() => void)[] = []
  #isOpen = false

  async run(context: StepContext): Promise<void> {
    const name = `${context.runId} ${context.step.key}`
    this.begun.push(context.step.key)
    this.#at.add(name)
    this.most = Math.max(this.most, this.#at.size)
    if (!this.#isOpen)
      await new Promise<void>((resolve, reject) => {
        this.#release.push(resolve)
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error))
      }).finally(() => this.#at.delete(name))
    this.#at.delete(name)
    context.materialized(context.step.key, {})
  }

  release(): void {
    this.#release.shift()?.()
  }
  releaseAll(): void {
    this.#isOpen = true
    for (const release of this.#release) release()
  }
}

function engine(
  definitions: Definitions,
  work: (context: StepContext) => Promise<void>,
  limits: Partial<RunLimits> = {},
  takesTurns = false,
) {
  const stop = new AbortController()
  const done = runEngine({
    store,
    executors: [{ kind: 'typescript', execute: work }],
    definitions: async () => definitions,
    worker: `host:${engines.length + 1}`,
    isGone: () => false,
    maxConcurrentRuns: 8,
    limits: { pools: new Map(), tags: [], ...limits },
    takesTurns: async () => takesTurns,
    clock: systemClock,
    logger: silentLogger,
    signal: stop.signal,
  })
  engines.push({ stop, done })
  return stop
}

const request = async (selection: string, changes: Partial<RunRequest> = {}): Promise<string> =>
  (await store.requestRun({ selection, trigger: { type: 'manual' }, ...changes })).run.id
const ended = (id: string): Promise<Run> =>
  eventually('the run ends', async () => {
    const run = await store.getRun(id)
    return run?.endedAt !== undefined && run
  })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('turns', () => {
  it('let one step go on at a time, whichever engines have it, and others beside it', async () => {
    const definitions = project('ab', (key) => (key === 'a' ? { pool: 'api' } : {}))
    const work = new Work()
    const limits = { pools: new Map([['api', 2]]) }
    for (let worker = 0; worker < 2; worker++) engine(definitions, (context) => work.run(context), limits, true)
    const runs = [await request('a'), await request('a'), await request('b')]
    await eventually('the two of them begin', async () => work.begun.length === 2)
    expect([...work.begun].sort()).toEqual(['a', 'b'])
    const waiting = await eventually('the other one says why it waits', async () => {
      const steps = await Promise.all(runs.map((id) => store.listSteps(id)))
      return steps.flat().find((step) => step.reason !== undefined)
    })
    expect(waiting).toMatchObject({ key: 'a', status: 'waiting', reason: 'waits until another run has done the same' })
    // Who waits for its turn keeps nobody from a place.
    expect((await store.poolSlots()).filter(({ since }) => since !== undefined)).toHaveLength(1)
    work.releaseAll()
    for (const id of runs) expect((await ended(id)).status).toBe('succeeded')
    expect(work.begun).toHaveLength(3)
    expect(await store.sql('select * from step_turns')).toEqual([])
  })
})

describe('pools', () => {
  const definitions = project('abc', (key) => (key === 'c' ? {} : { pool: 'api' }))

  it('let in as many steps as they have places, of all runs of all engines', async () => {
    const work = new Work()
    const limits = { pools: new Map([['api', 1]]) }
    engine(definitions, (context) => work.run(context), limits)
    engine(definitions, (context) => work.run(context), limits)
    const runs = [await request('a b'), await request('a'), await request('b')]
    for (let step = 1; step <= 4; step++) {
      await eventually('a step begins', async () => work.begun.length === step)
      await pause(50)
      work.release()
    }
    for (const id of runs) expect((await ended(id)).status).toBe('succeeded')
    expect(work.most).toBe(1)
    expect(await store.poolSlots()).toEqual([])
  })

  it('let a step in once, also when what it reads goes on while it waits', async () => {
    const begun: string[] = []
    const reads = project('ab', (key) => (key === 'b' ? { pool: 'api' } : {}))
    const [a, b] = reads.assets
    engine(
      { ...reads, assets: [a, { ...b, deps: ['a'] }] as Definitions['assets'] },
      async (context) => {
        begun.push(context.step.key)
        context.materialized(context.step.key, {})
      },
      { pools: new Map([['api', 1]]) },
    )
    const id = await request('a b')
    expect((await ended(id)).status).toBe('succeeded')
    expect(begun).toEqual(['a', 'b'])
    const made = await store.readEvents({ runId: id, types: ['asset_materialized'] })
    expect(made.map(({ asset }) => asset)).toEqual(['a', 'b'])
  })

  it('do not hold up steps that need none, and say what a step waits for', async () => {
    const work = new Work()
    engine(definitions, (context) => work.run(context), { pools: new Map([['api', 1]]) })
    const id = await request('a b c')
    await eventually('two begin', async () => work.begun.length === 2)
    expect(work.begun).toContain('c')
    await eventually('the other one waits', async () =>
      (await store.listSteps(id)).some(
        ({ status, reason }) => status === 'waiting' && reason === 'waits for a place in the pool api, which has 1',
      ),
    )
    const line = await store.poolSlots()
    expect(line.map(({ pool, runId, since }) => [pool, runId, since !== undefined])).toEqual([
      ['api', id, true],
      ['api', id, false],
    ])
    work.releaseAll()
    await ended(id)
    const steps = await store.listSteps(id)
    expect(steps.map(({ status, reason }) => [status, reason])).toEqual(Array(3).fill(['succeeded', undefined]))
    const waited = steps.flatMap(({ waits, startedAt = '' }) => waits.map((wait) => ({ ...wait, startedAt })))
    expect(waited).toHaveLength(1)
    for (const { from, to = '', startedAt } of waited)
      expect([from, to, startedAt]).toEqual([from, to, startedAt].sort())
  })

  /** Takes the next run, whose step wants a place. */
  async function claimed(step: string, changes: Partial<RunRequest> = {}) {
    await request(step, changes)
    const found = await store.claimRun('w', 60_000)
    if (!found) throw new Error('Nothing to claim')
    return { lease: found.lease, step }
  }
  const take = async (ask: PoolAsk) => (await store.takePoolSlots('api', 1, [ask]))[0]

  it('take back places of runs that were lost, and of none that goes on', async () => {
    const one = await claimed('a')
    expect(await take(one)).toBe(true)
    const other = await claimed('b')
    expect(await take(other)).toBe(false)
    await store.expireLeases(['w'])
    await store.heartbeat([other.lease], 60_000)
    expect(await take(other)).toBe(true)
    expect(await take(one)).toBe(false)
  })

  it('give places by priority, then to who asked first, and not to who was lost meanwhile', async () => {
    const [first, lost, second] = [await claimed('a'), await claimed('b'), await claimed('a')]
    const urgent = await claimed('b', { tags: { 'millrace/priority': '5' } })
    for (const ask of [first, lost, second, urgent]) expect(await take(ask)).toBe(ask === first)
    // Asked again and again, the place is answered again.
    expect(await store.takePoolSlots('api', 1, [second, first])).toEqual([false, true])
    expect((await store.poolSlots()).map(({ runId }) => runId)).toEqual(
      [first, urgent, lost, second].map(({ lease }) => lease.runId),
    )
    await store.freePoolSlot(first.lease, first.step)
    for (const ask of [second, lost]) expect(await take(ask)).toBe(false)
    expect(await take(urgent)).toBe(true)
    await store.freePoolSlot(urgent.lease, urgent.step)
    expect(await take(second)).toBe(false)
    await store.expireLease({ runId: lost.lease.runId, worker: 'w' }, 'lost')
    expect(await take(second)).toBe(true)
  })

  it('give several places in one answer, in the order in which the steps were named', async () => {
    const { lease } = await claimed('a b c')
    const asks = ['c', 'a', 'b'].map((step) => ({ lease, step }))
    expect(await store.takePoolSlots('api', 2, asks)).toEqual([true, true, false])
    await store.freePoolSlot(lease, 'c')
    expect(await store.takePoolSlots('api', 2, asks.slice(2))).toEqual([true])
  })

  it('are free while a step waits for its next attempt, which takes a place again', async () => {
    const begun: string[] = []
    const retried = project('ab', (key) => ({
      pool: 'api',
      ...(key === 'a' ? { retry: { max: 1, delayMs: 1_000, backoff: 'constant' } } : {}),
    }))
    let held = 0
    const work = async ({ step: { key }, attempt, materialized }: StepContext) => {
      begun.push(`${key} ${attempt}`)
      held = Math.max(held, (await store.poolSlots()).filter(({ since }) => since !== undefined).length)
      if (key === 'a' && attempt === 1) throw new Error('not yet')
      materialized(key, {})
    }
    engine(retried, work, { pools: new Map([['api', 1]]) })
    const id = await request('a b')
    expect((await ended(id)).status).toBe('succeeded')
    expect(begun).toEqual(['a 1', 'b 1', 'a 2'])
    expect(held).toBe(1)
    const [a] = await store.listSteps(id)
    expect(a?.waits).toMatchObject([{ from: expect.any(String), to: expect.any(String) }])
    expect(await store.poolSlots()).toEqual([])
  })

  it('leave runs in the queue that would only wait, and let others go on', async () => {
    const work = new Work()
    const limits: Partial<RunLimits> = { pools: new Map([['api', 1]]) }
    engine(definitions, (context) => work.run(context), limits)
    const runs = [await request('a'), ...(await Promise.all(Array.from({ length: 20 }, () => request('b'))))]
    const free = [await request('c'), await request('b c')]
    await eventually('what needs no place begins', async () => work.begun.length === 3)
    expect([...work.begun].sort()).toEqual(['a', 'c', 'c'])
    await pause(1_200)
    const queued = await store.listRuns({ statuses: ['queued'] })
    expect(queued).toHaveLength(20)
    const room = await PoolRoom.now(store, definitions, { pools: new Map([['api', 1]]) })
    expect(queued.map((run) => room.fullFor(run))).toEqual(Array(20).fill(['api']))
    work.releaseAll()
    for (const id of [...runs, ...free]) expect((await ended(id)).status).toBe('succeeded')
  })

  it('let a more urgent run stand in line before those that only wait there', async () => {
    const facts = (priority: number) => ({ id: 'r', selection: 'a', priority, stepCounts: emptyCounts })
    const slot = (step: string, since?: string) => ({ pool: 'api', runId: 'r', step, askedAt: '', priority: 0, since })
    const lined = [slot('1', 'now'), slot('2'), slot('3')]
    const room = new PoolRoom(definitions, { pools: new Map([['api', 2]]) }, { slots: lined, going: [] })
    expect(room.fullFor(facts(0))).toEqual(['api'])
    expect(room.fullFor(facts(1))).toBeUndefined()
    room.admit(facts(1))
    expect(room.fullFor(facts(1))).toEqual(['api'])
  })

  it('let go of a run that is cancelled while it waits', async () => {
    const work = new Work()
    engine(definitions, (context) => work.run(context), { pools: new Map([['api', 0]]) })
    const id = await request('a c')
    await eventually('it waits', async () => (await store.listSteps(id)).some(({ status }) => status === 'waiting'))
    await store.requestCancel(id)
    expect((await ended(id)).status).toBe('cancelled')
    expect(work.begun).toEqual(['c'])
    expect(await store.poolSlots()).toEqual([])
  })
})

describe('limits of tags', () => {
  it('hide nothing that waits behind many runs of one tag', async () => {
    const one = { selection: 'a', trigger: { type: 'manual' } } as const
    for (let i = 0; i < 12; i++)
      await Promise.all(Array.from({ length: 50 }, () => store.requestRun({ ...one, tags: { team: 'finance' } })))
    const { run } = await store.requestRun({ ...one, tags: { team: 'sales' } })
    const claimed = await store.claimRuns('a:1', 60_000, {
      most: 3,
      limits: [{ key: 'team', value: 'finance', limit: 1 }],
    })
    expect(claimed.map(({ run }) => run.tags.team)).toEqual(['finance', 'sales'])
    expect(claimed[1]?.run.id).toBe(run.id)
  })
  it('hold back what has the tag, and nothing else', async () => {
    const work = new Work()
    const tags = [
      { key: 'team', value: 'finance', limit: 1 },
      { key: 'customer', isPerValue: true, limit: 1 },
    ]
    engine(project('a'), (context) => work.run(context), { tags })
    const first = await request('a', { tags: { team: 'finance' } })
    const held = await request('a', { tags: { team: 'finance' } })
    await request('a', { tags: { team: 'sales' } })
    await request('a', { tags: { customer: '1' } })
    await request('a', { tags: { customer: '2' } })
    const alsoHeld = await request('a', { tags: { customer: '2' } })
    await eventually('four go on', async () => work.begun.length === 4)
    await pause(1_200)
    expect(work.begun).toHaveLength(4)
    const queued = await store.listRuns({ statuses: ['queued'] })
    expect(queued.map(({ id }) => id).sort()).toEqual([held, alsoHeld].sort())
    work.releaseAll()
    for (const id of [first, held, alsoHeld]) expect((await ended(id)).status).toBe('succeeded')
  })
})

describe('a run', () => {
  it('is ended when it takes longer than it may', async () => {
    const work = new Work()
    engine(project('ab'), (context) => work.run(context))
    const id = await request('a b', { tags: { 'millrace/max_runtime': '1' } })
    const run = await ended(id)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'RUN_MAX_RUNTIME' } })
    expect((await store.listSteps(id)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
  })

  it('does not go on while it waits to be taken up again', async () => {
    const work = new Work()
    const first = engine(project('ab'), (context) => work.run(context))
    const id = await request('a b', { tags: { 'millrace/max_runtime': '3600' } })
    await eventually('it goes on', async () => work.begun.length === 2)
    first.abort()
    await eventually('it was given back', async () => (await store.getRun(id))?.status === 'queued')
    // The next morning.
    await store.sql("update runs set started_at = started_at - interval '9 hours'")
    engine(project('ab'), (context) => work.run(context))
    await eventually('it goes on again', async () => work.begun.length === 4)
    const lease = async () => String((await store.sql('select lease_until from runs'))[0]?.lease_until)
    const then = await lease()
    await eventually('its engine looked at the time', async () => (await lease()) !== then)
    work.releaseAll()
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 1 })
  })

  it('is tried again from where it failed, as often as it may be', async () => {
    let failures = 2
    const made: string[] = []
    const definitions = project('ab')
    const work = async (context: StepContext) => {
      if (context.step.key === 'b' && failures-- > 0) throw new Error('no luck')
      made.push(context.step.key)
      context.materialized(context.step.key, {})
    }
    engine(definitions, work, { maxRetries: 5 })
    const id = await request('a b', { tags: { 'dagster/max_retries': '2', x: 'y' } })
    const last = await eventually('the last try succeeds', async () =>
      (await store.listRuns({ statuses: ['succeeded'] })).find(({ tags }) => tags['millrace/retry_number'] === '2'),
    )
    expect(made).toEqual(['a', 'b'])
    expect(last).toMatchObject({ trigger: { type: 'retry' }, tags: { x: 'y' }, rerun: 'from_failure' })
    const all = await store.listRuns({})
    expect(all).toHaveLength(3)
    expect(all.map(({ parentRunId }) => parentRunId)).toEqual([all[1]?.id, id, undefined])
  })

  it('is not tried again where it could not even be planned, or was cancelled', async () => {
    const work = new Work()
    engine(project('a'), (context) => work.run(context), { maxRetries: 3 })
    await ended(await request('nothing'))
    const id = await request('a')
    await eventually('it goes on', async () => work.begun.length === 1)
    await store.requestCancel(id)
    await ended(id)
    await pause(200)
    expect(await store.listRuns({})).toHaveLength(2)
  })

  it('is taken before others of less priority, and refused where its tags make no sense', async () => {
    await request('a')
    const urgent = await request('a', { tags: { 'dagster/priority': '5' } })
    expect((await store.claimRun('w', 1_000))?.run.id).toBe(urgent)
    for (const tags of [
      { 'millrace/priority': 'high' },
      { 'millrace/max_runtime': '0' },
      { 'millrace/max_retries': '' },
    ])
      await expect(request('a', { tags })).rejects.toMatchObject({ code: 'RUN_TAG_INVALID' })
  })
})
