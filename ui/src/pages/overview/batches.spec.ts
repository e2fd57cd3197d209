import { expect, it } from 'vitest'
import type { RunSummary } from '../../../../src/server/contract/index.js'
import { batches, lanes } from './batches.js'

const run = (id: string, startedAt: string, endedAt?: string): RunSummary => ({
  id,
  selection: '*',
  trigger: { type: 'manual' },
  status: endedAt === undefined ? 'running' : 'succeeded',
  createdAt: startedAt,
  startedAt,
  ...(endedAt === undefined ? {} : { endedAt }),
  attempt: 1,
  fullRefresh: false,
  clearData: false,
  tags: {},
  stepCounts: { pending: 0, waiting: 0, running: 0, retrying: 0, succeeded: 1, failed: 0, skipped: 0, cancelled: 0 },
})
/** A pixel a minute. */
const x = (at: string) => Date.parse(at) / 60_000 - Date.parse('2024-01-01T00:00Z') / 60_000

it('a bar is wide enough to be seen, joins what would lie on it, and does not reach into the future', () => {
  const runs = [
    run('now', '2024-01-01T01:39Z'),
    run('a', '2024-01-01T00:10Z', '2024-01-01T00:11Z'),
    run('b', '2024-01-01T00:12Z', '2024-01-01T00:40Z'),
  ]
  const bars = batches(runs, x, '2024-01-01T01:40Z')
  expect(bars.map(({ runs, leftPx, widthPx }) => [runs.map(({ id }) => id), leftPx, widthPx])).toEqual([
    [['a', 'b'], 10, 30],
    [['now'], 93, 7],
  ])
})

it('what conditions started has a lane of its name, apart from what people started', () => {
  const at = '2024-01-01T00:10Z'
  const runs = [
    { ...run('c', at), trigger: { type: 'automation' as const, name: 'asset_conditions' } },
    run('by hand', at),
    { ...run('s', at), trigger: { type: 'schedule' as const, name: 'daily' } },
  ]
  expect(lanes(runs, ['daily', 'later']).map((lane) => [lane.type, lane.name, lane.runs.map(({ id }) => id)])).toEqual([
    ['automation', 'asset_conditions', ['c']],
    ['hand', 'By hand', ['by hand']],
    ['schedule', 'daily', ['s']],
    ['schedule', 'later', []],
  ])
})
