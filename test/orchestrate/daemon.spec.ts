import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { baseErrors, type Clock, createLogger, type LogRecord } from '../../src/base/index.js'
import {
  type Definitions,
  isSwitchedOn,
  type JsonSchema,
  type PartitionsSpec,
  RunPartitions,
  runDaemon,
  type ScheduleSpec,
  type SensorResult,
  type SensorSpec,
} from '../../src/orchestrate/index.js'
import { retryRequest } from '../../src/orchestrate/runs/retry-request.js'
import { eventually } from '../support/millrace.js'
import { type TestDatabase, testDatabase } from './database.js'
import { assetSpec, definitionsOf } from './definitions.js'

let database: TestDatabase
let store: Awaited<ReturnType<TestDatabase['store']>>
let stopDaemon = async () => {}
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  store = await database.store()
})
afterEach(async () => {
  await stopDaemon()
  await database.closeStores()
})

const schedule = (changes: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  name: 'hourly',
  cron: '0 * * * *',
  timezone: 'UTC',
  target: '*',
  description: '',
  catchUp: 'latest',
  overlap: 'allow',
  isOnByDefault: true,
  ...changes,
})
const sensor = (changes: Partial<SensorSpec> = {}): SensorSpec => ({
  name: 'files',
  intervalMs: 30_000,
  target: 'raw/a',
  description: '',
  isOnByDefault: true,
  ...changes,
})

type Evaluate = (name: string, cursor: unknown) => Promise<SensorResult> | SensorResult

/** A daemon whose time stands still until `at` moves it; each move is one round. */
async function daemon(start: string, parts: Partial<Definitions>, evaluate: Evaluate = () => ({ runs: [] })) {
  await store.publishDefinitions(definitionsOf(parts))
  let nowMs = Date.parse(start)
  let [wake, onRound] = [() => {}, () => {}]
  const stop = new AbortController()
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (_, options) =>
      new Promise((resolve, reject) => {
        wake = resolve
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true })
        if (options?.signal?.aborted) reject(options.signal.reason)
        onRound()
      }),
  }
  const round = (turn: () => void) =>
    new Promise<void>((resolve) => {
      onRound = resolve
      turn()
    })
  const records: LogRecord[] = []
  let running: Promise<void> | undefined
  await round(() => {
    running = runDaemon({
      store,
      clock,
      logger: createLogger((record) => records.push(record)),
      signal: stop.signal,
      name: 'test',
      isGone: () => false,
      evaluateSensor: async (name, { cursor }) => evaluate(name, cursor),
      retention: { logs: 30, runs: 365 },
    })
  })
  stopDaemon = async () => {
    stop.abort()
    await running
    stopDaemon = async () => {}
  }
  return {
    records,
    async at(time: string) {
      nowMs = Date.parse(time)
      await round(wake)
    },
  }
}

const ticks = async () =>
  (await store.listTicks({ limit: 1000 })).reverse().map(({ at, status, reason }) => ({ at, status, reason }))
const tickTimes = async () => (await ticks()).map((tick) => tick.at.slice(11, 16))
const runs = async () => (await store.listRuns({ limit: 1000 })).reverse()

describe('schedules', () => {
  it('do not wait until what is old is forgotten', async () => {
    const prune = store.prune
    let [isPruning, done] = [0, () => {}]
    store.prune = (...given) => {
      isPruning++
      return new Promise<void>((resolve) => {
        done = resolve
      }).then(() => prune(...given))
    }
    const { at } = await daemon('2026-01-01T10:59:00Z', { schedules: [schedule()] })
    for (const time of ['11:00:01', '13:00:01']) await at(`2026-01-01T${time}Z`)
    expect(await tickTimes()).toEqual(['11:00', '13:00'])
    expect(isPruning).toBe(1)
    done()
    await eventually('it is begun again', async () => {
      await at('2026-01-01T14:30:00Z')
      return isPruning === 2
    })
    done()
  })
  it('that need a broken part of the project say so once, and are made good when it is mended', async () => {
    const error = { code: 'DEFINITIONS_INVALID', message: 'no comma', kind: 'user', retryable: false } as const
    const part = { file: 'orchestration/definitions.ts', since: '2026-03-01T10:20:00.000Z', error, sensors: ['files'] }
    const graph = {
      assets: [assetSpec('raw/a'), assetSpec('reports/b')],
      schedules: [schedule({ target: 'reports/b', catchUp: 'all' }), schedule({ name: 'other', target: 'raw/a' })],
      sensors: [sensor()],
    }
    const asked: string[] = []
    const evaluate = (name: string) => {
      asked.push(name)
      return { runs: [], skip: 'nothing' }
    }
    const { step = '' } = assetSpec('reports/b')
    const broken = { ...graph, problems: [error], broken: [{ ...part, steps: [step] }] }
    const { at } = await daemon('2026-03-01T10:30:00Z', broken, evaluate)
    for (const time of ['11:00:00', '11:00:30', '12:00:00']) await at(`2026-03-01T${time}Z`)
    const told = (await store.listTicks({ automation: 'hourly', limit: 100 })).reverse()
    expect(told.map((tick) => [tick.at.slice(11, 16), tick.status])).toEqual([
      ['11:00', 'failed'],
      ['12:00', 'failed'],
    ])
    expect(told[0]?.reason).toContain('orchestration/definitions.ts cannot be loaded since 2026-03-01 10:20 UTC')
    expect((await store.listTicks({ automation: 'files', limit: 100 })).map(({ status }) => status)).toEqual(['failed'])
    expect([asked, (await runs()).map(({ selection }) => selection)]).toEqual([[], ['raw/a', 'raw/a']])
    await store.publishDefinitions(definitionsOf(graph))
    await at('2026-03-01T12:30:00Z')
    const mended = (await store.listTicks({ automation: 'hourly', limit: 100 })).map((tick) => [
      tick.at.slice(11, 16),
      tick.status,
    ])
    expect(mended.sort()).toEqual([
      ['11:00', 'requested'],
      ['12:00', 'requested'],
    ])
    expect(asked).toEqual(['files'])
    // Broken in the same words again, it stands still again, and says so.
    await store.publishDefinitions(definitionsOf(broken))
    await at('2026-03-01T12:31:00Z')
    const ofFiles = async () => (await store.listTicks({ automation: 'files' })).map(({ status }) => status)
    await eventually('the sensor says so', async () => (await ofFiles()).length === 3)
    expect(await ofFiles()).toEqual(['failed', 'skipped', 'failed'])
  })

  it('fire once at their time, and not before', async () => {
    const { at } = await daemon('2026-01-01T10:30Z', { schedules: [schedule()] })
    await at('2026-01-01T10:59:59Z')
    expect(await ticks()).toEqual([])
    await at('2026-01-01T11:00:00.400Z')
    await at('2026-01-01T11:00:01.400Z')
    expect(await ticks()).toEqual([{ at: '2026-01-01T11:00:00.000Z', status: 'requested', reason: undefined }])
    expect(await runs()).toMatchObject([{ selection: '*', trigger: { type: 'schedule', name: 'hourly' } }])
  })
  it.each([
    ['none', ['10:00', '15:00'], 1],
    ['latest', ['10:00', '15:00'], 2],
    ['all', ['10:00', '11:00', '12:00', '13:00', '14:00', '15:00'], 6],
  ] as const)('after a pause catch up: %s', async (catchUp, expected, runCount) => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule({ catchUp })] })
    await at('2026-01-01T10:00Z')
    await stopDaemon()
    await daemon('2026-01-01T15:20Z', { schedules: [schedule({ catchUp })] })
    expect(await tickTimes()).toEqual(expected)
    expect(await runs()).toHaveLength(runCount)
  })
  it('that came while the daemon runs do not make good what was due before', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', {})
    await store.publishDefinitions(definitionsOf({ schedules: [schedule({ catchUp: 'all' })] }))
    await at('2026-01-01T12:30Z')
    expect(await tickTimes()).toEqual([])
    await at('2026-01-01T13:00Z')
    expect(await tickTimes()).toEqual(['13:00'])
  })
  it('with several expressions fire at each, and once where they share an instant', async () => {
    const { at } = await daemon('2026-01-01T04:30Z', {
      schedules: [schedule({ cron: ['0 5 * * *', '30 5 * * *', '0 5 * * 4'], catchUp: 'all' })],
    })
    await at('2026-01-01T05:00Z')
    await at('2026-01-01T06:00Z')
    await stopDaemon()
    await daemon('2026-01-01T07:00Z', { schedules: [schedule({ cron: ['0 5 * * *', '30 6 * * *'], catchUp: 'all' })] })
    expect(await tickTimes()).toEqual(['05:00', '05:30'])
  })
  it('that get other times have missed nothing of these', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule({ cron: '0 5 * * *' })] })
    await at('2026-01-02T05:00Z')
    await store.publishDefinitions(definitionsOf({ schedules: [schedule({ cron: '0 14 * * *' })] }))
    await at('2026-01-02T15:00Z')
    expect(await tickTimes()).toEqual(['05:00'])
    await at('2026-01-03T14:00Z')
    expect(await tickTimes()).toEqual(['05:00', '14:00'])
  })
  it('whose first instant falls into a downtime have not lost it', async () => {
    await daemon('2026-01-01T09:30Z', { schedules: [schedule()] })
    await stopDaemon()
    await daemon('2026-01-01T10:20Z', { schedules: [schedule()] })
    expect(await tickTimes()).toEqual(['10:00'])
  })
  it('that missed more than they make good say so', async () => {
    const minutely = schedule({ cron: '* * * * *', catchUp: 'all' })
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [minutely] })
    await at('2026-01-01T13:00Z')
    const [first, ...others] = await ticks()
    expect(first).toMatchObject({
      at: '2026-01-01T11:20:00.000Z',
      status: 'skipped',
      reason: /older than the newest 100/,
    })
    expect(others).toHaveLength(100)
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['requested']))
  })
  it('ask for the windows that had ended at each of their instants, however late that is', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule({ catchUp: 'all' })] })
    await at('2026-01-01T12:10Z')
    const asked = await runs()
    expect(asked.map((run) => run.asOf?.slice(11, 16))).toEqual(['10:00', '11:00', '12:00'])
    const hours: PartitionsSpec = {
      type: 'time',
      cron: '0 * * * *',
      timezone: 'UTC',
      start: '2026-01-01T00:00',
      format: '%H',
      endOffset: 0,
    }
    const definitions = definitionsOf({ assets: [assetSpec('hours', { partitions: hours })] })
    const made = asked.map((run) =>
      new RunPartitions(definitions, run, new Set(['hours']), new Map()).textOf(['hours']),
    )
    expect(made).toEqual(['09', '10', '11'])
  })
  it('without catch-up still fire when the daemon is a few seconds late', async () => {
    const { at } = await daemon('2026-01-01T09:59:50Z', { schedules: [schedule({ catchUp: 'none' })] })
    await at('2026-01-01T10:00:20Z')
    expect(await ticks()).toMatchObject([{ status: 'requested' }])
  })
  it('that are turned on again do not make good what was due while they were off', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule({ catchUp: 'all' })] })
    await at('2026-01-01T10:00Z')
    await store.setAutomation('hourly', 'schedule', false)
    await at('2026-01-01T12:30Z')
    // The store's own clock tells when it was turned on: today, long after all of this.
    await store.setAutomation('hourly', 'schedule', true)
    await at('2026-01-01T13:30Z')
    expect(await tickTimes()).toEqual(['10:00'])
  })
  it('are on or off as the project says, until somebody switches them', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule()] })
    const says = (isOnByDefault: boolean) =>
      store.publishDefinitions(definitionsOf({ schedules: [schedule({ isOnByDefault })] }))
    await at('2026-01-01T10:00Z')
    await says(false)
    await at('2026-01-01T11:00Z')
    expect(await tickTimes()).toEqual(['10:00'])
    await says(true)
    await at('2026-01-01T11:30Z')
    await store.setAutomation('hourly', 'schedule', false)
    await at('2026-01-01T12:00Z')
    expect(await tickTimes()).toEqual(['10:00', '11:00'])
  })
  it('go on when a clock that was ahead is set back', async () => {
    const hourMs = 3600_000
    const hour = (n: number) => new Date((Math.floor(Date.now() / hourMs) + n) * hourMs).toISOString()
    const { at } = await daemon(hour(-6.5), { schedules: [schedule()] })
    await at(hour(-6))
    // Ahead of the store's clock, too.
    await at(hour(24))
    for (const n of [-5.5, -5, -4]) await at(hour(n))
    expect((await ticks()).map((tick) => tick.at)).toEqual([-6, 24, -5, -4].map(hour))
  })
  it.each([
    ['skip', 1, ['requested', 'skipped']],
    ['allow', 2, ['requested', 'requested']],
    ['queue', 2, ['requested', 'requested']],
  ] as const)('while the previous run goes on: %s', async (overlap, runCount, statuses) => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule({ overlap })] })
    await at('2026-01-01T10:00Z')
    const first = await store.claimRun('a:1', 60_000)
    await at('2026-01-01T11:00Z')
    expect((await ticks()).map((tick) => tick.status)).toEqual(statuses)
    expect(await runs()).toHaveLength(runCount)
    const second = await store.claimRun('a:1', 60_000)
    expect(second !== undefined).toBe(overlap === 'allow')
    if (first) await store.endRun(first.lease, 'succeeded')
    if (overlap === 'queue') expect(await store.claimRun('a:1', 60_000)).toBeDefined()
  })
  it.each([
    ['skip', ['requested', 'skipped']],
    ['queue', ['requested', 'requested']],
  ] as const)('while the previous run is tried again, and again: %s', async (overlap, statuses) => {
    const { at } = await daemon('2026-01-01T09:30Z', { schedules: [schedule({ overlap })] })
    await at('2026-01-01T10:00Z')
    for (const _ of ['the run', 'its first retry']) {
      const failed = await store.claimRun('a:1', 60_000)
      if (failed)
        await store.endRun(failed.lease, 'failed', undefined, { retry: retryRequest(failed.run, { maxRetries: 2 }) })
    }
    await at('2026-01-01T11:00Z')
    expect((await ticks()).map((tick) => tick.status)).toEqual(statuses)
    const retry = await store.claimRun('a:1', 60_000)
    expect(retry?.run.trigger.type).toBe('retry')
    expect(await store.claimRun('a:1', 60_000)).toBeUndefined()
    if (retry) await store.endRun(retry.lease, 'failed')
    await at('2026-01-01T12:00Z')
    expect((await ticks()).at(-1)?.status).toBe('requested')
  })
  it('with a broken cron say so once and do not hold up the others', async () => {
    const { at, records } = await daemon('2026-01-01T09:30Z', {
      schedules: [schedule({ name: 'broken', cron: 'now and then' }), schedule()],
    })
    await at('2026-01-01T10:00Z')
    await at('2026-01-01T10:00:01Z')
    expect(await tickTimes()).toEqual(['10:00'])
    expect(records.filter((record) => record.message.includes('broken could not be fired'))).toHaveLength(1)
  })
  it('of two daemons lead to one run', async () => {
    const first = await daemon('2026-01-01T09:30Z', { schedules: [schedule()] })
    const stopFirst = stopDaemon
    const second = await daemon('2026-01-01T09:30Z', { schedules: [schedule()] })
    await Promise.all([first.at('2026-01-01T10:00Z'), second.at('2026-01-01T10:00Z')])
    await stopFirst()
    expect(await ticks()).toHaveLength(1)
    expect(await runs()).toHaveLength(1)
  })
})

describe('schedules that only fail', () => {
  const source = { key: 'raw/a', deps: [], isExecutable: true } as unknown as Definitions['assets'][number]
  const failing = (autoDisable: ScheduleSpec['autoDisable']) => ({
    assets: [source],
    schedules: [schedule({ autoDisable })],
  })
  const ended = async (status: 'succeeded' | 'failed', made = false) => {
    const claimed = await store.claimRun('a:1', 60_000)
    if (!claimed) throw new Error('Nothing to claim')
    if (made) await store.record(claimed.lease, { events: [{ type: 'asset_materialized', asset: 'raw/a' }], steps: [] })
    await store.endRun(claimed.lease, status)
  }
  const isOn = async () => isSwitchedOn(schedule(), (await store.automationStates())[0])

  it('warn half-way, turn themselves off, and begin anew when somebody turns them on', async () => {
    const { at, records } = await daemon('2026-01-01T09:30Z', failing({ failedRuns: 4, days: 7 }))
    for (const hour of [10, 11, 12, 13]) {
      await at(`2026-01-01T${hour}:00Z`)
      await ended('failed')
    }
    expect(await isOn()).toBe(true)
    await at('2026-01-01T14:00Z')
    expect((await ticks()).map(({ status, reason }) => `${status} ${reason?.split(':')[0]}`)).toEqual([
      'requested undefined',
      'requested undefined',
      'requested warning',
      'requested warning',
      'skipped turned off',
    ])
    expect((await ticks()).at(-1)?.reason).toContain('its last 4 runs failed')
    expect(records.at(-1)?.message).toContain('hourly: turned off')
    expect(await isOn()).toBe(false)
    await at('2026-01-01T15:00Z')
    expect(await runs()).toHaveLength(4)
    await store.setAutomation('hourly', 'schedule', true)
    const later = Date.now() + 3600_000
    await at(new Date(later).toISOString())
    expect((await ticks()).at(-1)).toMatchObject({ status: 'requested', reason: undefined })
  })
  it('are turned off as a whole, or not yet', async () => {
    const connections = [{ name: 'shop', schedule: { name: 'hourly' } }] as unknown as Definitions['connections']
    const { at } = await daemon('2026-01-01T09:30Z', { ...failing({ failedRuns: 2, days: 7 }), connections })
    for (const hour of [10, 11]) {
      await at(`2026-01-01T${hour}:00Z`)
      await ended('failed')
    }
    const noted = async () =>
      (await store.connectionEvents({ connection: 'shop' })).filter(({ type }) => type === 'schedule_turned_off')
    // The last of what there is to write cannot be.
    await store.sql('alter table ticks rename to ticks_away')
    await at('2026-01-01T12:00Z')
    expect([await isOn(), await noted()]).toEqual([true, []])
    await store.sql('alter table ticks_away rename to ticks')
    await at('2026-01-01T12:00:01Z')
    expect(await isOn()).toBe(false)
    expect(await noted()).toMatchObject([{ by: 'daemon', message: expect.stringContaining('its last 2 runs failed') }])
    expect((await ticks()).at(-1)).toMatchObject({ status: 'skipped', reason: expect.stringContaining('turned off') })
  })
  it('go on where something was loaded in between, by whomever', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', failing({ failedRuns: 2, days: 7 }))
    for (const [hour, made] of [
      [10, false],
      [11, true],
      [12, false],
    ] as const) {
      await at(`2026-01-01T${hour}:00Z`)
      await ended('failed', made)
    }
    await at('2026-01-01T13:00Z')
    expect(await isOn()).toBe(true)
    await ended('succeeded')
    await at('2026-01-01T14:00Z')
    await ended('failed')
    await at('2026-01-01T15:00Z')
    expect((await ticks()).at(-1)?.reason).toContain('warning: its last 1 runs failed')
  })
  it('that seldom run get a second try', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', failing({ failedRuns: 30, days: 7 }))
    await at('2026-01-01T10:00Z')
    await ended('failed')
    const month = 31 * 24 * 3600_000
    await at(new Date(Date.now() + month).toISOString())
    expect((await ticks()).at(-1)).toMatchObject({ status: 'requested', reason: expect.stringContaining('warning') })
    expect(await isOn()).toBe(true)
    await ended('failed')
    await at(new Date(Date.now() + 2 * month).toISOString())
    expect(await isOn()).toBe(false)
  })
  it('turn themselves off after days, however few runs there were', async () => {
    const { at } = await daemon('2026-01-01T09:30Z', failing({ failedRuns: 100, days: 7 }))
    await at('2026-01-01T10:00Z')
    await ended('failed')
    const day = 24 * 3600_000
    await at(new Date(Date.now() + 3 * day).toISOString())
    expect((await ticks()).at(-1)).toMatchObject({ status: 'requested', reason: undefined })
    await ended('failed')
    await at(new Date(Date.now() + 8 * day).toISOString())
    expect((await ticks()).at(-1)?.reason).toContain('turned off')
    expect(await isOn()).toBe(false)
  })
})

it('a sensor is asked again when a clock that was ahead is set back, and one that is switched on stands where it was', async () => {
  let asked = 0
  const at0 = Date.now()
  const { at } = await daemon(new Date(at0).toISOString(), { sensors: [sensor()] }, () => {
    asked++
    return { runs: [], cursor: asked }
  })
  const after = async (seconds: number, count: number) => {
    await at(new Date(at0 + seconds * 1_000).toISOString())
    await eventually('it was asked', async () => (await ticks()).length === count)
  }
  await eventually('it was asked', async () => (await ticks()).length === 1)
  await after(86_400, 2)
  await after(5, 3)
  await after(10, 3)
  await after(35, 4)
  expect([asked, (await store.automationState('files'))?.lastTickAt]).toEqual([4, new Date(at0 + 35_000).toISOString()])
  await after(86_400, 5)
  await store.setAutomation('files', 'sensor', true)
  expect(await store.automationState('files')).toMatchObject({ cursor: 5, lastTickAt: undefined })
})

describe('sensors that are told what happens', () => {
  const monitored = { type: 'run', statuses: ['cancelled'], ownRuns: false, isEvaluated: true } as const

  it('are asked in the round after it, and not before', async () => {
    let asked = 0
    const { at } = await daemon('2026-01-01T10:00:00Z', { sensors: [sensor({ intervalMs: 0, monitored })] }, () => {
      asked++
      return { runs: [{}] }
    })
    await at('2026-01-01T10:00:01Z')
    const { run } = await store.requestRun({ selection: 'raw/b', trigger: { type: 'manual' } })
    await store.requestCancel(run.id)
    expect([asked, await ticks()]).toEqual([0, []])
    await at('2026-01-01T10:00:02Z')
    await eventually('a tick', async () => (await ticks()).length === 1)
    await at('2026-01-01T10:00:03Z')
    expect([asked, (await runs()).map(({ selection }) => selection)]).toEqual([1, ['raw/b', 'raw/a']])
  })
  it('are told once the engine is there again', async () => {
    let isAway = true
    let asks = 0
    const { at } = await daemon('2026-01-01T10:00:00Z', { sensors: [sensor({ intervalMs: 0, monitored })] }, () => {
      asks++
      if (isAway) throw baseErrors.create('TIMEOUT', { message: 'the engine is away' })
      return { runs: [{}] }
    })
    const { run } = await store.requestRun({ selection: 'raw/b', trigger: { type: 'manual' } })
    await store.requestCancel(run.id)
    await at('2026-01-01T10:00:01Z')
    await eventually('it is asked in vain', () => asks > 0)
    isAway = false
    await at('2026-01-01T10:01:00Z')
    await eventually('a tick', async () => (await ticks()).length === 1)
    expect(await ticks()).toMatchObject([{ status: 'requested' }])
  })
})

describe('sensors', () => {
  const tickCount = (count: number) => eventually(`${count} ticks`, async () => (await ticks()).length === count)

  it('look at their interval, with the cursor they left, and request runs with it', async () => {
    const cursors: unknown[] = []
    const { at } = await daemon('2026-01-01T10:00:00Z', { sensors: [sensor()] }, (_, cursor) => {
      cursors.push(cursor)
      return { cursor: cursors.length, runs: [{ key: `k${cursors.length}`, partitions: 'a...b', tags: { file: 'x' } }] }
    })
    await tickCount(1)
    await at('2026-01-01T10:00:29Z')
    await at('2026-01-01T10:00:31Z')
    await tickCount(2)
    expect(cursors).toEqual([undefined, 1])
    expect(await runs()).toMatchObject([
      { selection: 'raw/a', runKey: 'sensor files k1', partitions: 'a...b', tags: { file: 'x' } },
      { runKey: 'sensor files k2' },
    ])
  })
  it('and schedules give their runs a config, which is held against what it is for', async () => {
    const config: JsonSchema = { type: 'object', properties: { n: { type: 'number' } } }
    const parts = {
      assets: [assetSpec('raw/a', { config })],
      sensors: [sensor()],
      schedules: [
        schedule({ name: 'good', target: 'raw/a', config: { 'raw/a': { n: 1 } } }),
        schedule({ name: 'bad', target: 'raw/a', config: { 'raw/a': { m: 1 } } }),
      ],
    }
    const given = [{ 'raw/a': { n: 2 } }, { 'raw/a': { n: 'x' } }]
    const { at } = await daemon('2026-01-01T10:59:00Z', parts, () => ({ runs: [{ config: given.shift() }] }))
    await tickCount(1)
    await at('2026-01-01T11:00:01Z')
    await tickCount(4)
    expect((await runs()).map((run) => run.config)).toEqual([{ 'raw/a': { n: 2 } }, { 'raw/a': { n: 1 } }])
    const failed = (await store.listTicks({ limit: 10 })).filter(({ status }) => status === 'failed')
    expect(failed.map(({ automation, error }) => `${automation} ${error?.message}`).sort()).toEqual([
      "bad The config of raw/a does not fit. `m` is none of its fields. Did you mean 'n'?",
      'files The config of raw/a does not fit. `n`: Invalid input: expected number, received string',
    ])
  })
  it('say why they skipped', async () => {
    await daemon('2026-01-01T10:00Z', { sensors: [sensor()] }, () => ({ skip: 'nothing new', runs: [] }))
    await tickCount(1)
    expect(await ticks()).toMatchObject([{ status: 'skipped', reason: 'nothing new' }])
  })
  it('that look at what others make tell of another version, and of each once', async () => {
    const look = (dataVersion: string): SensorResult => ({
      cursor: dataVersion,
      runs: [],
      observed: { asset: 'raw/a', dataVersion },
    })
    const answers = [look('1'), { cursor: '1', runs: [] }, look('2')]
    const { at } = await daemon('2026-03-01T10:00:00Z', { sensors: [sensor()] }, () => answers.shift() ?? { runs: [] })
    for (const [i, time] of ['10:01', '10:02'].entries()) {
      await tickCount(i + 1)
      await at(`2026-03-01T${time}:00Z`)
    }
    await eventually('both are told', async () => (await store.readEvents({ asset: 'raw/a' })).length === 2)
    expect((await store.readEvents({ asset: 'raw/a' })).map(({ message, metadata }) => [message, metadata])).toEqual([
      ['observed', { data_version: '1' }],
      ['observed', { data_version: '2' }],
    ])
    expect((await store.assetStates(['raw/a']))[0]).toMatchObject({ lastDataVersion: '2' })
  })
  it('that throw keep their cursor, and look again', async () => {
    let looks = 0
    const { at } = await daemon('2026-01-01T10:00:00Z', { sensors: [sensor()] }, (_, cursor) => {
      looks++
      if (looks === 2) throw new Error('no such folder')
      return { cursor: cursor ?? 'first', runs: [] }
    })
    await tickCount(1)
    await at('2026-01-01T10:00:30Z')
    await tickCount(2)
    expect((await ticks())[1]).toMatchObject({ status: 'failed', reason: 'no such folder' })
    await at('2026-01-01T10:01:00Z')
    await tickCount(3)
    expect((await store.automationState('files'))?.cursor).toBe('first')
  })
  it('are not blamed while the engine is away, which is said once it lasts', async () => {
    let [isAway, asks] = [true, 0]
    const { at, records } = await daemon('2026-01-01T10:00:00Z', { sensors: [sensor()] }, () => {
      asks++
      if (isAway) throw baseErrors.create('TIMEOUT', { message: 'the engine is away' })
      return { runs: [] }
    })
    const isSaid = () => records.some((record) => record.message.includes('the engine is away'))
    await eventually('it is asked in vain', () => asks === 1)
    await at('2026-01-01T10:00:10Z')
    await eventually('it is asked again', () => asks === 2)
    expect(records).toEqual([])
    await at('2026-01-01T10:00:20Z')
    await eventually('it is said', isSaid)
    isAway = false
    await at('2026-01-01T10:00:21Z')
    await tickCount(1)
    expect(await ticks()).toMatchObject([{ status: 'skipped' }])
  })
  it('are left to a daemon that has an engine of its own, where one is there', async () => {
    let asks = 0
    const { at } = await daemon('2026-01-01T10:00:00Z', { sensors: [sensor()] }, () => {
      asks++
      throw baseErrors.create('TIMEOUT', { message: 'the engine is away' })
    })
    const report = { name: 'other', kind: 'daemon', host: 'h', version: '0', runs: 'none', capacity: 0 } as const
    await eventually('it is asked in vain', () => asks > 0)
    expect(await store.leadDaemon('other', 1_000)).toBe('test')
    await store.reportProcess(report, true)
    await at('2026-01-01T10:00:01Z')
    expect(await store.leadDaemon('other', 60_000)).toBe('other')
    await at('2026-01-01T10:01:00Z')
    expect(await store.leadDaemon('other', 60_000)).toBe('other')
  })
  it('that hang hold up nobody, and are not asked twice at once', async () => {
    let [looks, release] = [0, () => {}]
    const { at } = await daemon('2026-01-01T09:59:00Z', { sensors: [sensor()], schedules: [schedule()] }, async () => {
      looks++
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return { runs: [] }
    })
    await at('2026-01-01T10:00:00Z')
    await at('2026-01-01T10:05:00Z')
    expect(await tickTimes()).toEqual(['10:00'])
    expect(looks).toBe(1)
    release()
  })
  it('that are off do not look', async () => {
    let looks = 0
    await daemon('2026-01-01T10:00Z', { sensors: [sensor({ isOnByDefault: false })] }, () => {
      looks++
      return { runs: [] }
    })
    expect(looks).toBe(0)
  })
})
