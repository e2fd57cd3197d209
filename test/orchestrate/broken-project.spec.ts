import { afterEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.js'
import { type Definitions, type Run, runEngine, whyQueued } from '../../src/orchestrate/index.js'
import { eventually } from '../support/millrace.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
let stop: () => Promise<void>
storeForEach((one) => {
  store = one
})
afterEach(() => stop())

const keys = ['kept', 'free']
const whole = definitionsOf({
  assets: keys.map((key) => assetSpec(key)),
  steps: keys.map((key) => ({ key, kind: 'typescript', assets: [key], checks: [], isSubsettable: false })),
})
const error = { code: 'USER_CODE_FAILED', kind: 'user', retryable: false, message: 'Unexpected end of file' } as const
const broken: Definitions = {
  ...whole,
  problems: [error],
  broken: [{ file: 'definitions.ts', since: '2026-01-02T03:04:05.000Z', error, steps: ['kept'], sensors: [] }],
}
const unread: Definitions = { ...definitionsOf({}), problems: [error] }
const reason =
  'definitions.ts cannot be loaded since 2026-01-02 03:04 UTC, so kept cannot be made: Unexpected end of file'

/** An engine of a project that may become another one. @param project.read what a run sees of it, where it was not seen before */
function engine(project: { now: Definitions; read?: Definitions }, begun: string[] = []) {
  const ending = new AbortController()
  const done = runEngine({
    store,
    executors: [
      {
        kind: 'typescript',
        execute: async (context) => {
          begun.push(context.step.key)
          context.materialized(context.step.key, {})
        },
      },
    ],
    definitions: async () => project.read ?? project.now,
    lastDefinitions: async () => {
      // As long as an engine of many assets may take: a run that is given back stands in the queue meanwhile.
      await systemClock.sleep(50)
      return project.now
    },
    worker: 'host:1',
    isGone: () => false,
    maxConcurrentRuns: 8,
    limits: { pools: new Map(), tags: [] },
    clock: systemClock,
    logger: silentLogger,
    signal: ending.signal,
  })
  stop = async () => {
    ending.abort()
    await done
  }
}

const request = async (selection: string): Promise<string> =>
  (await store.requestRun({ selection, trigger: { type: 'schedule', name: 'nightly' } })).run.id
const inStatus = (id: string, status: Run['status']): Promise<Run> =>
  eventually(`the run is ${status}`, async () => {
    const run = await store.getRun(id)
    return run?.status === status ? run : undefined
  })

describe('a run of what cannot be read', () => {
  it('waits in the queue, says why, lets others pass, and starts once it can be read', async () => {
    const project = { now: broken }
    const waiting = await request('kept')
    const free = await request('free')
    engine(project)
    await inStatus(free, 'succeeded')
    const run = await inStatus(waiting, 'queued')
    const slots = { workers: 1, lost: 0, taken: 0, total: 8 }
    const facts = { going: [], queued: [run], limits: { tags: [] }, slots }
    expect(whyQueued(run, { ...facts, definitions: broken })).toBe(reason)
    expect(whyQueued(run, { ...facts, definitions: whole })).toBe('it is about to be taken')
    expect([run.startedAt, run.attempt]).toEqual([undefined, 0])
    project.now = whole
    expect((await inStatus(waiting, 'succeeded')).attempt).toBe(1)
  })

  it.each([
    ['a part', broken, reason],
    ['all of it', unread, 'The project cannot be read as a whole, so nothing was started: Unexpected end of file'],
  ])('goes back to the queue where only the run itself sees it: %s', async (_, read, message) => {
    const project: { now: Definitions; read?: Definitions } = { now: whole, read }
    const id = await request('kept')
    engine(project)
    const told = await eventually('it says why', async () => {
      const events = await store.readEvents({ runId: id })
      return events.some(({ type }) => type === 'log') && events
    })
    expect(told.flatMap(({ type, level, message }) => (type === 'log' ? [[level, message]] : []))).toEqual([
      ['warn', `It waits in the queue: ${message}`],
    ])
    await inStatus(id, 'queued')
    // It is not taken again and again meanwhile: only once the project was read anew.
    await request('free')
    await systemClock.sleep(1_500)
    const starts = async () => (await store.readEvents({ runId: id, types: ['run_started'] })).length
    expect(await starts()).toBe(1)
    delete project.read
    project.now = { ...whole }
    await inStatus(id, 'succeeded')
    expect(await starts()).toBe(2)
  })

  it('waits where an engine that is gone had begun it, and keeps what was made', async () => {
    const id = await request('kept free')
    const [claimed] = await store.claimRuns('host:0', 60_000, { most: 1 })
    const { lease } = claimed as NonNullable<typeof claimed>
    const step = (key: string) => ({ key, kind: 'typescript' as const, assets: [key], checks: [], upstream: [] })
    await store.startRun(lease, [step('free'), step('kept')], undefined)
    await store.record(lease, {
      events: [{ type: 'asset_materialized', step: 'free', asset: 'free', metadata: {} }],
      steps: [{ key: 'free', status: 'succeeded' }],
    })
    await store.expireLeases(['host:0'])
    const project = { now: broken }
    const begun: string[] = []
    engine(project, begun)
    await inStatus(id, 'queued')
    expect((await store.listSteps(id)).map(({ key, status }) => [key, status])).toEqual([
      ['free', 'succeeded'],
      ['kept', 'pending'],
    ])
    project.now = whole
    await inStatus(id, 'succeeded')
    expect(begun).toEqual(['kept'])
  })
})
