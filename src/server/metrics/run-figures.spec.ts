import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import type { EndedRuns } from '../../orchestrate/index.js'
import { RunFigures } from './run-figures.js'
import { scheduleLagSeconds } from './schedule-lag.js'

const run = (id: string, endedAt: string, more: Partial<EndedRuns['runs'][number]> = {}) => ({
  id,
  status: 'succeeded' as const,
  trigger: 'cli' as const,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:02.000Z',
  endedAt,
  attempt: 1,
  ...more,
})

it('a run is counted once, also where it is looked at again, and one that was never started has no length', async () => {
  const asked: { since: string | undefined; except: readonly string[] }[] = []
  const answers: Partial<EndedRuns>[] = [
    { since: '2026-01-01T00:00:00.000Z' },
    {
      since: '2026-01-01T00:01:00.000Z',
      runs: [
        run('a', '2026-01-01T00:00:32.000Z', { attempt: 3 }),
        run('b', '2026-01-01T00:01:00.000Z', { status: 'cancelled', startedAt: undefined }),
      ],
      steps: [{ kind: 'sync', status: 'failed', count: 2 }],
      loads: [{ step: 'sync:shop', rows: 7, bytes: 70 }],
    },
    { since: '2026-01-01T00:10:00.000Z', runs: [run('c', '2026-01-01T00:10:00.000Z')] },
    { since: '2026-01-01T00:10:00.000Z' },
  ]
  const registry = new Registry()
  const figures = new RunFigures(registry, {
    endedRuns: async (filter) => {
      asked.push(filter)
      return { since: '', runs: [], steps: [], loads: [], ...answers[asked.length - 1] }
    },
  })
  for (const _ of answers) await figures.collect()
  // A minute back, with those that are counted left out.
  expect(asked).toEqual([
    { since: undefined, except: [] },
    { since: '2026-01-01T00:00:00.000Z', except: [] },
    { since: '2026-01-01T00:00:00.000Z', except: ['a', 'b'] },
    { since: '2026-01-01T00:09:00.000Z', except: ['c'] },
  ])
  const text = await registry.metrics()
  expect(text).toContain('millrace_runs_ended_total{status="succeeded",trigger="cli"} 2')
  expect(text).toContain('millrace_runs_ended_total{status="cancelled",trigger="cli"} 1')
  expect(text).toContain('millrace_leases_expired_total 2')
  expect(text).toContain('millrace_steps_ended_total{kind="sync",status="failed"} 2')
  expect(text).toContain('millrace_sync_bytes_total{connection="shop"} 70')
  expect(text).toContain('millrace_run_duration_seconds_bucket{le="60",status="succeeded"} 1')
  expect(text).toContain('millrace_run_queue_seconds_sum 4')
})

it('a schedule lags since the instant that it should have ticked at', () => {
  const schedules = [{ name: 'hourly', cron: '0 * * * *', timezone: 'UTC', isOnByDefault: true, on: true }]
  const lag = (state: object | undefined, now: string) =>
    scheduleLagSeconds(
      { schedules: schedules as never },
      state ? [{ name: 'hourly', type: 'schedule', isOn: true, ...state }] : [],
      new Date(now),
    )
  expect(lag({ lastTickAt: '2026-01-01T10:00:00Z' }, '2026-01-01T10:59:00Z')).toBe(0)
  expect(lag({ lastTickAt: '2026-01-01T10:00:00Z' }, '2026-01-01T11:00:30Z')).toBe(30)
  expect(lag({ lastTickAt: '2026-01-01T10:00:00Z', turnedOnAt: '2026-01-01T11:30:00Z' }, '2026-01-01T11:40:00Z')).toBe(
    0,
  )
  expect(lag({ lastTickAt: '2026-01-01T10:00:00Z', isOn: false }, '2026-01-01T12:00:00Z')).toBe(0)
  expect(lag(undefined, '2026-01-01T12:00:00Z')).toBe(0)
})
