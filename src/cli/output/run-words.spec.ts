import { afterEach, expect, it, vi } from 'vitest'
import { localTime, selectionWords, triggerWords } from './run-words.js'

it.each([
  [{ type: 'manual', name: 'web' }, 'by hand'],
  [{ type: 'manual', name: 'ann' }, 'by ann'],
  [{ type: 'manual', name: 'token ci' }, 'by token ci'],
  [{ type: 'cli' }, 'command line'],
  [{ type: 'start' }, 'first start'],
  [{ type: 'rerun', name: '01a20b57-cb87-784f-a6d5-e1ae835b1fdb' }, 're-run of 835b1fdb'],
  [{ type: 'schedule', name: 'nightly' }, 'schedule nightly'],
] as const)('the trigger %j is told as %s', (trigger, words) => {
  expect(triggerWords({ trigger })).toBe(words)
})

it('a run that is made once more tells who asked, where that is known', () => {
  const parentRunId = '01a20b57-cb87-784f-a6d5-e1ae835b1fdb'
  const words = (name: string) => triggerWords({ parentRunId, trigger: { type: 'rerun', name } })
  expect([parentRunId, 'web', 'ann'].map(words)).toEqual([
    're-run of 835b1fdb',
    're-run of 835b1fdb',
    're-run of 835b1fdb by ann',
  ])
})

it('* is everything', () => {
  expect(['*', 'stg_flights+'].map(selectionWords)).toEqual(['everything', 'stg_flights+'])
})

afterEach(() => vi.unstubAllEnvs())

it.each([
  ['UTC', '2026-11-25T14:03:07.512Z', '2026-11-25 14:03:07Z'],
  ['Europe/Berlin', '2026-11-25T14:03:07.512Z', '2026-11-25 15:03:07+01:00'],
  ['Europe/Berlin', '2026-07-25T23:03:07Z', '2026-07-26 01:03:07+02:00'],
  ['America/St_Johns', '2026-01-01T01:00:00Z', '2025-12-31 21:30:00-03:30'],
  ['Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01 05:45:00+05:45'],
])('in %s the instant %s is told with its offset', (zone, iso, words) => {
  vi.stubEnv('TZ', zone)
  expect(localTime(iso)).toBe(words)
})
