import { expect, it } from 'vitest'
import { LiveFeed } from './live-feed.js'

type Change = Parameters<Parameters<Parameters<LiveFeed['follow']>[0]['subscribe']>[0]>[0]

function feedOfStore() {
  let publish: (change: Change) => void = () => {}
  const subscribe = async (onChange: (change: Change) => void) => {
    publish = onChange
  }
  const feed = new LiveFeed()
  feed.follow({ subscribe } as never, new AbortController().signal)
  return { feed, publish: (change: Change) => publish(change) }
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
