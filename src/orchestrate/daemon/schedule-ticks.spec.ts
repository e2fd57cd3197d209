import { Cron } from 'croner'
import { afterEach, expect, it, vi } from 'vitest'
import type { AutomationState, ScheduleSpec } from '../contract/index.js'
import { DueTicks, dueTicks } from './schedule-ticks.js'

afterEach(() => vi.restoreAllMocks())

const schedule = (changes: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  name: 'often',
  cron: '* * * * *',
  timezone: 'Europe/Berlin',
  target: '*',
  description: '',
  catchUp: 'all',
  overlap: 'allow',
  isOnByDefault: true,
  ...changes,
})
const state = (lastTickAt: string): AutomationState => ({ name: 'often', type: 'schedule', isOn: true, lastTickAt })

it('who looks every second computes an instant once', () => {
  const looks = vi.spyOn(Cron.prototype, 'nextRun')
  const due = new DueTicks()
  const at = (second: number) => {
    const now = new Date(Date.UTC(2026, 9, 25, 0, 30, second))
    return due.of(schedule(), state('2026-10-25T00:30:00Z'), { seenAt: new Date(0), now })
  }
  expect(at(0)).toEqual([])
  looks.mockClear()
  for (let second = 1; second < 60; second++) expect(at(second)).toEqual([])
  expect(looks).not.toHaveBeenCalled()
  expect(at(60)).toEqual([{ at: new Date('2026-10-25T00:31:00Z') }])
})

it('finds the same as who computes all, whatever the clocks, the times and the ticks', () => {
  const due = new DueTicks()
  const seenAt = new Date('2026-10-24T00:00Z')
  const berlin = ['* * * * *', '30 2 * * *', '0 * * * *', ['0 5 * * *', '45 2 * * *'], '0 0 30 2 *']
  // Clocks of the night when an hour is repeated, which also go back themselves.
  const minutes = [0, 10, 61, 59, 119, 120, 150, 30, 240, 241, 1_000, 900]
  for (const cron of berlin)
    for (const [i, minute] of minutes.entries()) {
      const now = new Date(Date.parse('2026-10-24T23:00Z') + minute * 60_000)
      const last = state(new Date(now.getTime() - i * 7 * 60_000).toISOString())
      for (const known of [last, undefined, last])
        expect(due.of(schedule({ cron }), known, { seenAt, now })).toEqual(
          dueTicks(schedule({ cron }), known, { seenAt, now }),
        )
    }
})
