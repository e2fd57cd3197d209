import { expect, it } from 'vitest'
import { LiveFeed } from './live-feed.js'

type Change = Parameters<Parameters<Parameters<LiveFeed['follow']>[0]['subscribe']>[0]>[0]

function feedOfStore() {
  let publish: (change: Change) => void = () => {}
  const subscribe = async (onChange: (change: Change) => void) => {
    publish = onChange
  }
  const feed = new LiveFeed()
  const stop = new AbortController()
  feed.follow({ subscribe } as never, stop.signal)
  return { feed, publish: (change: Change) => publish(change), stop: () => stop.abort() }
}

it('tells every reader of every change', async () => {
  const { feed, publish } = feedOfStore()
  const [one, two] = [feed.join(), feed.join()]
  publish({ type: 'run', runId: 'a', status: 'queued' })
  for (const reader of [one, two]) expect(await reader.next(1000)).toEqual([{ type: 'run', runId: 'a' }])
})

it('a reader that is slow gets the newest word on each thing, however much happened', async () => {
  const { feed, publish } = feedOfStore()
  const reader = feed.join()
  for (let id = 1; id <= 10_000; id++) publish({ type: 'events', runId: id % 2 === 0 ? 'a' : 'b', lastEventId: id })
  publish({ type: 'definitions' })
  expect(await reader.next(1000)).toEqual([
    { type: 'run_events', runId: 'b', lastEventId: 9999 },
    { type: 'run_events', runId: 'a', lastEventId: 10_000 },
    { type: 'definitions' },
  ])
})

it('two things of one kind are two', async () => {
  const { feed, publish } = feedOfStore()
  const reader = feed.join()
  for (const id of ['a', 'b', 'a']) publish({ type: 'backfill', id })
  for (const name of ['x', 'y']) publish({ type: 'automation', name })
  expect(await reader.next(1000)).toEqual([
    { type: 'backfill', id: 'b' },
    { type: 'backfill', id: 'a' },
    { type: 'automation', name: 'x' },
    { type: 'automation', name: 'y' },
  ])
})

it('a reader that waits is woken by a change, by the end of its patience, or by leaving', async () => {
  const { feed, publish } = feedOfStore()
  const reader = feed.join()
  const woken = reader.next(60_000)
  publish({ type: 'definitions' })
  expect(await woken).toEqual([{ type: 'definitions' }])
  expect(await reader.next(0)).toEqual([])
  const last = reader.next(60_000)
  reader.leave()
  expect(await last).toBeUndefined()
})

it('a reader that does not read is cut off before it costs much, and others are not', async () => {
  const { feed, publish } = feedOfStore()
  const [asleep, awake] = [feed.join(), feed.join()]
  for (let run = 0; run < 6_000; run++) {
    publish({ type: 'run', runId: `r${run}`, status: 'queued' })
    if (run % 1_000 === 0) await awake.next(0)
  }
  expect(await asleep.next(60_000)).toBeUndefined()
  expect(await awake.next(0)).toHaveLength(999)
})

it('so many readers are taken, and another when one has left', () => {
  const { feed } = feedOfStore()
  const readers = Array.from({ length: 2_000 }, () => feed.join())
  expect(() => feed.join()).toThrow(/2000 browsers and programs follow/)
  readers[7]?.leave()
  feed.join()
})

it('ends for all who read when the server is to end: it could not close as long as somebody reads', async () => {
  const { feed, stop } = feedOfStore()
  const waiting = feed.join().next(60_000)
  stop()
  expect(await waiting).toBeUndefined()
  expect(await feed.join().next(60_000)).toBeUndefined()
})
