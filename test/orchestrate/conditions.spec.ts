import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import {
  type AssetSpec,
  ConditionLoop,
  type Definitions,
  mapping,
  type NewRunEvent,
  partitions,
  previewConditions,
  type Run,
  type StoreChange,
  selectionOf,
  watchFreshness,
  when,
} from '../../src/orchestrate/index.js'
import { eventually } from '../support/millrace.js'
import { assetSpec, definitionsOf } from './definitions.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const eager = when.eager().spec
const daily = partitions.daily({ start: '2024-11-20' })
const noon = new Date('2024-11-29T12:00:00Z')

/** raw → model → mart, of which the last two follow their data. */
const chain = [
  assetSpec('raw'),
  assetSpec('model', { deps: ['raw'], condition: eager }),
  assetSpec('mart', { deps: ['model'], condition: eager }),
]

/** A project as a daemon sees it, and a loop over it. */
function world(assets: readonly AssetSpec[], parts: Partial<Definitions> = {}) {
  const steps = assets.map(
    ({ key }) => ({ key, kind: 'typescript', assets: [key], checks: [], isSubsettable: false }) as const,
  )
  const definitions = definitionsOf({ assets, steps, ...parts })
  const loop = new ConditionLoop(store, { clock: systemClock, restShare: 0 })
  const moment = async (now = noon, changed: Partial<Definitions> = {}) => ({
    definitions: { ...definitions, ...changed },
    states: new Map((await store.automationStates()).map((state) => [state.name, state])),
    now,
  })
  return {
    moment,
    /** What is queued by one round: selections with their partitions. */
    async round(now?: Date, changed?: Partial<Definitions>, by = loop): Promise<string[]> {
      const before = new Set((await store.listRuns({ limit: 500 })).map(({ id }) => id))
      await by.round(await moment(now, changed))
      const after = (await store.listRuns({ limit: 500 })).filter(({ id }) => !before.has(id))
      return after.map(({ selection, partitions: text }) => (text === undefined ? selection : `${selection} @ ${text}`))
    },
  }
}

const made = (asset: string, metadata = {}, keys?: readonly string[]): NewRunEvent => ({
  type: 'asset_materialized',
  asset,
  metadata,
  ...(keys ? { partitions: keys.join(','), partitionKeys: keys } : {}),
})

/** Claims what is queued, or a run of its own, and ends it with some events. */
async function run(
  events: readonly NewRunEvent[],
  status: 'succeeded' | 'failed' | 'stays' = 'succeeded',
): Promise<Run> {
  const assets = [...new Set(events.flatMap(({ asset }) => asset ?? []))]
  if ((await store.listRuns({ statuses: ['queued'] })).length === 0)
    await store.requestRun({ selection: selectionOf(assets), trigger: { type: 'manual' } })
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const plan = assets.map((key) => ({ key, kind: 'typescript', assets: [key], checks: [], upstream: [] }) as const)
  await store.startRun(claimed.lease, plan)
  const isDone = status !== 'stays'
  await store.record(claimed.lease, {
    events,
    steps: isDone ? plan.map(({ key }) => ({ key, status: 'succeeded' })) : [],
  })
  if (isDone) await store.endRun(claimed.lease, status)
  return claimed.run
}

describe('what conditions request', () => {
  it('is nothing at first, and then what follows from a change, in one run', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    expect(await round()).toEqual([])
    await run([made('raw')])
    expect(await round()).toEqual(['model mart'])
    expect(await round()).toEqual([])
    await run([made('model'), made('mart')])
    expect(await round()).toEqual([])
  })

  it('is told of, and so is another reason to request nothing, once for all assets of an automation', async () => {
    const told: StoreChange[] = []
    const stop = new AbortController()
    const listening = store.subscribe((change) => told.push(change), stop.signal)
    const { round } = world([...chain, assetSpec('other', { deps: ['raw'], condition: eager })])
    // Until the listener is there.
    await eventually('a change is told', async () => {
      await store.setAutomation('unrelated', 'schedule', true)
      return told.length > 0
    })
    told.length = 0
    expect(await round()).toEqual([])
    await store.setAutomation('last', 'schedule', true)
    await eventually('all is told', () => told.some((change) => change.type === 'automation' && change.name === 'last'))
    const names = told.flatMap((change) => (change.type === 'automation' ? [change.name] : []))
    expect(names.filter((name) => name !== 'unrelated')).toEqual(['asset_conditions', 'last'])
    stop.abort()
    await listening
  })

  it('of an asset that reads its own earlier partitions is one after the other, as Dagster does it', async () => {
    const days = partitions.daily({ start: '2024-01-01', end: '2024-01-04' })
    const partitionMappings = { balance: mapping.timeWindow({ startOffset: -1, endOffset: -1 }) }
    const balance = { partitions: days, deps: ['balance'], partitionMappings }
    const follows = when
      .newlyMissing()
      .or(when.anyDepsUpdated())
      .sinceLastHandled()
      .and(when.anyDepsMissing().not(), when.anyDepsInProgress().not(), when.inProgress().not()).spec
    const { round } = world([assetSpec('balance', { ...balance, condition: follows })])
    const rounds = [await round(), await round()]
    for (const key of ['2024-01-01', '2024-01-02', '2024-01-03']) {
      await run([made('balance', {}, [key])])
      rounds.push(await round(), await round())
    }
    expect(rounds.map((one) => one.join())).toEqual([
      '',
      '',
      'balance @ 2024-01-02',
      '',
      'balance @ 2024-01-03',
      '',
      '',
      '',
    ])
  })

  it('of what is missing of such an asset is the next one that can be made', async () => {
    const days = partitions.daily({ start: '2024-01-01', end: '2024-01-04' })
    const partitionMappings = { balance: mapping.timeWindow({ startOffset: -1, endOffset: -1 }) }
    const condition = when.missing().and(when.anyDepsMissing().not()).and(when.inProgress().not()).spec
    const { round } = world([
      assetSpec('balance', { partitions: days, deps: ['balance'], partitionMappings, condition }),
    ])
    const rounds: string[] = []
    for (const key of ['2024-01-01', '2024-01-02', '2024-01-03']) {
      rounds.push((await round()).join(), (await round()).join())
      await run([made('balance', {}, [key])])
    }
    expect(rounds).toEqual(['balance @ 2024-01-01', '', 'balance @ 2024-01-02', '', 'balance @ 2024-01-03', ''])
    expect(await round()).toEqual([])
  })

  it('leaves alone what the run that changed something makes itself', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    await run([made('raw'), made('model'), { type: 'asset_failed', asset: 'mart' }], 'failed')
    expect(await round()).toEqual([])
  })

  it('waits for runs that are going on, and for what was never made', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model')])
    await round()
    await store.requestRun({ selection: 'model', trigger: { type: 'manual' } })
    await store.sql("update runs set priority = -1 where status = 'queued'")
    await store.requestRun({ selection: 'raw', trigger: { type: 'manual' } })
    await run([made('raw')])
    expect(await round()).toEqual([])
    await store.requestCancel((await store.listRuns({ statuses: ['queued'] }))[0]?.id ?? '')
    expect(await round()).toEqual(['model mart'])
  })

  it('does not follow a sync that found nothing new', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    await run([made('raw', { unchanged: true })])
    expect(await round()).toEqual([])
  })

  it('sees through views, which have no data of their own', async () => {
    const view = assetSpec('view', { deps: ['raw'], kinds: ['model', 'dbt', 'view'] })
    const { round } = world([assetSpec('raw'), view, assetSpec('mart', { deps: ['view'], condition: eager })])
    await run([made('raw'), made('view'), made('mart')])
    await round()
    await run([made('raw')])
    expect(await round()).toEqual(['mart'])
  })

  it('is the window that has ended, and of several partitions what each asset wants', async () => {
    const days = [
      assetSpec('visits', { partitions: daily, condition: when.onMissing().spec }),
      assetSpec('report', { partitions: daily, deps: ['visits'], condition: eager }),
    ]
    const { round } = world(days)
    expect(await round()).toEqual([])
    const nextDay = new Date('2024-11-30T00:00:01Z')
    expect(await round(nextDay)).toEqual(['visits report @ 2024-11-29'])
    await run([made('visits', {}, ['2024-11-29']), made('report', {}, ['2024-11-29'])])
    await run([made('visits', {}, ['2024-11-28', '2024-11-29'])])
    expect(await round(nextDay)).toEqual(['report @ 2024-11-29'])
  })

  it('is a key that was added', async () => {
    const byCustomer = { partitions: partitions.dynamic('customers'), condition: when.onMissing().spec }
    const { round } = world([assetSpec('letters', byCustomer)])
    await store.addDynamicPartitions('customers', ['acme'])
    expect(await round()).toEqual([])
    await store.addDynamicPartitions('customers', ['other', 'more'])
    expect(await round()).toEqual(['letters @ other...more'])
    await store.removeDynamicPartitions('customers', ['acme'])
    expect(await round()).toEqual([])
  })

  it('comes with a tick of a cron expression once', async () => {
    const nightly = when.cronTickPassed('0 5 * * *').sinceLastHandled().spec
    const { round } = world([assetSpec('report', { condition: nightly })])
    await round()
    expect(await round(new Date('2024-11-30T04:59:59Z'))).toEqual([])
    expect(await round(new Date('2024-11-30T05:00:00Z'))).toEqual(['report'])
    expect(await round(new Date('2024-11-30T05:00:01Z'))).toEqual([])
    expect(await round(new Date('2024-12-03T06:00:00Z'))).toEqual(['report'])
  })

  it('asks for blocking checks of what is read', async () => {
    const checked = when.eager().and(when.allDepsBlockingChecksPassed()).spec
    const checks = [{ asset: 'raw', name: 'whole', description: '', isBlocking: true, deps: [], step: 'raw' }]
    const { round } = world([assetSpec('raw'), assetSpec('mart', { deps: ['raw'], condition: checked })], { checks })
    const evaluated = (level: 'info' | 'error') =>
      ({ type: 'check_evaluated', asset: 'raw', check: 'whole', level }) as const
    await run([made('raw'), evaluated('info'), made('mart')])
    await round()
    await run([made('raw'), evaluated('error')])
    expect(await round()).toEqual([])
    await run([evaluated('info')])
    expect(await round()).toEqual(['mart'])
  })
})

describe('evaluations', () => {
  it('happen once, whoever makes them', async () => {
    const { round, moment } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    await run([made('raw')])
    const loops = Array.from({ length: 4 }, () => new ConditionLoop(store, { clock: systemClock, restShare: 0 }))
    for (const loop of loops) await loop.round(await moment(new Date(0)))
    await Promise.all(loops.map(async (loop) => loop.round(await moment())))
    expect((await store.listRuns({ trigger: { type: 'automation' } })).map(({ selection }) => selection)).toEqual([
      'model mart',
    ])
  })

  it('go on where an ended process left off', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    await run([made('raw')])
    expect(await round(noon, {}, new ConditionLoop(store, { clock: systemClock, restShare: 0 }))).toEqual([
      'model mart',
    ])
    expect(await round(noon, {}, new ConditionLoop(store, { clock: systemClock, restShare: 0 }))).toEqual([])
  })

  it('are explained, and say which run came of them', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    await run([made('raw')])
    await round()
    const [requested, first] = await store.conditionEvaluations({ asset: 'model' })
    const [{ id } = { id: '' }] = await store.listRuns({ trigger: { type: 'automation' } })
    expect(requested).toMatchObject({
      isRequested: true,
      runId: id,
      automation: 'asset_conditions',
      tree: { label: 'eager', held: 1 },
    })
    expect(JSON.stringify(requested?.tree)).toContain('"of":"raw"')
    expect(first).toMatchObject({ isRequested: false, tree: { held: 0 } })
    expect(await store.listTicks({ automation: 'asset_conditions' })).toMatchObject([
      { status: 'requested', reason: 'model, mart', runIds: [id] },
    ])
  })

  it('begin anew where a switch was off, and what was due meanwhile is not missed', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    await store.setAutomation('asset_conditions', 'automation', false)
    await run([made('raw')])
    expect(await round()).toEqual([])
    await store.setAutomation('asset_conditions', 'automation', true)
    expect(await round()).toEqual([])
    await run([made('raw')])
    expect(await round()).toEqual(['model mart'])
  })

  it.each(['conditionNews', 'commitConditions'] as const)(
    'are evaluated again where the store was away at that moment, in %s',
    async (away) => {
      const daily = [assetSpec('report', { condition: when.onCron('0 6 * * *').spec })]
      const { round } = world(daily)
      const refusals = new Set<string>()
      const flaky = new Proxy(store, {
        get: (of, name: keyof TestStore) =>
          refusals.delete(name) ? () => Promise.reject(new Error('away')) : Reflect.get(of, name),
      })
      const loop = new ConditionLoop(flaky, { clock: systemClock, restShare: 0 })
      const [before, after] = [new Date('2024-11-29T05:59:00Z'), new Date('2024-11-29T06:00:01Z')]
      await round(before, {}, loop)
      refusals.add(away)
      await expect(round(after, {}, loop)).rejects.toThrow('away')
      expect(await round(new Date(after.getTime() + 1_000), {}, loop)).toEqual(['report'])
    },
  )

  it('that took long are followed by a pause, by the clock that is passed in', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    let ms = 0
    const commitConditions: TestStore['commitConditions'] = (commit) => {
      ms += 300
      return store.commitConditions(commit)
    }
    const slow = new Proxy(store, {
      get: (of, name) => (name === 'commitConditions' ? commitConditions : Reflect.get(of, name)),
    })
    const loop = new ConditionLoop(slow, { clock: { monotonicMs: () => ms } })
    await round(noon, {}, loop)
    await run([made('raw')])
    ms += 299
    expect(await round(noon, {}, loop)).toEqual([])
    ms += 1
    expect(await round(noon, {}, loop)).toEqual(['model mart'])
  })

  it('forget nothing while a part of the project cannot be read', async () => {
    const { round } = world(chain)
    await run([made('raw'), made('model'), made('mart')])
    await round()
    const problems = [{ code: 'X', kind: 'user', retryable: false, message: 'broken' }] as const
    await round(noon, { assets: chain.slice(0, 1), problems, version: '2' })
    await run([made('raw')])
    await round(noon, { assets: chain.slice(0, 1), problems, version: '2' })
    expect((await store.conditionMemories()).size).toBe(2)
  })

  it('can be looked at without requesting anything', async () => {
    const marts = { name: 'marts', target: 'mart', condition: eager, description: '', isOnByDefault: true }
    const { round, moment } = world([assetSpec('raw'), assetSpec('mart', { deps: ['raw'] })], { automations: [marts] })
    await run([made('raw'), made('mart')])
    await round()
    await run([made('raw')])
    const look = async () =>
      (await previewConditions(store, await moment(), 'marts')).results.map((one) => one.requested.size)
    expect(await look()).toEqual([1])
    expect(await look()).toEqual([1])
    expect(await round()).toEqual(['mart'])
  })

  it('can be looked at where their automation was never on', async () => {
    const marts = { name: 'marts', target: 'mart', condition: eager, description: '', isOnByDefault: false }
    const { round, moment } = world([assetSpec('raw'), assetSpec('mart', { deps: ['raw'] })], { automations: [marts] })
    await run([made('raw')])
    expect(await round()).toEqual([])
    expect((await previewConditions(store, await moment(), 'marts')).results).toMatchObject([
      { asset: 'mart', automation: 'marts' },
    ])
  })
})

describe('freshness', () => {
  const fresh = definitionsOf({
    assets: [assetSpec('report', { freshness: { type: 'timeWindow', failMs: 3_600_000, warnMs: 1_800_000 } })],
  })
  const changes = async () =>
    (await store.readEvents({ types: ['asset_freshness'] })).map(({ level, metadata }) => `${level} ${metadata?.state}`)

  it('is told once when it changes, and not while nothing was made', async () => {
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)
    await watchFreshness(store, fresh, at(0))
    await run([made('report')])
    for (const minutes of [1, 31, 32, 61, 62]) await watchFreshness(store, fresh, at(minutes))
    await Promise.all([watchFreshness(store, fresh, at(63)), watchFreshness(store, fresh, at(63))])
    expect(await changes()).toEqual(['info pass', 'warn warn', 'error fail'])
    await run([made('report')])
    await watchFreshness(store, fresh, at(0))
    expect(await changes()).toEqual(['info pass', 'warn warn', 'error fail', 'info pass'])
  })
})
