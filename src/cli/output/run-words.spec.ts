import { expect, it } from 'vitest'
import { selectionWords, triggerWords } from './run-words.js'

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
