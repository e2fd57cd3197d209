import { describe, expect, it } from 'vitest'
import { type Clock, errorFromJson, registerSecret, systemClock } from '../../src/base/index.js'
import { metastoreErrors } from '../../src/metastore/errors.js'
import type {
  AssetSpec,
  CheckSpec,
  Definitions,
  Run,
  RunLimits,
  RunRequest,
  RunStatus,
  StepContext,
  StepExecutor,
  StepSpec,
} from '../../src/orchestrate/index.js'
import { rerunRequest } from '../../src/orchestrate/index.js'
import { executeRun } from '../../src/orchestrate/runs/execute-run.js'
import { stop } from '../../src/orchestrate/runs/stop.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const asset = (key: string, deps: string[] = [], step = key) => assetSpec(key, { deps, step })
const check = (of: string, name: string, changes: Partial<CheckSpec> = {}): CheckSpec => ({
  asset: of,
  name,
  description: '',
  isBlocking: true,
  deps: [],
  step: `check ${of} ${name}`,
  ...changes,
})

/** Assets that each have a step of their own name, checks that each have one, and what is said otherwise. */
function project(assets: AssetSpec[], checks: CheckSpec[] = [], steps: Partial<StepSpec>[] = []): Definitions {
  const base = (key: string): StepSpec => ({
    key,
    kind: 'typescript',
    assets: assets.filter((one) => one.step === key).map((one) => one.key),
    checks: checks.filter((one) => one.step === key).map((one) => ({ asset: one.asset, name: one.name })),
    isSubsettable: false,
  })
  const keys = [...new Set([...assets.map((one) => one.step as string), ...checks.map((one) => one.step)])]
  return definitionsOf({
    assets,
    checks,
    steps: keys.map((key) => ({ ...base(key), ...steps.find((one) => one.key === key) })),
  })
}

type Behaviour = (context: StepContext) => Promise<void> | void
const make: Behaviour = (context) => {
  for (const key of context.assets) context.materialized(key)
  for (const { asset: of, name } of context.step.checks) context.checked(of, name, { passed: true, severity: 'error' })
}
const fail: Behaviour = () => {
  throw new Error('broken')
}
const failCheck: Behaviour = ({ step, checked }) => {
  for (const { asset: of, name } of step.checks)
    checked(of, name, { passed: false, severity: 'error', message: '3 rows' })
}

interface Options {
  /** What it is executed with; the store of the test, left out. */
  readonly over?: Partial<TestStore>
  readonly request?: Partial<RunRequest>
  readonly behaviours?: Readonly<Record<string, Behaviour>>
  /** How every step clears; left out, none can. */
  readonly clear?: Behaviour
  readonly finishRun?: StepExecutor['finishRun']
  readonly work?: AbortController
  readonly clock?: Clock
  readonly maxConcurrentSteps?: number
  readonly limits?: Partial<RunLimits>
}

/** Requests a run (or takes the one that waits) and executes it as far as it goes; answers what became of it. */
async function execute(definitions: Definitions, options: Options = {}) {
  if (options.request || (await store.listRuns({ statuses: ['queued'] })).length === 0)
    await store.requestRun({ selection: '*', trigger: { type: 'manual' }, ...options.request })
  const claimed = await store.claimRun('a:1', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const order: string[] = []
  await executeRun({
    ...claimed,
    store: options.over
      ? new Proxy(store, { get: (target, name) => options.over?.[name as 'getRun'] ?? bound(target, name) })
      : store,
    definitions,
    signal: (options.work ?? new AbortController()).signal,
    clock: options.clock ?? systemClock,
    takesTurns: false,
    maxConcurrentSteps: options.maxConcurrentSteps ?? 8,
    limits: { pools: new Map(), tags: [], ...options.limits },
    executors: [
      {
        kind: 'typescript',
        async execute(context) {
          order.push(context.step.key)
          await (options.behaviours?.[context.step.key] ?? make)(context)
        },
        ...(options.finishRun ? { finishRun: options.finishRun } : {}),
        ...(options.clear ? { clear: async (context) => options.clear?.(context) } : {}),
      },
    ],
  })
  return { ...(await outcome(claimed.run.id)), order, claimed }
}

function bound(target: TestStore, name: string | symbol): unknown {
  const value = target[name as keyof TestStore] as unknown
  return typeof value === 'function' ? value.bind(target) : value
}

async function outcome(runId: string) {
  const run = await store.getRun(runId)
  const steps = await store.listSteps(runId)
  return {
    run,
    status: run?.status as RunStatus,
    steps: Object.fromEntries(steps.map((step) => [step.key, step.status])),
    reasons: Object.fromEntries(steps.flatMap((step) => (step.reason ? [[step.key, step.reason]] : []))),
    events: await store.readEvents({ runId }),
  }
}

/** Fires when the step it stands for has begun; `resume` lets it go on. */
function gate() {
  let [open, begin] = [() => {}, () => {}]
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  return { opened, begun, open: () => open(), begin: () => begin() }
}

const untilAborted: Behaviour = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe('release', () => {
  it('is per asset: what hangs on one stream starts while the step that makes it goes on', async () => {
    const downstream = gate()
    const { status, order } = await execute(
      project([asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync'), asset('m', ['raw/a'])]),
      {
        behaviours: {
          sync: async (context) => {
            context.materialized('raw/a')
            await downstream.begun
            context.materialized('raw/b')
          },
          m: (context) => {
            downstream.begin()
            make(context)
          },
        },
      },
    )
    expect(status).toBe('succeeded')
    expect(order).toEqual(['sync', 'm'])
  })
  it('waits for everything that is needed, and follows a long chain', async () => {
    const chain = Array.from({ length: 30 }, (_, i) => asset(`a${i}`, i === 0 ? [] : [`a${i - 1}`]))
    const { order } = await execute(project([...chain].reverse()))
    expect(order).toEqual(chain.map((one) => one.key))
  })
  it('is bounded', async () => {
    let [running, most] = [0, 0]
    const behaviour: Behaviour = async (context) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      make(context)
    }
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    await execute(project(keys.map((key) => asset(key))), {
      maxConcurrentSteps: 2,
      behaviours: Object.fromEntries(keys.map((key) => [key, behaviour])),
    })
    expect(most).toBe(2)
  })
})

describe('failure', () => {
  it('skips what hangs on it, with the reason, and nothing else', async () => {
    const { status, steps, reasons, run } = await execute(
      project([asset('a'), asset('b', ['a']), asset('c', ['b']), asset('other')]),
      { behaviours: { a: fail } },
    )
    expect(status).toBe('failed')
    expect(steps).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', other: 'succeeded' })
    expect(reasons).toEqual({ b: 'upstream a failed', c: 'upstream b was skipped' })
    expect(run?.error).toMatchObject({ message: 'broken' })
    expect(await store.assetStates(['a'])).toMatchObject([{ lastError: { message: 'broken' } }])
  })
  it('of one stream leaves the others', async () => {
    const error = { code: 'STREAM_FAILED', kind: 'external', retryable: true, message: 'b is broken' } as const
    const { steps, reasons } = await execute(
      project([asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync'), asset('m', ['raw/a']), asset('n', ['raw/b'])]),
      {
        behaviours: {
          sync: (context) => {
            context.materialized('raw/a')
            context.failed('raw/b', error)
          },
        },
      },
    )
    expect(steps).toEqual({ sync: 'failed', m: 'succeeded', n: 'skipped' })
    expect(reasons).toEqual({ n: 'upstream raw/b failed' })
  })
  it('whose error is megabytes long says the beginning of it, wherever that is kept', async () => {
    const definitions = project([asset('a')])
    const behaviours = {
      a: () => {
        throw new Error(`The server answered: ${'x'.repeat(3_000_000)}`)
      },
    }
    const { run, events, claimed } = await execute(definitions, { behaviours })
    const [state] = await store.assetStates(['a'])
    const kept = [
      run?.error,
      state?.lastError,
      ...(await store.listSteps(claimed.run.id)).map(({ error }) => error),
      ...events,
    ]
    expect(kept.map((one) => JSON.stringify(one ?? null).length).filter((length) => length > 40_000)).toEqual([])
    expect(run?.error?.message).toMatch(/^The server answered: x+ … \(3,000,021 characters\)$/)
  })

  it('of a selection is the run’s error, and nothing is executed', async () => {
    const { run, order } = await execute(project([asset('a')]), { request: { selection: 'nope' } })
    expect(run).toMatchObject({ status: 'failed', error: { code: 'SELECTION_INVALID' } })
    expect(order).toEqual([])
  })
  it('to report what was made is told', async () => {
    const { reasons } = await execute(project([asset('a'), asset('b', ['a'])]), { behaviours: { a: () => {} } })
    expect(reasons).toEqual({ b: 'upstream a was not made by its step' })
  })
})

describe('checks', () => {
  const graph = (changes: Partial<CheckSpec> = {}) =>
    project([asset('a'), asset('b', ['a'])], [check('a', 'full', changes)])
  it('that block hold back the downstream until they passed', async () => {
    expect(await execute(graph())).toMatchObject({ status: 'succeeded', order: ['a', 'check a full', 'b'] })
  })
  it('that block and fail keep it from starting, and fail the run', async () => {
    const { status, steps, reasons, run } = await execute(graph(), { behaviours: { 'check a full': failCheck } })
    expect(status).toBe('failed')
    expect(steps).toEqual({ a: 'succeeded', 'check a full': 'failed', b: 'skipped' })
    expect(reasons).toEqual({ b: 'the check full of a failed' })
    expect(run?.error).toMatchObject({ code: 'CHECK_FAILED', message: 'The check full of a failed: 3 rows.' })
  })
  it('that do not block and fail let it start, fail nothing, and are known all the same', async () => {
    const { status, steps } = await execute(graph({ isBlocking: false }), { behaviours: { 'check a full': failCheck } })
    expect(steps).toMatchObject({ 'check a full': 'succeeded', b: 'succeeded' })
    expect(status).toBe('succeeded')
    expect(await store.checkStates('a')).toMatchObject([{ name: 'full', passed: false, severity: 'error' }])
  })
  it('that do not block and could not be asked let it start, and fail the run', async () => {
    const { status, steps } = await execute(graph({ isBlocking: false }), { behaviours: { 'check a full': fail } })
    expect(steps).toMatchObject({ 'check a full': 'failed', b: 'succeeded' })
    expect(status).toBe('failed')
  })
  it('that only warn let it start, and the run succeeds', async () => {
    const warn: Behaviour = (context) => context.checked('a', 'full', { passed: false, severity: 'warn' })
    expect(await execute(graph(), { behaviours: { 'check a full': warn } })).toMatchObject({
      status: 'succeeded',
      steps: { b: 'succeeded' },
    })
  })
  it.each([
    ['threw', fail, 'failed'],
    ['said nothing', () => {}, 'succeeded'],
  ] as const)('that block and %s keep it from starting', async (_what, behaviour, state) => {
    const { steps, reasons } = await execute(graph(), { behaviours: { 'check a full': behaviour } })
    expect(steps).toMatchObject({ 'check a full': state, b: 'skipped' })
    expect(reasons.b).toBe('the check full of a could not be evaluated')
  })
  it('of the asset’s own step block, too', async () => {
    const definitions = project([asset('a'), asset('b', ['a'])], [check('a', 'full', { step: 'a' })])
    const behaviour: Behaviour = (context) => {
      context.materialized('a')
      failCheck(context)
    }
    expect(await execute(definitions, { behaviours: { a: behaviour } })).toMatchObject({
      steps: { a: 'failed', b: 'skipped' },
      reasons: { b: 'the check full of a failed' },
    })
  })
  it('that read what lies below hold back only what lies below all of it', async () => {
    // b hangs on a, and the check of a reads b: it must not wait for itself.
    const definitions = project([asset('a'), asset('b', ['a'])], [check('a', 'related', { deps: ['b'] })])
    expect(await execute(definitions)).toMatchObject({ status: 'succeeded', order: ['a', 'b', 'check a related'] })
  })
})

describe('a run that clears', () => {
  const definitions = project(
    [asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync')],
    [check('raw/a', 'full')],
    [{ key: 'sync', isSubsettable: true }],
  )
  const request: Partial<RunRequest> = { selection: 'raw/a', clearData: true }
  it('has its steps cleared instead of executed, and checks nothing', async () => {
    const { order, steps, run, events } = await execute(definitions, {
      request,
      clear: (context) => {
        for (const key of context.assets) context.materialized(key, { rows: 0 })
      },
    })
    expect([order, steps]).toEqual([[], { sync: 'succeeded' }])
    expect(run).toMatchObject({ status: 'succeeded', clearData: true })
    const told = events.filter(({ type }) => type === 'asset_materialized')
    expect(told).toMatchObject([{ asset: 'raw/a', metadata: { rows: 0 } }])
  })
  it('does not make what cannot be cleared', async () => {
    const { order, run } = await execute(definitions, { request })
    expect(order).toEqual([])
    expect(run).toMatchObject({ status: 'failed', error: { code: 'STEP_EXECUTOR_MISSING' } })
  })
  it('says of what it could not clear that it was to be cleared', async () => {
    const { events } = await execute(definitions, { request, clear: fail })
    const told = events.filter(({ type }) => type === 'asset_failed')
    expect(told).toMatchObject([{ asset: 'raw/a', metadata: { cleared: false } }])
  })
})

describe('retries', () => {
  const retried = (retry: StepSpec['retry']) => project([asset('a'), asset('b', ['a'])], [], [{ key: 'a', retry }])
  const instant = (pauses: number[]): Clock => ({
    ...systemClock,
    sleep: async (durationMs) => void pauses.push(durationMs),
  })
  it('pause longer each time, count the attempts, and leave no trace in a run that succeeds', async () => {
    const pauses: number[] = []
    const { status, order, run, events } = await execute(retried({ max: 3, delayMs: 100, backoff: 'exponential' }), {
      clock: instant(pauses),
      behaviours: { a: (context) => (context.attempt < 4 ? fail(context) : make(context)) },
    })
    expect(pauses).toEqual([100, 200, 400])
    expect(order).toEqual(['a', 'a', 'a', 'a', 'b'])
    expect(status).toBe('succeeded')
    expect(run?.error).toBeUndefined()
    expect(events.filter((event) => event.type === 'step_retrying')).toHaveLength(3)
    expect((await store.listSteps(run?.id as string))[0]).toMatchObject({ attempt: 4, error: undefined })
  })
  it('end in the last error', async () => {
    const { status, order } = await execute(retried({ max: 1, delayMs: 5, backoff: 'constant' }), {
      clock: instant([]),
      behaviours: { a: fail },
    })
    expect(status).toBe('failed')
    expect(order).toEqual(['a', 'a'])
  })
  it('decide about a stream only with the last attempt, and do not make again what was made', async () => {
    const error = { code: 'STREAM_FAILED', kind: 'external', retryable: true, message: 'b is broken' } as const
    const wanted: (readonly string[])[] = []
    const { status, steps } = await execute(
      project(
        [asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync'), asset('n', ['raw/b'])],
        [],
        [{ key: 'sync', isSubsettable: true, retry: { max: 1, delayMs: 1, backoff: 'constant' } }],
      ),
      {
        behaviours: {
          sync: (context) => {
            wanted.push(context.assets)
            if (context.attempt > 1) return make(context)
            context.materialized('raw/a')
            context.failed('raw/b', error)
          },
        },
      },
    )
    expect(wanted).toEqual([['raw/a', 'raw/b'], ['raw/b']])
    expect(steps).toEqual({ sync: 'succeeded', n: 'succeeded' })
    expect(status).toBe('succeeded')
    expect((await store.assetStates(['raw/b']))[0]?.lastError).toBeUndefined()
  })
})

describe('attempts of a sync', () => {
  const lost = { code: 'SOURCE_CONNECTION_LOST', kind: 'external', retryable: true, message: 'lost' } as const
  const wrong = { code: 'CURSOR_INVALID', kind: 'user', retryable: false, message: 'no such column' } as const
  const retry: StepSpec['retry'] = { max: 1, maxWithProgress: 3, delayMs: 1, backoff: 'constant', onlyRetryable: true }
  const streams = project(
    [asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync'), asset('n', ['raw/b']), asset('m', ['raw/a'])],
    [],
    [{ key: 'sync', isSubsettable: true, retry }],
  )
  const failedStreams = (message: string) => {
    throw new Error(message)
  }

  it('a stream that is configured wrongly fails at once, and is not read again with the others', async () => {
    const wanted: (readonly string[])[] = []
    const { status, steps, events, run } = await execute(streams, {
      behaviours: {
        sync: (context) => {
          wanted.push(context.assets)
          if (context.attempt > 1) return make(context)
          context.failed('raw/a', wrong)
          context.failed('raw/b', lost)
          failedStreams('2 streams failed')
        },
      },
    })
    expect(wanted).toEqual([['raw/a', 'raw/b'], ['raw/b']])
    expect(steps).toEqual({ sync: 'failed', n: 'succeeded', m: 'skipped' })
    expect(status).toBe('failed')
    expect(run?.error).toMatchObject({ code: 'CURSOR_INVALID', message: 'no such column' })
    expect(events.filter(({ type }) => type === 'asset_failed').map((event) => event.asset)).toEqual(['raw/a'])
  })
  it('what is lost in every attempt is told once, with its own reason', async () => {
    const { steps, events } = await execute(streams, {
      behaviours: {
        sync: (context) => {
          if (context.attempt === 1) context.materialized('raw/a')
          context.failed('raw/b', lost)
          failedStreams('b failed')
        },
      },
    })
    expect(steps).toMatchObject({ sync: 'failed', n: 'skipped', m: 'succeeded' })
    expect(events.filter(({ type }) => type === 'asset_failed').map(({ error }) => error?.code)).toEqual([lost.code])
    // The first attempt made `a`, the second and third nothing.
    const started = events.filter(({ type, step }) => type === 'step_started' && step === 'sync')
    expect(started.map(({ metadata }) => metadata?.attempt)).toEqual([1, 2, 3])
    expect(events.find(({ type }) => type === 'step_retrying')).toMatchObject({
      message: 'Trying again in 1 ms (attempt 1 failed): b failed',
      metadata: { attempt: 1, pause_ms: 1, kept_progress: true },
    })
  })
  it('a failure of the whole that does not go away is not tried again', async () => {
    const { order, steps } = await execute(streams, {
      behaviours: { sync: () => failedStreams('the destination is no database') },
    })
    expect(order).toEqual(['sync'])
    expect(steps.sync).toBe('failed')
  })
  it('as long as attempts get on there are more of them', async () => {
    const { order, status } = await execute(streams, {
      behaviours: {
        sync: (context) => {
          if (context.attempt === 4) return make(context)
          context.keptProgress()
          context.failed('raw/b', lost)
          failedStreams('lost')
        },
      },
    })
    expect(order.filter((key) => key === 'sync')).toHaveLength(4)
    expect(status).toBe('succeeded')
  })
  it('an attempt that does not come to a stream leaves it as open as it was', async () => {
    const wanted: (readonly string[])[] = []
    const { status, steps } = await execute(streams, {
      behaviours: {
        sync: (context) => {
          wanted.push(context.assets)
          if (context.attempt === 1) {
            for (const key of context.assets) context.materialized(key)
            context.failed('raw/b', lost)
          }
          if (context.attempt === 2) throw errorFromJson(lost)
          if (context.attempt > 2) return make(context)
          failedStreams('its log was lost')
        },
      },
    })
    expect(wanted).toEqual([['raw/a', 'raw/b'], ['raw/b'], ['raw/b']])
    expect(steps).toMatchObject({ sync: 'succeeded' })
    expect(status).toBe('succeeded')
  })
  it('begins where its first attempt began', async () => {
    const { run } = await execute(streams, {
      behaviours: {
        sync: async (context) => {
          if (context.attempt > 1) return make(context)
          await new Promise((resolve) => setTimeout(resolve, 30))
          context.failed('raw/b', lost)
          failedStreams('lost')
        },
      },
    })
    const [step] = await store.listSteps(run?.id as string)
    const started = (await store.readEvents({ runId: run?.id })).find(({ type }) => type === 'step_retrying')
    expect(Date.parse(step?.startedAt ?? '')).toBeLessThan(Date.parse(started?.at ?? ''))
  })
  it('a stream that was made and then failed is read again', async () => {
    const wanted: (readonly string[])[] = []
    const { status } = await execute(streams, {
      behaviours: {
        sync: (context) => {
          wanted.push(context.assets)
          for (const key of context.assets) context.materialized(key)
          if (context.attempt > 1) return
          context.failed('raw/b', lost)
          failedStreams('its log was lost')
        },
      },
    })
    expect(wanted).toEqual([['raw/a', 'raw/b'], ['raw/b']])
    expect(status).toBe('succeeded')
  })
})

describe('cancel', () => {
  it('stops what runs, does not start the rest, and says so', async () => {
    const work = new AbortController()
    const begun = gate()
    const ended = execute(project([asset('a'), asset('b', ['a'])]), {
      work,
      behaviours: {
        a: (context) => {
          begun.begin()
          return untilAborted(context)
        },
      },
    })
    await begun.begun
    stop(work, 'cancel')
    const { status, steps, events, run } = await ended
    expect(status).toBe('cancelled')
    expect(steps).toEqual({ a: 'cancelled', b: 'cancelled' })
    expect(run?.error).toBeUndefined()
    expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['step_cancelled', 'run_cancelled']))
    expect(events.map((event) => event.type)).not.toContain('asset_failed')
  })
  it('ends the pause before a retry', async () => {
    const work = new AbortController()
    const clock: Clock = {
      ...systemClock,
      sleep: async (_, options) => {
        stop(work, 'cancel')
        options?.signal?.throwIfAborted()
      },
    }
    const { status, order } = await execute(
      project([asset('a')], [], [{ key: 'a', retry: { max: 5, delayMs: 1e9, backoff: 'constant' } }]),
      { work, clock, behaviours: { a: fail } },
    )
    expect(status).toBe('cancelled')
    expect(order).toEqual(['a'])
  })
  it('of a run that nobody has started executes nothing', async () => {
    const work = new AbortController()
    stop(work, 'cancel')
    expect(await execute(project([asset('a')]), { work })).toMatchObject({ status: 'cancelled', order: [] })
  })
})

describe('resuming', () => {
  const streams = project(
    [asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync'), asset('m', ['raw/a'])],
    [],
    [{ key: 'sync', isSubsettable: true }],
  )
  it('after a shutdown goes on where it was', async () => {
    const definitions = project([asset('a'), asset('b', ['a']), asset('c', ['b'])])
    const work = new AbortController()
    const first = await execute(definitions, {
      work,
      behaviours: {
        b: (context) => {
          stop(work, 'shutdown')
          context.signal.throwIfAborted()
        },
      },
    })
    expect(first).toMatchObject({ status: 'queued', steps: { a: 'succeeded', b: 'pending', c: 'pending' } })
    const second = await execute(definitions)
    expect(second).toMatchObject({ status: 'succeeded', order: ['b', 'c'], run: { attempt: 1 } })
    expect(second.events.filter((event) => event.type === 'asset_materialized').map((event) => event.asset)).toEqual([
      'a',
      'b',
      'c',
    ])
  })
  it('leaves alone what has failed and what was skipped: a step has one end', async () => {
    const definitions = project([asset('a'), asset('b', ['a']), asset('c'), asset('d', ['c'])])
    const work = new AbortController()
    const isSkipped = async () =>
      (await store.listSteps((await store.listRuns({}))[0]?.id ?? '')).some(({ status }) => status === 'skipped')
    const first = await execute(definitions, {
      work,
      behaviours: {
        a: fail,
        c: async (context) => {
          while (!(await isSkipped())) await systemClock.sleep(10)
          stop(work, 'shutdown')
          context.signal.throwIfAborted()
        },
      },
    })
    expect(first).toMatchObject({ status: 'queued', steps: { a: 'failed', b: 'skipped', c: 'pending', d: 'pending' } })
    const second = await execute(definitions)
    expect(second).toMatchObject({
      status: 'failed',
      order: ['c', 'd'],
      steps: { a: 'failed', b: 'skipped', c: 'succeeded', d: 'succeeded' },
    })
    expect(second.run?.error?.message).toBe('broken')
    const ends = second.events.filter(({ type }) => /^step_(failed|skipped|succeeded)$/.test(type))
    expect(ends.map(({ type, step }) => `${step} ${type}`)).toEqual([
      'a step_failed',
      'b step_skipped',
      'c step_succeeded',
      'd step_succeeded',
    ])
  })
  it('asks only for the streams that are missing', async () => {
    const work = new AbortController()
    await execute(streams, {
      work,
      behaviours: {
        sync: (context) => {
          context.materialized('raw/a')
          stop(work, 'shutdown')
          context.signal.throwIfAborted()
        },
      },
    })
    let wanted: readonly string[] = []
    const { status } = await execute(streams, {
      behaviours: {
        sync: (context) => {
          wanted = context.assets
          make(context)
        },
      },
    })
    expect(status).toBe('succeeded')
    expect(wanted).toEqual(['raw/b'])
  })
  it('counts the attempts that failed before', async () => {
    const retry: StepSpec['retry'] = { max: 3, maxWithProgress: 1, delayMs: 100, backoff: 'exponential' }
    const definitions = project(
      [asset('a'), asset('b')],
      [],
      [
        { key: 'a', retry },
        { key: 'b', retry },
      ],
    )
    const work = new AbortController()
    const pauses: number[] = []
    const clock = (stopAt?: number): Clock => ({
      ...systemClock,
      sleep: async (durationMs, options) => {
        pauses.push(durationMs)
        if (pauses.length === stopAt) stop(work, 'shutdown')
        options?.signal?.throwIfAborted()
      },
    })
    const getsOn: Behaviour = (context) => {
      context.keptProgress()
      return fail(context)
    }
    const first = await execute(definitions, {
      work,
      clock: clock(3),
      maxConcurrentSteps: 1,
      behaviours: { a: fail, b: make },
    })
    expect(first).toMatchObject({ status: 'queued', order: ['a', 'a', 'a'], steps: { b: 'pending' } })
    // Three failed already, of four; another step begins with its own count.
    const second = await execute(definitions, {
      clock: clock(),
      maxConcurrentSteps: 1,
      behaviours: { a: fail, b: getsOn },
    })
    expect(second).toMatchObject({ status: 'failed', order: ['a', 'b', 'b'] })
    expect(pauses).toEqual([100, 200, 400, 100])
  })
  it('takes a check at its word', async () => {
    const definitions = project([asset('a'), asset('b', ['a'])], [check('a', 'full')])
    const work = new AbortController()
    await execute(definitions, {
      work,
      behaviours: {
        'check a full': (context) => {
          failCheck(context)
          stop(work, 'shutdown')
          context.signal.throwIfAborted()
        },
      },
    })
    expect(await execute(definitions)).toMatchObject({
      status: 'failed',
      order: [],
      steps: { 'check a full': 'failed', b: 'skipped' },
    })
  })
  it('leaves a run alone that another engine has taken over', async () => {
    const work = new AbortController()
    const { status, events, claimed } = await execute(project([asset('a')]), {
      work,
      behaviours: {
        a: (context) => {
          stop(work, 'lease_lost')
          context.signal.throwIfAborted()
        },
      },
    })
    expect(status).toBe('running')
    expect(events.map((event) => event.type)).not.toContain('step_cancelled')
    await store.endRun(claimed.lease, 'succeeded')
  })
})

describe('a re-run from failure', () => {
  const rerun = (parentRunId: string) => ({ request: { parentRunId, rerun: 'from_failure' as const } })
  it('does what failed and what was skipped', async () => {
    const definitions = project([asset('a'), asset('b', ['a']), asset('c', ['b']), asset('other')])
    const { claimed } = await execute(definitions, { behaviours: { b: fail } })
    expect(await execute(definitions, rerun(claimed.run.id))).toMatchObject({ status: 'succeeded', order: ['b', 'c'] })
  })
  it('leaves alone the streams that came in', async () => {
    const definitions = project(
      [asset('raw/a', [], 'sync'), asset('raw/b', [], 'sync')],
      [],
      [{ key: 'sync', isSubsettable: true }],
    )
    const error = { code: 'STREAM_FAILED', kind: 'external', retryable: true, message: 'no' } as const
    const { claimed } = await execute(definitions, {
      behaviours: {
        sync: (context) => {
          context.materialized('raw/a')
          context.failed('raw/b', error)
        },
      },
    })
    let wanted: readonly string[] = []
    await execute(definitions, {
      ...rerun(claimed.run.id),
      behaviours: {
        sync: (context) => {
          wanted = context.assets
          make(context)
        },
      },
    })
    expect(wanted).toEqual(['raw/b'])
  })
  it('makes all that one function makes, where it cannot make less', async () => {
    const definitions = project([asset('a', [], 'both'), asset('b', [], 'both')])
    const wanted: (readonly string[])[] = []
    const both: Behaviour = (context) => {
      wanted.push(context.assets)
      context.materialized('a')
      if (wanted.length > 1) context.materialized('b')
      else throw new Error('no b')
    }
    const { claimed } = await execute(definitions, { behaviours: { both }, request: { selection: 'b' } })
    const second = await execute(definitions, { ...rerun(claimed.run.id), behaviours: { both } })
    expect([second.status, wanted]).toEqual([
      'succeeded',
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    ])
  })
  it('makes again what a check found bad, and does not pass the check by', async () => {
    const definitions = project([asset('a'), asset('b', ['a'])], [check('a', 'full')])
    const { claimed } = await execute(definitions, { behaviours: { 'check a full': failCheck } })
    const second = await execute(definitions, {
      ...rerun(claimed.run.id),
      behaviours: { 'check a full': failCheck },
    })
    expect(second).toMatchObject({ status: 'failed', order: ['a', 'check a full'], steps: { b: 'skipped' } })
    expect(await execute(definitions, rerun(second.claimed.run.id))).toMatchObject({
      status: 'succeeded',
      order: ['a', 'check a full', 'b'],
    })
  })
})

it('a lost connection to the store changes nothing', async () => {
  const drop = () =>
    store.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'millrace' and pid <> pg_backend_pid()",
    )
  const keys = Array.from({ length: 10 }, (_, i) => `a${i}`)
  const { status, events } = await execute(project(keys.map((key, i) => asset(key, i === 0 ? [] : [`a${i - 1}`]))), {
    behaviours: Object.fromEntries(
      keys.map((key) => [
        key,
        async (context: StepContext) => {
          await drop()
          make(context)
        },
      ]),
    ),
  })
  expect(status).toBe('succeeded')
  expect(events.filter((event) => event.type === 'asset_materialized').map((event) => event.asset)).toEqual(keys)
})

it('what the store refuses to a step ends the others before the run is left to somebody else', async () => {
  const [going, told] = [gate(), [] as string[]]
  const breaking = execute(project([asset('a'), asset('b')], [], [{ key: 'a', pool: 'api' }]), {
    limits: { pools: new Map([['api', 1]]) },
    over: { freePoolSlot: () => Promise.reject(new Error('no such place')) },
    behaviours: {
      a: async (context) => {
        await going.begun
        make(context)
      },
      b: async (context) => {
        going.begin()
        await Promise.resolve(untilAborted(context)).catch(() => {})
        await new Promise((resolve) => setTimeout(resolve, 50))
        told.push('b has ended')
      },
    },
    finishRun: async (_run, outcome) => void told.push(outcome),
  })
  await expect(breaking.finally(() => told.push('left'))).rejects.toThrow('no such place')
  expect(told).toEqual(['b has ended', 'goes_on', 'left'])
})

it('from failure goes on with what its parent had planned, whatever dbt says to the selector by then', async () => {
  const graph = project([asset('a'), asset('b', ['a'])])
  const modified = (...keys: string[]) => ({ ...graph, dbtSelections: { 'state:modified': keys } })
  const first = await execute(modified('a', 'b'), {
    request: { selection: 'state:modified' },
    behaviours: { b: fail },
  })
  expect(first.steps).toEqual({ a: 'succeeded', b: 'failed' })
  const again = { selection: 'state:modified', parentRunId: first.claimed.run.id, rerun: 'from_failure' } as const
  expect((await execute(modified(), { request: again })).steps).toEqual({ b: 'succeeded' })
})

it('nothing secret and nothing endless gets into the log', async () => {
  const { events } = await execute(project([asset('a')]), {
    behaviours: {
      a: (context) => {
        context.log('info', 'postgresql://me:hunter22@host/db', { url: 'postgresql://me:hunter22@host/db' })
        context.log('info', 'x'.repeat(1_000_000))
        make(context)
      },
    },
  })
  expect(JSON.stringify(events)).not.toContain('hunter22')
  expect(JSON.stringify(events).length).toBeLessThan(50_000)
})

it('an asset that is called like a secret keeps its name', async () => {
  registerSecret('analytics-9')
  const { events } = await execute(project([asset('analytics-9/orders')]), {
    behaviours: {
      'analytics-9/orders': (context) => {
        context.log('info', 'login with analytics-9')
        make(context)
      },
    },
  })
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'asset_materialized', asset: 'analytics-9/orders', step: 'analytics-9/orders' }),
  )
  expect(events).toContainEqual(expect.objectContaining({ type: 'log', message: 'login with **********' }))
})

it('a run that the store is away from while it is planned goes back to the queue, and had no attempt', async () => {
  const away = metastoreErrors.create('METASTORE_UNREACHABLE', { message: 'The metadata store does not answer.' })
  const startRun = () => Promise.reject(away)
  await expect(execute(project([asset('a')]), { over: { startRun } })).rejects.toThrow('does not answer')
  expect((await store.listRuns({ limit: 1 }))[0]).toMatchObject({ status: 'queued', attempt: 0, startedAt: undefined })
})

describe('partitions', () => {
  const daily = {
    type: 'time',
    cron: '0 0 * * *',
    timezone: 'UTC',
    start: '2024-01-01',
    end: '2024-01-06',
    format: '%Y-%m-%d',
    endOffset: 0,
  } as const
  const cut = (key: string, deps: string[] = [], changes: Partial<AssetSpec> = {}): AssetSpec => ({
    ...asset(key, deps),
    partitions: daily,
    ...changes,
  })
  const keysOf = (context: StepContext) => context.partitionsOf('days')?.partitions.map(({ key }) => key) ?? []

  it('are planned once the store answers again, and by somebody else where it does not in time', async () => {
    const away = metastoreErrors.create('METASTORE_UNREACHABLE', { message: 'The metadata store does not answer.' })
    const definitions = project([cut('days')])
    let asked = 0
    const dynamicPartitions = () => {
      asked++
      return asked < 3 ? Promise.reject(away) : store.dynamicPartitions()
    }
    expect(await execute(definitions, { over: { dynamicPartitions } })).toMatchObject({ status: 'succeeded' })
    expect(asked).toBe(3)
    const work = new AbortController()
    const never = () => {
      stop(work, 'lease_lost')
      return Promise.reject(away)
    }
    await expect(execute(definitions, { request: {}, work, over: { dynamicPartitions: never } })).rejects.toThrow(
      'does not answer',
    )
    expect((await store.listRuns({ limit: 1 }))[0]).toMatchObject({ status: 'starting', error: undefined })
  })
  /** Makes them one after the other, but for the fourth the first time. */
  const unlucky = (seen: string[][]): Behaviour => {
    let isMended = false
    return (context) => {
      seen.push(keysOf(context))
      for (const key of keysOf(context)) {
        if (key === '2024-01-04' && !isMended) {
          isMended = true
          throw new Error('broken')
        }
        context.materialized('days', {}, [key])
      }
    }
  }

  it('a run makes those that it was asked for; what reads the asset waits for all of them', async () => {
    const { status, events, order } = await execute(project([cut('days'), asset('report', ['days'])]), {
      request: { partitions: '2024-01-02...2024-01-03' },
      behaviours: {
        days: (context) => {
          expect(context.partitionsOf('days')).toEqual({
            make: 'each',
            partitions: [2, 3].map((day) => ({
              key: `2024-01-0${day}`,
              window: { start: `2024-01-0${day}T00:00:00.000Z`, end: `2024-01-0${day + 1}T00:00:00.000Z` },
            })),
          })
          for (const key of keysOf(context)) context.materialized('days', {}, [key])
        },
      },
    })
    expect(status).toBe('succeeded')
    expect(order).toEqual(['days', 'report'])
    const made = events.filter(({ type }) => type === 'asset_materialized')
    expect(made.map(({ asset: key, partitions }) => [key, partitions])).toEqual([
      ['days', '2024-01-02'],
      ['days', '2024-01-03'],
      ['report', undefined],
    ])
    expect(await store.partitionStates('days')).toMatchObject({ made: ['2024-01-02', '2024-01-03'], failed: [] })
  })

  it('without a choice it is the latest window, and the run says which', async () => {
    const { status, run } = await execute(project([cut('days')]), {
      behaviours: { days: (context) => context.materialized('days') },
    })
    expect(status).toBe('succeeded')
    expect(run?.partitions).toBe('2024-01-05')
    expect((await store.partitionStates('days')).made).toEqual(['2024-01-05'])
  })

  it('an asset that chooses for itself and fails behind some of them is not there, and a run from failure makes it again', async () => {
    const definitions = project([cut('days', [], { choosesPartitions: true }), asset('behind', ['days'])])
    const { run, steps } = await execute(definitions, {
      behaviours: {
        days: (context) => {
          context.materialized('days', {}, ['2024-01-01'], false)
          throw new Error('the second batch')
        },
      },
    })
    expect(steps).toEqual({ days: 'failed', behind: 'skipped' })
    const again = await execute(definitions, { request: rerunRequest(run as Run, 'from_failure') })
    expect(again).toMatchObject({ status: 'succeeded', order: ['days', 'behind'] })
  })

  it('nor is it for whoever takes the run up', async () => {
    const retry = { max: 1, delayMs: 0, backoff: 'constant' } as const
    const days = cut('days', [], { choosesPartitions: true })
    const definitions = project([days, asset('behind', ['days'])], [], [{ key: 'days', retry }])
    const work = new AbortController()
    const seen: number[] = []
    const behaviours = {
      days: (context: StepContext) => {
        seen.push(context.attempt)
        if (seen.length === 3) return context.materialized('days', {}, ['2024-01-01', '2024-01-02'])
        if (seen.length === 1) context.materialized('days', {}, ['2024-01-01'], false)
        else stop(work, 'shutdown')
        throw new Error('the second batch')
      },
    }
    expect((await execute(definitions, { behaviours, work })).order).toEqual(['days', 'days'])
    expect(await execute(definitions, { behaviours })).toMatchObject({ status: 'succeeded', order: ['days', 'behind'] })
    expect(seen).toEqual([1, 2, 3])
  })

  it('one that chose for itself and is there stays, whatever became of another asset of its step', async () => {
    const [days, other] = [cut('days', [], { choosesPartitions: true }), asset('other', [], 'days')]
    const definitions = project([days, other], [], [{ key: 'days', isSubsettable: true }])
    const wanted: (readonly string[])[] = []
    const behaviours = {
      days: ({ assets, materialized }: StepContext) => {
        wanted.push(assets)
        if (wanted.length === 2) return materialized('other')
        materialized('days', {}, ['2024-01-01', '2024-01-05'])
        throw new Error('the other one')
      },
    }
    const { run } = await execute(definitions, { behaviours })
    const request = rerunRequest(run as Run, 'from_failure')
    expect((await execute(definitions, { request, behaviours })).status).toBe('succeeded')
    expect(wanted).toEqual([['days', 'other'], ['other']])
  })

  it('what was made stays made: the next attempt, and a run from failure, make the rest', async () => {
    const seen: string[][] = []
    const first = await execute(project([cut('days')]), {
      request: { partitions: '*' },
      behaviours: { days: unlucky(seen) },
    })
    expect(first.status).toBe('failed')
    const failed = ['2024-01-04', '2024-01-05']
    expect(await store.partitionStates('days')).toMatchObject({
      made: ['2024-01-01', '2024-01-02', '2024-01-03'],
      failed,
    })
    expect(await store.lastFailedPartitions(['days', 'other'])).toEqual(
      new Map([['days', { at: expect.any(String), runId: first.run?.id }]]),
    )
    const again = await execute(project([cut('days')]), {
      request: rerunRequest(first.run as Run, 'from_failure'),
      behaviours: { days: unlucky([]) },
    })
    expect(again.status).toBe('failed')
    const retried = await execute(
      project([cut('days')], [], [{ key: 'days', retry: { max: 1, delayMs: 0, backoff: 'constant' } }]),
      { request: rerunRequest(again.run as Run, 'from_failure'), behaviours: { days: unlucky(seen) } },
    )
    expect(retried.status).toBe('succeeded')
    expect(again.run?.partitions).toBe('2024-01-04...2024-01-05')
    expect(seen.slice(1)).toEqual([failed, failed])
    expect((await store.partitionStates('days')).failed).toEqual([])
    expect(await store.lastFailedPartitions(['days'])).toEqual(new Map())
  })

  it('a run that is taken up by another engine makes what the first did not', async () => {
    const work = new AbortController()
    const seen: string[][] = []
    const behaviours = {
      days: (context: StepContext) => {
        seen.push(keysOf(context))
        context.materialized('days', {}, [keysOf(context)[0] as string])
        if (seen.length === 1) {
          stop(work, 'shutdown')
          throw new Error('stopped')
        }
        context.materialized('days')
      },
    }
    await execute(project([cut('days')]), { request: { partitions: '2024-01-02...2024-01-04' }, behaviours, work })
    expect((await execute(project([cut('days')]), { behaviours })).status).toBe('succeeded')
    expect(seen).toEqual([
      ['2024-01-02', '2024-01-03', '2024-01-04'],
      ['2024-01-03', '2024-01-04'],
    ])
  })

  it('an asset whose partitions are all still to come is left out, unless nothing else is asked for', async () => {
    const definitions = project([
      cut('days', [], { partitions: { type: 'dynamic', name: 'none' } }),
      asset('report', ['days']),
    ])
    const { status, order } = await execute(definitions)
    expect([status, order]).toEqual(['succeeded', ['report']])
    const alone = await execute(definitions, { request: { selection: 'days' } })
    expect(alone.run?.error?.message).toBe('days has no partition yet.')
  })

  it('dynamic ones are the keys that there are when the run begins', async () => {
    await store.addDynamicPartitions('files', ['b', 'a'])
    await store.addDynamicPartitions('files', ['c', 'a'])
    await store.removeDynamicPartitions('files', ['b'])
    const { run } = await execute(project([cut('days', [], { partitions: { type: 'dynamic', name: 'files' } })]), {
      behaviours: { days: (context) => context.materialized('days') },
    })
    expect(run?.partitions).toBe('a...c')
  })

  it.each([
    ['2024-02-01', [cut('days')], 'There is no partition `2024-02-01`.'],
    ['2024-01-01', [asset('plain')], 'None of the selected assets has partitions.'],
    [
      '2024-01-01',
      [cut('days'), cut('hours', [], { partitions: { ...daily, cron: '0 * * * *' } })],
      'cut in different ways',
    ],
  ])('%s of %o fails the run before anything is made', async (partitions, assets, message) => {
    const { status, run, order } = await execute(project(assets), { request: { partitions } })
    expect(status).toBe('failed')
    expect(run?.error?.message).toContain(message)
    expect(order).toEqual([])
  })
})
