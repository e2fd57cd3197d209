import { describe, expect, it } from 'vitest'
import { freshness, when } from './when.js'

describe('when', () => {
  it('joins what has no label of its own, and keeps apart what has', () => {
    const { missing, newlyUpdated, codeVersionChanged } = when
    expect(missing().and(newlyUpdated()).and(codeVersionChanged()).spec).toEqual({
      type: 'and',
      of: [{ type: 'missing' }, { type: 'newlyUpdated' }, { type: 'codeVersionChanged' }],
    })
    expect(missing().and(newlyUpdated()).withLabel('both').and(codeVersionChanged()).spec).toMatchObject({
      of: [{ label: 'both' }, { type: 'codeVersionChanged' }],
    })
  })
  it('changes parts by their label, wherever they are', () => {
    const text = JSON.stringify(when.eager().replace('any deps changed', when.missing()).spec)
    expect(text).not.toContain('any deps changed')
    expect(when.eager().without('not in progress').spec).not.toEqual(when.eager().spec)
    expect(() => when.eager().without('nothing')).toThrow('No part of the condition is called nothing.')
    expect(() => when.missing().without('x')).toThrow('nothing to leave x out of')
  })
  it('narrows what is read in all its parts', () => {
    const allowed = when.eager().allow('group:a').allow('group:b').spec
    expect(JSON.stringify(allowed).match(/"allow":"group:a or group:b"/g)).toHaveLength(3)
    expect(() => when.eager().ignore(' ')).toThrow('take a selection')
  })
  it('refuses what is no condition, no cron expression and no duration', () => {
    expect(() => when.cronTickPassed('every day')).toThrow('not a cron expression')
    expect(() => when.inLatestTimeWindow({ lookback: 'a day' })).toThrow('not a duration')
    expect(() => when.anyDepsMatch('missing' as never)).toThrow('A condition was expected')
  })
})

describe('freshness', () => {
  it('is a time since it was made, or a deadline', () => {
    expect(freshness.timeWindow({ fail: '1d', warn: '12h' })).toEqual({
      type: 'timeWindow',
      failMs: 86_400_000,
      warnMs: 43_200_000,
    })
    expect(() => freshness.timeWindow({ fail: '1h', warn: '2h' })).toThrow('cannot warn after 2h')
    expect(() => freshness.cron({ deadline: 'noon', lowerBound: '1h' })).toThrow('not a cron expression')
  })
})
