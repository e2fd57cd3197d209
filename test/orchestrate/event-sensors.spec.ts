import { describe, expect, it, vi } from 'vitest'
import { baseErrors } from '../../src/base/index.js'
import {
  type Definitions,
  type EvaluateSensor,
  type Monitored,
  type NewRunEvent,
  onMaterialized,
  onRunStatus,
  partitions,
  type Run,
  type RunRequest,
  type SensorNews,
  type SensorResult,
  type SensorSpec,
  selectionOf,
} from '../../src/orchestrate/index.js'
import { giveUp } from '../../src/orchestrate/runs/give-up.js'
import { EventSensors } from '../../src/orchestrate/sensors/event-sensors.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const named = (...keys: string[]) => keys.map((key) => ({ key }))
const code = () => undefined
const sensor = (monitored: Monitored, changes: Partial<SensorSpec> = {}): SensorSpec => ({
  name: 'told',
  intervalMs: 0,
  target: 'mart',
  description: '',
  isOnByDefault: true,
  monitored,
  ...changes,
})
const onMade = (options: Partial<Parameters<typeof onMaterialized>[0]> = {}) =>
  onMaterialized({ assets: named('raw'), target: 'mart', ...options }).monitored

type Answer = (news: SensorNews, cursor: unknown) => SensorResult | Promise<SensorResult>

/** Sensors as a daemon tells them, and what each was told. */
function world(
  sensors: readonly SensorSpec[],
  { answer = () => ({ runs: [] }), ...parts }: Partial<Definitions> & { answer?: Answer } = {},
) {
  const assets = ['raw', 'other', 'mart'].map((key) => assetSpec(key))
  const definitions = definitionsOf({ assets, sensors, ...parts })
  const told: [sensor: string, news: SensorNews][] = []
  const problems: string[] = []
  let nowMs = Date.parse('2026-01-01T12:00Z')
  const evaluateSensor: EvaluateSensor = async (name, { news, cursor }) => {
    if (!news) throw new Error('It was asked for nothing')
    told.push([name, news])
    return answer(news, cursor)
  }
  const daemon = () =>
    new EventSensors({
      store,
      clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: async () => {} },
      signal: new AbortController().signal,
      evaluateSensor,
      guarded: (_, work) => work().catch((error) => void problems.push(error.message)),
    })
  let current = daemon()
  return {
    told,
    problems,
    /** The keys that were told, tick by tick. */
    keys: () =>
      told.map(([, news]) =>
        news.type === 'run' ? news.run.id : news.materializations.map(({ asset }) => asset).join(' '),
      ),
    async round(changed: Partial<Definitions> = {}, afterMs = 1_000) {
      nowMs += afterMs
      const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
      await current.round({ ...definitions, version: JSON.stringify(changed), ...changed }, states)
      await current.settled()
    },
    restart() {
      current = daemon()
    },
  }
}

const made = (asset: string, keys?: string, metadata = {}): NewRunEvent => ({
  type: 'asset_materialized',
  asset,
  metadata,
  ...(keys === undefined ? {} : { partitions: keys, partitionKeys: keys.split(',') }),
})

/** A run that ends, and made what it is said. */
async function run(
  events: readonly NewRunEvent[],
  { status = 'succeeded', ...request }: Partial<RunRequest> & { status?: 'succeeded' | 'failed' | 'cancelled' } = {},
): Promise<Run> {
  const assets = [...new Set(events.flatMap(({ asset }) => asset ?? []))]
  const { run } = await store.requestRun({
    selection: selectionOf(assets),
    trigger: { type: 'manual' },
    priority: 9,
    ...request,
  })
  await finish(events, status)
  return (await store.getRun(run.id)) as Run
}

async function finish(events: readonly NewRunEvent[], status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded') {
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const assets = [...new Set(events.flatMap(({ asset }) => asset ?? []))]
  await store.startRun(
    claimed.lease,
    assets.map((key) => ({ key, kind: 'typescript', assets: [key], checks: [], upstream: [] })),
  )
  await store.record(claimed.lease, { events, steps: [] })
  const error = status === 'failed' ? baseErrors.create('ABORTED', { message: 'It broke.' }).toJSON() : undefined
  await store.endRun(claimed.lease, status, error)
}

const requested = async () =>
  (await store.listRuns({ trigger: { name: 'told' }, limit: 500 }))
    .reverse()
    .map(({ selection, partitions: text }) => (text === undefined ? selection : `${selection} @ ${text}`))
const ticks = async () => (await store.listTicks({ automation: 'told', limit: 500 })).reverse()

it('a sensor that was told what happened after its round began is told it once', async () => {
  const { round, keys } = world([
    sensor(onRunStatus({ statuses: ['failed'], target: 'mart', evaluate: code }).monitored),
  ])
  await round()
  const first = await run([made('raw')], { status: 'failed' })
  // The round sees the events up to the first run, and while it tells of that the second one fails.
  const before = await store.conditionEventAfter(0)
  const second = await run([made('raw')], { status: 'failed' })
  const seen = vi.spyOn(store, 'conditionEventAfter').mockResolvedValueOnce(before)
  await round()
  seen.mockRestore()
  for (let i = 0; i < 3; i++) {
    await run([made('other')])
    await round()
  }
  expect(keys()).toEqual([first.id, second.id])
})

describe('a sensor that is told of materializations', () => {
  it('counts from when it was seen first, and is told each once', async () => {
    const { round, keys, told } = world([sensor(onMade({ evaluate: code }))])
    await run([made('raw')])
    await round()
    expect(keys()).toEqual([])
    const { id } = await run([
      made('raw', undefined, { rows: 7 }),
      made('other'),
      made('raw', undefined, { unchanged: true }),
    ])
    await round()
    await round()
    expect(told).toEqual([
      [
        'told',
        {
          type: 'materializations',
          materializations: [
            {
              id: expect.any(Number),
              asset: 'raw',
              runId: id,
              at: expect.any(String),
              metadata: { rows: 7 },
              hasChanged: true,
            },
            {
              id: expect.any(Number),
              asset: 'raw',
              runId: id,
              at: expect.any(String),
              metadata: { unchanged: true },
              hasChanged: false,
            },
          ],
        },
      ],
    ])
    expect(await ticks()).toMatchObject([{ status: 'skipped', reason: '2 materializations of raw' }])
  })

  it('does not ask code while nothing is new', async () => {
    const { round, told } = world([sensor(onMade({ evaluate: code }))])
    await round()
    await run([made('other')])
    await round()
    await round()
    expect([told, await ticks()]).toEqual([[], []])
  })

  it('loses nothing while no daemon is there, and is told nothing again by the next one', async () => {
    const { round, restart, keys } = world([sensor(onMade({ evaluate: code }))])
    await round()
    await run([made('raw')])
    await round()
    restart()
    await run([made('raw')])
    await run([made('raw')])
    restart()
    await round()
    restart()
    await round()
    expect(keys()).toEqual(['raw', 'raw raw'])
  })

  it('is told of many in several ticks', async () => {
    const { round, told } = world([sensor(onMade({ evaluate: code }))])
    await round()
    await run(Array.from({ length: 230 }, (_, n) => made('raw', undefined, { n })))
    await round()
    const each = told.map(([, news]) => (news.type === 'materializations' ? news.materializations : []))
    expect(each.map(({ length }) => length)).toEqual([100, 100, 30])
    expect(each.flat().map(({ metadata }) => metadata.n)).toEqual(Array.from({ length: 230 }, (_, n) => n))
  })

  it('stays where it is when its code fails, and is told the same again after a pause', async () => {
    let isBroken = true
    const { round, keys } = world([sensor(onMade({ evaluate: code }))], {
      answer: () => {
        if (isBroken) throw baseErrors.create('ABORTED', { message: 'not now' })
        return { cursor: 1, runs: [{}] }
      },
    })
    await round()
    await run([made('raw')])
    await round()
    await round()
    expect(await ticks()).toMatchObject([{ status: 'failed', reason: 'not now' }])
    isBroken = false
    await run([made('raw')])
    await round({}, 6_000)
    expect(keys()).toEqual(['raw', 'raw raw'])
    expect(await requested()).toEqual(['mart'])
    expect(await store.automationState('told')).toMatchObject({ cursor: 1, failure: undefined })
  })

  it('is told again when the tick could not be written with its runs', async () => {
    const { round, keys, problems } = world([sensor(onMade({ evaluate: code }))], {
      answer: () => ({ runs: [{}] }),
    })
    await round()
    await run([made('raw')])
    const commit = store.commitTick
    store.commitTick = async () => {
      throw new Error('lost')
    }
    await round()
    store.commitTick = commit
    expect(problems).toEqual(['lost'])
    await round({}, 6_000)
    await round({}, 60_000)
    expect(keys()).toEqual(['raw', 'raw'])
    expect(await requested()).toHaveLength(1)
  })

  it('is not told what its own runs made, nor runs that try these again, unless it wants to', async () => {
    const all = onMade({ assets: '*', evaluate: code })
    const answer = () => ({ runs: [{}] })
    const { round, told } = world([sensor(all), sensor({ ...all, ownRuns: true }, { name: 'all' })], { answer })
    const monitored = () =>
      told.map(
        ([name, news]) =>
          `${name}: ${news.type === 'materializations' && news.materializations.map(({ asset }) => asset)}`,
      )
    await round({ sensors: [sensor(all)] })
    await run([made('raw')])
    await round({ sensors: [sensor(all)] })
    await round({ sensors: [sensor({ ...all, ownRuns: true }, { name: 'all' })] })
    const [own] = await store.listRuns({ trigger: { name: 'told' } })
    await finish([made('mart')])
    await run([made('mart')], { trigger: { type: 'rerun', name: own?.id ?? '' }, parentRunId: own?.id })
    await round()
    expect(monitored()).toEqual(['told: raw', 'all: mart,mart'])
  })

  it('that was switched off has missed nothing', async () => {
    const { round, keys } = world([sensor(onMade({ evaluate: code }))])
    await round()
    await store.setAutomation('told', 'sensor', false)
    await run([made('raw')])
    await round()
    await store.setAutomation('told', 'sensor', true)
    await round()
    await run([made('raw'), made('raw')])
    await round()
    expect(keys()).toEqual(['raw raw'])
  })

  it('that is off in the project counts from when it is switched on', async () => {
    const { round, keys } = world([sensor(onMade({ evaluate: code }), { isOnByDefault: false })])
    await round()
    await run([made('raw')])
    await store.setAutomation('told', 'sensor', true)
    await round()
    await run([made('raw'), made('raw')])
    await round()
    expect(keys()).toEqual(['raw raw'])
  })

  it('begins anew when it is reset, and keeps its place when its cursor is changed', async () => {
    const cursors: unknown[] = []
    const { round, keys } = world([sensor(onMade({ evaluate: code }))], {
      answer: (_, cursor) => {
        cursors.push(cursor)
        return { cursor: 'kept', runs: [] }
      },
    })
    await round()
    await run([made('raw')])
    await round()
    await run([made('raw')])
    await store.setSensorCursor('told', { since: 1 })
    await round()
    await run([made('raw')])
    await store.setSensorCursor('told', undefined)
    await round()
    await run([made('raw')])
    await round()
    expect([keys(), cursors]).toEqual([
      ['raw', 'raw', 'raw'],
      [undefined, { since: 1 }, undefined],
    ])
  })

  it('is asked at once with another cursor, however long its ticks have failed', async () => {
    const { round, keys } = world([sensor(onMade({ evaluate: code }))], {
      answer: (_, cursor) => {
        if (cursor === undefined) throw baseErrors.create('ABORTED', { message: 'not now' })
        return { runs: [] }
      },
    })
    await round()
    await run([made('raw')])
    await round()
    await round({}, 200_000)
    await store.setSensorCursor('told', 1)
    expect((await store.automationStates())[0]?.failure).toBeUndefined()
    await round()
    expect(keys()).toEqual(['raw', 'raw', 'raw'])
  })

  it('keeps how far it is when there is never anything for it', async () => {
    const { round } = world([sensor(onMade())])
    await round()
    const before = (await store.automationStates())[0]?.eventId ?? 0
    await run([made('other')])
    await round()
    await round({}, 61_000)
    expect((await store.automationStates())[0]?.eventId).toBeGreaterThan(before)
    await run([made('raw')])
    await round()
    expect(await requested()).toEqual(['mart'])
  })

  it('passes over nothing while a part of the project cannot be read', async () => {
    const { round, keys } = world([sensor(onMade({ assets: 'group:g', evaluate: code }))])
    const broken = {
      assets: [assetSpec('mart')],
      problems: [baseErrors.create('YAML_SYNTAX', { message: 'broken' }).toJSON()],
    }
    await round()
    await run([made('raw')])
    await round(broken)
    await round(broken, 61_000)
    await round()
    expect(keys()).toEqual(['raw'])
  })

  it('looks at an event once while a part of the project cannot be read, and again by other definitions', async () => {
    const failed = onRunStatus({ statuses: ['failed'], of: { assets: 'group:g' }, evaluate: code }).monitored
    const { round, told } = world([sensor(failed)])
    const broken = {
      assets: [assetSpec('mart')],
      problems: [baseErrors.create('YAML_SYNTAX', { message: 'broken' }).toJSON()],
    }
    await round(broken)
    const getRun = vi.spyOn(store, 'getRun')
    const lookedAt = async (changed: Partial<Definitions>) => {
      getRun.mockClear()
      await round(changed)
      return getRun.mock.calls.map(([id]) => id)
    }
    const first = await run([made('raw')], { status: 'failed' })
    expect(await lookedAt(broken)).toEqual([first.id])
    const second = await run([made('raw')], { status: 'failed' })
    expect(await lookedAt(broken)).toEqual([second.id])
    expect(await lookedAt(broken)).toEqual([])
    expect(await lookedAt({ ...broken, version: 'other' })).toEqual([first.id, second.id])
    expect(told).toEqual([])
    await round()
    expect(told).toMatchObject([
      ['told', { run: { id: first.id } }],
      ['told', { run: { id: second.id } }],
    ])
  })

  it('is one of few that read at once, and reads where it stands, not where all do', async () => {
    const monitored = onMade({ evaluate: code })
    const { round, told } = world(Array.from({ length: 12 }, (_, n) => sensor(monitored, { name: `told ${n}` })))
    await round()
    await run([made('raw')])
    const states = vi.spyOn(store, 'automationStates')
    const { readEvents } = store
    let [reading, most] = [0, 0]
    store.readEvents = async (filter) => {
      most = Math.max(most, ++reading)
      return readEvents(filter).finally(() => reading--)
    }
    await round()
    expect([told.length, most, states.mock.calls.length]).toEqual([12, 4, 1])
  })

  it('a second daemon writes nothing where the first was quicker', async () => {
    const { round } = world([sensor(onMade())])
    await round()
    await run([made('raw')])
    const [state] = await store.automationStates()
    await round()
    const tick = {
      id: 'late',
      automation: 'told',
      automationType: 'sensor',
      at: new Date().toISOString(),
      status: 'requested',
      runIds: [],
    } as const
    const request = { selection: 'mart', trigger: { type: 'sensor', name: 'told' } } as const
    const told = { from: state?.eventId ?? 0, upTo: 10_000 }
    expect(await store.commitTick(tick, [request], { told })).toBeUndefined()
    expect(await requested()).toEqual(['mart'])
  })
})

describe('all of several assets', () => {
  it('are told when the last of them was made, and what comes after counts for the next time', async () => {
    const { round, keys, restart } = world([
      sensor(onMade({ assets: named('raw', 'other'), all: true, evaluate: code })),
    ])
    await round()
    await run([made('raw')])
    await round()
    await run([made('raw')])
    restart()
    await round({}, 61_000)
    expect(keys()).toEqual([])
    restart()
    await run([made('other'), made('raw')])
    await round()
    await round()
    expect(keys()).toEqual(['raw raw other'])
    await run([made('other')])
    await round()
    expect(keys()).toEqual(['raw raw other', 'raw other'])
  })

  it('are looked at once each while one is made by its own runs only', async () => {
    const { round, keys } = world([sensor(onMade({ assets: named('raw', 'other'), all: true, evaluate: code }))])
    await round()
    await run([made('other')], { trigger: { type: 'sensor', name: 'told' } })
    await run([made('raw')])
    await round()
    const last = await run([made('raw')])
    const getRun = vi.spyOn(store, 'getRun')
    await round()
    expect(getRun.mock.calls).toEqual([[last.id]])
    await run([made('other'), made('raw')])
    await round()
    expect(keys()).toEqual(['raw raw other'])
  })

  it('are told once more when code has failed, as they came', async () => {
    let isBroken = true
    const { round, keys } = world(
      [sensor(onMade({ assets: named('raw', 'other'), all: true, ownRuns: true, evaluate: code }))],
      {
        answer: () => {
          if (isBroken) throw baseErrors.create('ABORTED', { message: 'not now' })
          return { runs: [] }
        },
      },
    )
    await round()
    await run([made('raw')])
    await run([made('other')])
    await round()
    isBroken = false
    await round({}, 6_000)
    expect(keys()).toEqual(['raw other', 'raw other'])
  })

  it('are the newest of many, and one of each', async () => {
    const { round, told } = world([sensor(onMade({ assets: named('raw', 'other'), all: true, evaluate: code }))])
    await round()
    await run([made('other'), ...Array.from({ length: 2_500 }, (_, n) => made('mart', undefined, { n }))])
    await run(Array.from({ length: 2_500 }, (_, n) => made('raw', undefined, { n })))
    await round()
    const [news] = told.map(([, one]) => (one.type === 'materializations' ? one.materializations : []))
    expect(news?.map(({ asset }) => asset)).toEqual(['other', 'raw'])
    await run(Array.from({ length: 2_500 }, (_, n) => made('raw', undefined, { n })))
    await run([made('other')])
    await round()
    const last = told.at(-1)?.[1]
    const materializations = last?.type === 'materializations' ? last.materializations : []
    expect([materializations.length, materializations.at(-1)?.asset]).toEqual([1_000, 'other'])
  })
})

describe('without code', () => {
  const daily = partitions.daily({ start: '2025-12-01' })
  const cut = (key: string, changes = {}) => assetSpec(key, { partitions: daily, ...changes })

  it('a sensor starts its target once for what came, and not for what brought nothing new', async () => {
    const { round } = world([sensor(onMade())])
    await round()
    await run([made('raw'), made('raw')])
    await round()
    await run([made('raw', undefined, { unchanged: true })])
    await round()
    expect(await requested()).toEqual(['mart'])
    expect((await ticks()).map(({ status, reason }) => [status, reason])).toEqual([
      ['requested', '2 materializations of raw'],
      ['skipped', '1 materialization of raw: nothing new'],
    ])
  })
  it.each([
    [
      'both are cut alike',
      [cut('raw'), cut('mart')],
      [made('raw', '2025-12-03'), made('raw', '2025-12-01...2025-12-02')],
      ['mart @ 2025-12-01...2025-12-03'],
    ],
    [
      'the target begins later',
      [cut('raw'), assetSpec('mart', { partitions: partitions.daily({ start: '2025-12-02' }) })],
      [made('raw', '2025-12-01,2025-12-02')],
      ['mart @ 2025-12-02'],
    ],
    [
      'the target is cut otherwise',
      [cut('raw'), assetSpec('mart', { partitions: partitions.weekly({ start: '2025-12-01' }) })],
      [made('raw', '2025-12-01')],
      ['mart'],
    ],
    ['the target is one', [cut('raw'), assetSpec('mart')], [made('raw', '2025-12-01')], ['mart']],
    ['what was made is one', [assetSpec('raw'), cut('mart')], [made('raw')], ['mart']],
    [
      'some of it is cut alike',
      [cut('raw'), assetSpec('other'), cut('mart')],
      [made('raw', '2025-12-01'), made('other')],
      ['mart @ 2025-12-01', 'mart'],
    ],
  ])('partitions are handed on where %s', async (_, assets, events, expected) => {
    const { round } = world([sensor(onMade({ assets: 'raw other' }))], {
      assets: [assetSpec('other'), ...assets].filter(
        (one, i, all) => all.findLastIndex(({ key }) => key === one.key) === i,
      ),
    })
    await round()
    await run(events)
    await round()
    expect(await requested()).toEqual(expected)
  })
})

describe('a sensor that is told of runs', () => {
  const onRuns = (options: Partial<Parameters<typeof onRunStatus>[0]> = {}) =>
    onRunStatus({ statuses: ['failed', 'cancelled'], evaluate: () => undefined, target: 'mart', ...options }).monitored

  it('is told of each that ended so, one a tick, with why', async () => {
    const { round, told } = world([sensor(onRuns())])
    await run([made('raw')], { status: 'failed' })
    await round()
    const failed = await run([made('raw')], { status: 'failed', tags: { team: 'a' }, partitions: 'x' })
    await run([made('raw')])
    const stopped = await run([made('raw')], { status: 'cancelled' })
    const { run: queued } = await store.requestRun({ selection: 'raw', trigger: { type: 'manual' } })
    await store.requestCancel(queued.id)
    await round()
    await round()
    expect(told.map(([, news]) => news)).toMatchObject([
      {
        type: 'run',
        run: {
          id: failed.id,
          status: 'failed',
          selection: 'raw',
          tags: { team: 'a' },
          partitions: 'x',
          trigger: { type: 'manual' },
          error: { message: 'It broke.' },
        },
      },
      { run: { id: stopped.id, status: 'cancelled' } },
      { run: { id: queued.id, status: 'cancelled' } },
    ])
    expect((await ticks()).map(({ reason }) => reason)).toEqual([
      `run ${failed.id} failed`,
      `run ${stopped.id} cancelled`,
      `run ${queued.id} cancelled`,
    ])
  })

  it('is told of one that was given up', async () => {
    const { round, told } = world([sensor(onRuns())])
    await round()
    const { run: lost } = await store.requestRun({ selection: 'raw', trigger: { type: 'manual' } })
    const claimed = await store.claimRun('w', 60_000)
    if (!claimed) throw new Error('Nothing to claim')
    await giveUp(store, claimed, { now: () => new Date(), monotonicMs: () => 0, sleep: async () => {} })
    await round()
    expect(told.map(([, news]) => news)).toMatchObject([
      { run: { id: lost.id, status: 'failed', error: { code: 'RUN_LOST' } } },
    ])
  })

  it('only of those that it asks for', async () => {
    const nightly = { type: 'schedule', name: 'nightly' } as const
    const { round, told } = world(
      [
        sensor(onRuns({ of: { assets: named('raw') } }), { name: 'assets' }),
        sensor(onRuns({ of: { startedBy: [nightly] } }), { name: 'starter' }),
        sensor(onRuns({ of: { tags: { team: 'a' } } }), { name: 'tags' }),
        sensor(onRuns({ of: { startedBy: ['nightly'], tags: { team: 'a' } } }), { name: 'both' }),
      ],
      {},
    )
    await round()
    const first = await run([made('raw')], { status: 'failed', trigger: nightly })
    const again = await run([made('other')], {
      status: 'failed',
      trigger: { type: 'retry', name: first.id },
      parentRunId: first.id,
      tags: { team: 'a' },
    })
    const { run: queued } = await store.requestRun({ selection: '*', trigger: { type: 'manual' } })
    await store.requestCancel(queued.id)
    await round()
    const of = (name: string) =>
      told.filter(([sensor]) => sensor === name).map(([, news]) => news.type === 'run' && news.run.id)
    expect(['assets', 'starter', 'tags', 'both'].map(of)).toEqual([
      [first.id, queued.id],
      [first.id, again.id],
      [again.id],
      [again.id],
    ])
  })

  it('does not react to runs that it requested itself, unless it wants to', async () => {
    const { round } = world([sensor(onRuns({ statuses: ['failed'] }), { name: 'told' })], {
      answer: () => ({ runs: [{}] }),
    })
    await round()
    await run([made('raw')], { status: 'failed' })
    await round()
    await finish([made('mart')], 'failed')
    await round()
    await round()
    expect(await requested()).toEqual(['mart'])
    const wishing = [sensor(onRuns({ statuses: ['failed'], ownRuns: true, of: { startedBy: ['told'] } }))]
    const [own] = await store.listRuns({ trigger: { name: 'told' } })
    await run([made('mart')], {
      status: 'failed',
      trigger: { type: 'rerun', name: own?.id ?? '' },
      parentRunId: own?.id,
    })
    await round({ sensors: wishing })
    expect(await requested()).toEqual(['mart', 'mart'])
  })

  it('without a target every run has to name its own', async () => {
    const { round } = world([sensor(onRuns(), { target: '' })], { answer: () => ({ runs: [{}] }) })
    await round()
    await run([made('raw')], { status: 'failed' })
    await round()
    expect(await ticks()).toMatchObject([
      { status: 'failed', reason: 'The sensor told asks for a run without saying what it is to make.' },
    ])
  })
})

describe('a sensor or schedule whose ticks fail', () => {
  it('says so once, until a tick is well', async () => {
    let isBroken = true
    const { round } = world([sensor(onMade({ evaluate: code }))], {
      answer: () => {
        if (isBroken) throw baseErrors.create('ABORTED', { message: 'not now' })
        return { runs: [] }
      },
    })
    const failures = async () =>
      (await store.readEvents({ types: ['automation_failed'] })).map(({ message, metadata }) => [message, metadata])
    await round()
    await run([made('raw')])
    await round()
    await round({}, 6_000)
    await round({}, 20_000)
    expect((await ticks()).length).toBeGreaterThan(1)
    expect(await failures()).toEqual([['not now', { automation: 'told', type: 'sensor' }]])
    expect((await store.automationStates())[0]?.failure?.message).toBe('not now')
    isBroken = false
    await round({}, 600_000)
    expect((await store.automationStates())[0]?.failure).toBeUndefined()
    isBroken = true
    await run([made('raw')])
    await round()
    expect(await failures()).toHaveLength(2)
  })
})
