import { describe, expect, it } from 'vitest'
import type { AssetState, CheckState, Definitions } from '../../orchestrate/index.js'
import type { AssetStates } from './assets.js'
import { lastTick, lateAssets, mostTargets, targetOf } from './lateness.js'
import { overviewOf } from './overview.js'

const now = new Date('2026-03-10T12:00:00.000Z')
const asset = (key: string, group: string, isExecutable = true) => ({
  key,
  kinds: ['model'],
  group,
  description: '',
  owners: [],
  tags: [],
  deps: [],
  columns: [],
  isExecutable,
})
const nightly = {
  name: 'nightly',
  cron: '0 5 * * *',
  timezone: 'UTC',
  target: '*',
  description: '',
  isOnByDefault: true,
}
const definitions = {
  project: 'shop',
  assets: [
    asset('raw/orders', 'orders'),
    asset('main/a', 'models'),
    asset('main/b', 'models'),
    asset('x/y', 'out', false),
  ],
  checks: [{ asset: 'main/b', name: 'not_null', description: '', isBlocking: true, deps: [], step: 's' }],
  schedules: [nightly],
  sensors: [],
  connections: [],
  problems: [],
} as unknown as Definitions

function states(
  assets: readonly (Partial<AssetState> & { key: string })[],
  checks: readonly Partial<CheckState>[] = [],
  running: readonly string[] = [],
): AssetStates {
  return {
    assets: new Map(assets.map((state) => [state.key, state])),
    checks: new Map(checks.map((check) => [`${check.asset} ${check.name}`, check as CheckState])),
    running: new Map(running.map((key) => [key, 'run'])),
    partitions: new Map(),
  }
}
const at = (time: string) => `2026-03-10T${time}:00.000Z`
const runCounts = { queued: 0, starting: 0, running: 0, cancelling: 0, succeeded: 0, failed: 0, cancelled: 0 }
const facts = {
  definitions,
  runs: [],
  runCounts,
  failedRuns: [],
  failedPartitions: new Map(),
  automations: [],
  loaded: [],
  now,
}

describe('what selections mean', () => {
  it('is kept for those that were asked for last', () => {
    const all = targetOf(definitions, '*')
    expect([...all]).toEqual(['raw/orders', 'main/a', 'main/b'])
    for (let i = 0; i < mostTargets; i++) {
      targetOf(definitions, `main/a,nothing_${i}`)
      if (i % 100 === 0) expect(targetOf(definitions, '*')).toBe(all)
    }
    for (let i = 0; i < mostTargets; i++) targetOf(definitions, `main/b,nothing_${i}`)
    expect(targetOf(definitions, '*')).not.toBe(all)
  })
})

describe('lateness', () => {
  const isOn = () => true
  it('is an asset that a tick passed by', () => {
    const known = states([
      { key: 'raw/orders', lastMaterializedAt: at('05:01') },
      { key: 'main/a', lastMaterializedAt: at('04:00') },
    ])
    expect([...lateAssets(definitions, isOn, known, now)]).toEqual([['main/a', { dueAt: at('05:00'), by: 'nightly' }]])
  })
  it('is none where the schedule is off, the asset runs, failed or never was there', () => {
    const old = { key: 'main/a', lastMaterializedAt: '2026-03-01T00:00:00.000Z' }
    const late = (known: AssetStates, on = true) => lateAssets(definitions, () => on, known, now).size
    expect(late(states([old]))).toBe(1)
    expect(late(states([old]), false)).toBe(0)
    expect(late(states([old], [], ['main/a']))).toBe(0)
    expect(late(states([{ ...old, lastError: { message: 'no' } as never }]))).toBe(0)
    expect(late(states([{ key: 'main/a' }]))).toBe(0)
  })
  it('gives a tick a moment to become a run', () => {
    const known = states([{ key: 'main/a', lastMaterializedAt: at('04:00') }])
    expect(lateAssets(definitions, isOn, known, new Date(at('05:01'))).size).toBe(0)
    expect(lateAssets(definitions, isOn, known, new Date(at('05:03'))).size).toBe(1)
  })
  it('finds the last tick however long ago it was', () => {
    const last = (cron: string) => lastTick({ cron, timezone: 'UTC' }, now)?.toISOString()
    expect(last('*/5 * * * *')).toBe(at('12:00'))
    expect(last('0 13 * * *')).toBe('2026-03-09T13:00:00.000Z')
    expect(last('0 0 1 4 *')).toBe('2025-04-01T00:00:00.000Z')
  })
})

describe('the overview', () => {
  it('counts health and lateness per group', () => {
    const known = states([
      { key: 'raw/orders', lastMaterializedAt: at('06:00') },
      { key: 'main/a', lastMaterializedAt: at('04:00') },
    ])
    const { groups, lateCount, late } = overviewOf({ ...facts, states: known })
    expect(groups.map(({ group, assets, late }) => [group, assets, late])).toEqual([
      ['orders', 1, 0],
      ['models', 2, 1],
      ['out', 1, 0],
    ])
    expect(groups[1]?.health).toMatchObject({ fresh: 1, never: 1, failed: 0 })
    expect(groups[0]?.lastMaterializedAt).toBe(at('06:00'))
    expect(lateCount).toBe(1)
    expect(late).toEqual([{ asset: 'main/a', dueAt: at('05:00'), by: 'nightly', lastMaterializedAt: at('04:00') }])
  })
  it('tells failures with the first line, the newest first, and names failing checks', () => {
    const error = {
      code: 'X',
      kind: 'user',
      retryable: false,
      message: 'first\nsecond',
      at: { file: 'a.sql', line: 3 },
    }
    const known = states(
      [
        { key: 'main/a', lastFailedAt: at('06:00'), lastRunId: 'r1', lastError: error as never },
        { key: 'main/b', lastMaterializedAt: at('07:00'), lastRunId: 'r2' },
      ],
      [
        {
          asset: 'main/b',
          name: 'not_null',
          passed: false,
          severity: 'error',
          at: at('07:01'),
          runId: 'r2',
          message: '3 rows',
        },
      ],
    )
    const { failures, failureCount, checks } = overviewOf({ ...facts, states: known })
    expect(failureCount).toBe(2)
    expect(failures).toEqual([
      { asset: 'main/b', checks: ['not_null'], runId: 'r2', at: at('07:01'), message: '3 rows' },
      { asset: 'main/a', checks: [], runId: 'r1', at: at('06:00'), error, message: 'first' },
    ])
    expect(checks).toEqual({ passed: 0, warned: 0, failed: 1, unknown: 0 })
  })
  it('tells when a partition failed, and in which run, also after others were made', () => {
    const known = {
      ...states([{ key: 'main/a', lastMaterializedAt: at('07:00'), lastRunId: 'later' }]),
      partitions: new Map([['main/a', { made: 58, failed: 1, missing: 0 }]]),
    }
    const failedPartitions = new Map([['main/a', { at: at('06:00'), runId: 'r1' }]])
    expect(overviewOf({ ...facts, states: known, failedPartitions }).failures).toEqual([
      { asset: 'main/a', checks: [], runId: 'r1', at: at('06:00'), message: '1 of 59 partitions failed' },
    ])
  })
  it('leads to the run that found a partition bad, not to the last one that asked, and tells of others that failed', () => {
    const known = {
      ...states(
        [{ key: 'main/b', lastMaterializedAt: at('07:00'), lastRunId: 'later' }],
        [
          {
            asset: 'main/b',
            name: 'not_null',
            passed: false,
            severity: 'error',
            at: at('07:01'),
            runId: 'later',
            partitions: 'c',
            badPartitions: { count: 1, keys: ['b'], runId: 'r2' },
            message: 'all is well',
          },
        ],
      ),
      partitions: new Map([['main/b', { made: 2, failed: 1, missing: 0 }]]),
    }
    const failedPartitions = new Map([['main/b', { at: at('06:00'), runId: 'r1' }]])
    expect(overviewOf({ ...facts, states: known, failedPartitions }).failures).toEqual([
      {
        asset: 'main/b',
        checks: ['not_null'],
        runId: 'r2',
        at: at('07:01'),
        message: '1 partition: b; 1 of 3 partitions failed',
      },
    ])
  })
  it('says what comes next, and how many assets that is', () => {
    const { upcoming } = overviewOf({ ...facts, states: states([]) })
    expect(upcoming[0]).toEqual({
      automation: 'nightly',
      at: '2026-03-11T05:00:00.000Z',
      timezone: 'UTC',
      target: '*',
      assets: 3,
    })
    const off = [{ name: 'nightly', type: 'schedule' as const, isOn: false }]
    expect(overviewOf({ ...facts, automations: off, states: states([]) }).upcoming).toEqual([])
  })
  it('adds up what moved, hour by hour, and leaves out what is older than a day', () => {
    const hour = (time: string, rows: number) => ({ at: time, rows, bytes: rows * 10 })
    const loaded = [hour('2026-03-09T11:00:00.000Z', 100), hour(at('11:00'), 5), hour(at('12:00'), 7)]
    const { moved } = overviewOf({ ...facts, loaded, states: states([]) })
    expect(moved).toMatchObject({ rows: 12, bytes: 120 })
    expect(moved.hours).toHaveLength(24)
    expect(moved.hours.at(-1)).toEqual({ at: at('12:00'), rows: 7 })
    expect(moved.hours.at(-2)?.rows).toBe(5)
  })
})
