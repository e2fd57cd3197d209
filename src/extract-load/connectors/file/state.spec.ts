import { describe, expect, it } from 'vitest'
import { type FileState, stateOf, wasRead } from './state.js'

const now = new Date('2024-06-30T00:00:00Z')
/** A file that was last modified so many minutes after the new year. */
const file = (minutes: number, version = 'v1', url = `in/${String(minutes).padStart(6, '0')}.csv`) => ({
  url,
  version,
  modifiedAt: new Date(Date.UTC(2024, 0, 1, 0, minutes)),
})
const files = (count: number, from = 0) => Array.from({ length: count }, (_, i) => file(from + i))
const sync = (state: FileState, found: readonly ReturnType<typeof file>[], at = now) => {
  const read = found.filter((one) => !wasRead(state, one, at))
  return { read: read.map(({ url }) => url), state: stateOf(state, { found, read }, at) }
}
const size = ({ history = {}, modified_at: times = {} }: FileState) => [
  Object.keys(history).length,
  Object.keys(times).length,
]

describe('the history of a stream of files', () => {
  it('has an end, and what fell out of it is not read again', () => {
    const all = files(10_005)
    const { state, read } = sync({}, all)
    expect(read).toHaveLength(10_005)
    expect(size(state)).toEqual([10_000, 10_000])
    expect(state.history_begins_after).toBe('2024-01-01T00:04:00.000Z in/000004.csv')
    expect(sync(state, all).read).toEqual([])
    // New, changed, and changed after it fell out.
    const more = [file(10_006), file(9_000, 'v2'), { ...file(20_000, 'v2'), url: file(1).url }]
    expect(sync(state, [...all.filter(({ url }) => !more.some((one) => one.url === url)), ...more]).read).toEqual(
      more.map(({ url }) => url),
    )
  })

  it('takes a file that comes late for a new one for three days', () => {
    const { state } = sync({}, files(10_005))
    const late = { ...file(2), url: 'in/late.csv' }
    expect(sync(state, [late]).read).toEqual([])
    const hoursLater = new Date('2024-01-03T00:00:00Z')
    expect(sync(state, [late], hoursLater).read).toEqual(['in/late.csv'])
  })

  it('keeps what would be taken for late, however much that is', () => {
    const atOnce = new Date('2024-01-02T00:00:00Z')
    const { state } = sync({}, files(10_005), atOnce)
    expect(size(state)).toEqual([10_005, 10_005])
    expect(sync(state, files(10_005), atOnce).read).toEqual([])
    expect(size(sync(state, files(10_005)).state)).toEqual([10_000, 10_000])
  })

  it('keeps what is gone as long as there is room: it may be back', () => {
    const { state } = sync(sync({}, files(5)).state, [])
    expect(sync(state, files(5)).read).toEqual([])
  })

  it('is understood as states were written before: what is gone goes first, and whatever is there stays', () => {
    const before: FileState = { history: Object.fromEntries(files(10_005).map(({ url, version }) => [url, version])) }
    const there = files(9_000, 1_005)
    const { state, read } = sync(before, there)
    expect(read).toEqual([])
    expect(size(state)).toEqual([10_000, 9_000])
    expect(state.history_begins_after).toBeUndefined()
    expect(sync(state, [...there, file(20_000)]).read).toEqual([file(20_000).url])
  })
})
