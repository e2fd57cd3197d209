import { describe, expect, it } from 'vitest'
import type { Run } from '../contract/index.js'
import { whyAbandoned, whyQueued } from './why-queued.js'

const run = (id: string, changes: Partial<Run> = {}) => ({ id, tags: {}, ...changes }) as Run
const slots = { workers: 2, lost: 0, total: 8, taken: 3 }
const facts = { going: [], queued: [], limits: { tags: [] }, slots }

describe('whyQueued', () => {
  it('names what holds a run back', () => {
    const mine = run('m', { tags: { team: 'a' }, sequenceKey: 's' })
    const none = { ...slots, workers: 0, total: 0, taken: 0 }
    expect(whyQueued(mine, { ...facts, slots: none })).toBe('no worker claims runs: start `millrace worker`')
    expect(whyQueued(mine, { ...facts, slots: { ...none, lost: 2 } })).toBe(
      'no worker claims runs (2 lost): start `millrace worker`',
    )
    const tags = [{ key: 'team', value: 'a', limit: 1 }]
    expect(whyQueued(mine, { ...facts, going: [run('x', { tags: { team: 'a' } })], limits: { tags } })).toBe(
      '1 of at most 1 runs with the tag team=a are going on',
    )
    expect(whyQueued(mine, { ...facts, going: [run('x', { sequenceKey: 's' })] })).toContain('sequence')
    const full = { ...facts, slots: { ...slots, lost: 1, taken: 8 }, queued: [run('q'), mine] }
    expect(whyQueued(mine, full)).toBe(
      'it waits for a free slot: 2 workers (1 lost), 8 of 8 slots taken, and 1 wait before it',
    )
    const room = { fullFor: () => ['api', 'gpu'] }
    expect(whyQueued(mine, { ...facts, room })).toBe('all that it could begin with waits for places in pools: api, gpu')
    expect(whyQueued(mine, { ...facts, room: { fullFor: () => undefined } })).toBe('it is about to be taken')
    expect(whyQueued(mine, facts)).toBe('it is about to be taken')
  })

  it('says how many wait before it, where they are more than the free slots', () => {
    const queued = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => run(id))
    const words = (place: number) => whyQueued(queued[place] as Run, { ...facts, queued })
    expect([words(0), words(4)]).toEqual(['it is about to be taken', 'it is about to be taken'])
    expect(words(5)).toBe('it waits for its turn: 5 wait before it, and 5 of 8 slots are free')
    expect(whyQueued(run('far'), { ...facts, queued }, 8_703)).toBe(
      'it waits for its turn: 8703 wait before it, and 5 of 8 slots are free',
    )
    expect(whyQueued(run('far'), { ...facts, queued, slots: { ...slots, taken: 8 } }, 8_703)).toContain(
      '8 of 8 slots taken, and 8703 wait before it',
    )
  })

  it('names what one waits for whose worker was lost', () => {
    expect(whyAbandoned(slots)).toBe('its worker was lost: the next one with a free slot takes it up')
    expect(whyAbandoned({ ...slots, workers: 0, lost: 1 })).toBe(
      'its worker was lost, and no worker claims runs (1 lost): start `millrace worker`',
    )
  })
})
