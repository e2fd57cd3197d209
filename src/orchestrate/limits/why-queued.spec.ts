import { describe, expect, it } from 'vitest'
import type { Run } from '../contract/index.js'
import { whyQueued } from './why-queued.js'

const run = (id: string, changes: Partial<Run> = {}) => ({ id, tags: {}, ...changes }) as Run
const facts = { going: [], queued: [], limits: { tags: [] }, maxConcurrentRuns: 2, isEngineUp: true }

describe('whyQueued', () => {
  it('names what holds a run back', () => {
    const mine = run('m', { tags: { team: 'a' }, sequenceKey: 's' })
    expect(whyQueued(mine, { ...facts, isEngineUp: false })).toBe('no engine takes runs at the moment')
    const tags = [{ key: 'team', value: 'a', limit: 1 }]
    expect(whyQueued(mine, { ...facts, going: [run('x', { tags: { team: 'a' } })], limits: { tags } })).toBe(
      '1 of at most 1 runs with the tag team=a are going on',
    )
    expect(whyQueued(mine, { ...facts, going: [run('x', { sequenceKey: 's' })] })).toContain('sequence')
    expect(whyQueued(mine, { ...facts, going: [run('x'), run('y')], queued: [run('q'), mine] })).toBe(
      '2 runs are going on, of at most 2, and 1 wait before it',
    )
    expect(whyQueued(mine, facts)).toBe('it is about to be taken')
  })
})
