import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Reloads } from './reloads.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A page that shows these queries. @returns how often each was asked, and what ends the showing */
function showing(client: QueryClient, answers: Readonly<Record<string, () => Promise<unknown>>>) {
  const asked: Record<string, number> = {}
  const ends = Object.entries(answers).map(([key, answer]) => {
    const queryFn = () => {
      asked[key] = (asked[key] ?? 0) + 1
      return answer()
    }
    return new QueryObserver(client, { queryKey: [key], queryFn, initialData: 0, staleTime: 60_000 }).subscribe(
      () => {},
    )
  })
  const end = () => {
    for (const one of ends) one()
  }
  return { asked, end }
}

it('a request that nobody answers does not stop what else is told', async () => {
  const client = new QueryClient()
  const { asked, end } = showing(client, { connection: () => new Promise(() => {}), runs: async () => 1 })
  const reloads = new Reloads(client)
  try {
    reloads.add(['connection', 'runs'])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toEqual({ connection: 1, runs: 1 })
    reloads.add(['runs'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked).toEqual({ connection: 1, runs: 2 })
  } finally {
    reloads.stop()
    end()
  }
})

it('events that come while answers are awaited are served together, once those are there', async () => {
  const client = new QueryClient()
  const { asked, end } = showing(client, {
    runs: () => new Promise((resolve) => setTimeout(() => resolve(1), 2_000)),
  })
  const reloads = new Reloads(client)
  try {
    reloads.add(['runs'])
    await vi.advanceTimersByTimeAsync(1_000)
    for (let event = 0; event < 5; event++) reloads.add(['runs'])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toEqual({ runs: 1 })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(asked).toEqual({ runs: 2 })
  } finally {
    reloads.stop()
    end()
  }
})
