import { describe, expect, it } from 'vitest'
import type { RunDetail, RunStepView } from '../../../../src/server/contract/index.js'
import { failedAssets, groupSteps, outcomeOf, readyAt, standstills, ticks } from './steps.js'

const step = (key: string, more: Partial<RunStepView> = {}): RunStepView => ({
  key,
  kind: 'dbt',
  status: 'succeeded',
  attempt: 1,
  assets: [key],
  checks: [],
  upstream: [],
  waits: [],
  ...more,
})
const at = (second: number) => new Date(second * 1000).toISOString()
const run = { startedAt: at(1) } as RunDetail

describe('the steps of a run', () => {
  it('fail for a person where a check does not hold, though the step ran well', () => {
    const check = (status: 'passed' | 'warned' | 'failed') =>
      step('dbt:test.x', { assets: [], checks: [{ asset: 'a', name: 'c', status }] })
    expect(outcomeOf(check('failed'))).toBe('failed')
    expect(outcomeOf(check('warned'))).toBe('warned')
    expect(outcomeOf(check('passed'))).toBe('succeeded')
    expect(outcomeOf(step('dbt:model.x', { status: 'skipped' }))).toBe('skipped')
  })

  it('are headed by what failed of them, not by what they make first', () => {
    const failed = (asset: string, of = 'sync:shop') => ({ type: 'asset_failed', step: of, asset })
    const sync = step('sync:shop', { assets: ['raw/customers', 'raw/orders', 'raw/tea'] })
    expect(failedAssets(sync, [failed('raw/x', 'sync:other'), failed('raw/tea'), failed('raw/orders')])).toEqual([
      'raw/tea',
      'raw/orders',
    ])
    expect(failedAssets(sync, [])).toEqual([])
    expect(failedAssets(step('dbt:model.x', { assets: ['main/x'] }), [])).toEqual(['main/x'])
    const checks: RunStepView['checks'] = [
      { asset: 'main/a', name: 'c', status: 'passed' },
      { asset: 'main/b', name: 'c', status: 'failed' },
    ]
    expect(failedAssets(step('ts:check', { assets: [], checks }), [])).toEqual(['main/b'])
  })

  it('stand still while their own time runs: between attempts, not before they began', () => {
    const waits = [{ from: at(1), to: at(2) }, { from: at(4), to: at(5) }, { from: at(7) }]
    expect(standstills(step('x', { waits, startedAt: at(2), endedAt: at(9) }))).toEqual([
      { from: at(4), to: at(5) },
      { from: at(7), to: at(9) },
    ])
    expect(standstills(step('x', { waits, status: 'waiting' }))).toEqual([])
  })

  it('stand in the order of the data, each sort by its beginning', () => {
    const groups = groupSteps([
      step('dbt:model.late', { startedAt: at(5) }),
      step('dbt:test.x', { assets: [], checks: [{ asset: 'a', name: 'c' }] }),
      step('dbt:model.early', { startedAt: at(4) }),
      step('sync:shop'),
    ])
    expect(groups.map(({ title, steps }) => [title, steps.map(({ key }) => key)])).toEqual([
      ['Syncs', ['sync:shop']],
      ['Models', ['dbt:model.early', 'dbt:model.late']],
      ['Checks', ['dbt:test.x']],
    ])
  })

  it('wait from when all that they need is there', () => {
    const steps = [step('a', { endedAt: at(3) }), step('b', { endedAt: at(7) }), step('c', { status: 'running' })]
    const byKey = new Map(steps.map((one) => [one.key, one]))
    expect(readyAt(step('d'), run, byKey)).toBe(at(1))
    expect(readyAt(step('d', { upstream: ['a', 'b'] }), run, byKey)).toBe(at(7))
    expect(readyAt(step('d', { upstream: ['a', 'c'] }), run, byKey)).toBeUndefined()
  })

  it('lie on an axis with few, round times', () => {
    expect(ticks(12_900, 6)).toEqual([0, 5000, 10_000])
    expect(ticks(640, 6)).toEqual([0, 200, 400, 600])
    expect(ticks(90_000, 2)).toEqual([0, 60_000])
  })
})
