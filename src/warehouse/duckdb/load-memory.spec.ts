import type { DuckDBInstance } from '@duckdb/node-api'
import { expect, it, vi } from 'vitest'
import { LoadMemory } from './load-memory.js'

/** What an instance is asked for its limit and threads, and told. */
function instanceOf(limit: string, threads: number) {
  const instance = { limit, asked: 0, refuses: false }
  const answer = (sql: string) => {
    const [, told] = /memory_limit = '(.*)'/.exec(sql) ?? []
    if (told === undefined) instance.asked++
    else if (instance.refuses) throw new Error('Failed to change memory_limit')
    else instance.limit = told
    return [[instance.limit, threads]]
  }
  const connection = { runAndReadAll: async (sql: string) => ({ getRows: () => answer(sql) }), closeSync: () => {} }
  return { instance, memory: new LoadMemory({ connect: async () => connection } as unknown as DuckDBInstance, true) }
}

it.each([
  ['18.6 GiB', 2, '180MB'],
  ['18.6 GiB', 8, '720MB'],
  ['18.6 GiB', 400, '18.6 GiB'],
  ['150.0 MiB', 2, '150.0 MiB'],
  ['16383.9 PiB', 2, '180MB'],
])('of %s and %i threads loads are given %s', async (usual, threads, given) => {
  const { instance, memory } = instanceOf(usual, threads)
  await memory.open()
  await memory.limit()
  expect(instance.limit).toBe(given)
})

it('asks only now and then where somebody else says how much, or more is in use', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(5000)
  const { instance, memory } = instanceOf('8.0 GiB', 2)
  await memory.open()
  instance.limit = '1.0 GiB'
  for (let i = 0; i < 10; i++) await memory.limit()
  expect(instance).toMatchObject({ limit: '1.0 GiB', asked: 2 })
  Object.assign(instance, { limit: '8.0 GiB', refuses: true })
  now.mockReturnValue(7000)
  for (let i = 0; i < 10; i++) await memory.limit()
  expect(instance).toMatchObject({ limit: '8.0 GiB', asked: 3 })
  instance.refuses = false
  now.mockReturnValue(9000)
  await memory.limit()
  expect(instance.limit).toBe('180MB')
  now.mockRestore()
})

it('is lifted again where that failed the first time', async () => {
  const { instance, memory } = instanceOf('8.0 GiB', 2)
  await memory.open()
  await memory.limit()
  instance.refuses = true
  await expect(memory.without(async () => 1)).rejects.toThrow('memory_limit')
  instance.refuses = false
  expect(await memory.without(async () => instance.limit)).toBe('8.0 GiB')
})

it('knows whether it held while something went on', async () => {
  const { memory } = instanceOf('8.0 GiB', 2)
  await memory.open()
  const before = memory.watch()
  expect(before()).toBe(false)
  await memory.limit()
  const during = memory.watch()
  await memory.giveUp()
  expect([before(), during(), memory.watch()()]).toEqual([true, true, false])
})
