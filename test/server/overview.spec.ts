import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/base/index.js'
import type { RunStatus } from '../../src/orchestrate/index.js'
import type { Overview } from '../../src/server/contract/index.js'
import { definitionsOf } from '../orchestrate/definitions.js'
import { openAccessTests } from './open-access.js'

let tests: Awaited<ReturnType<typeof openAccessTests>>
beforeAll(async () => {
  tests = await openAccessTests()
})
afterEach(() => tests.close())
afterAll(() => tests.stop())

async function open() {
  const server = await tests.open()
  await server.store.publishDefinitions(definitionsOf({ assets: [], steps: [] }))
  /** One run, or several alike; later ones are newer. */
  const insert = async (
    status: RunStatus,
    { count = 1, hoursAgo = 1, selection = '*', partitions = null as string | null, failedSteps = 0 } = {},
  ) => {
    const ids = Array.from({ length: count }, () => newId())
    await server.store.sql(
      `insert into runs (id, selection, trigger_type, status, created_at, partitions, step_counts, error)
       select id, $2, 'manual', $3, now() - $4 * interval '1 hour', $5, jsonb_build_object('failed', $6::int),
         case $3 when 'failed' then '{"message": "It took too long.\\nMuch."}'::jsonb end from unnest($1::text[]) id`,
      [ids, selection, status, hoursAgo, partitions, failedSteps],
    )
    return ids
  }
  const overview = async () => (await server.ask('/overview')).body as unknown as Overview
  return { insert, overview }
}

describe('the runs of the overview', () => {
  it('are those that go on, however old, those that failed, and the newest, counted as many as they are', async () => {
    const { insert, overview } = await open()
    const [old] = await insert('running', { hoursAgo: 80 })
    const failed = await insert('failed', { count: 3, hoursAgo: 20, failedSteps: 1 })
    await insert('failed', { hoursAgo: 30, failedSteps: 1 })
    const newer = await insert('succeeded', { count: 250 })
    const { runs, runCounts } = await overview()
    expect(runCounts).toEqual({ total: 253, failed: 3 })
    expect(runs.map(({ id }) => id)).toEqual([...newer.slice(-200).reverse(), ...[...failed].reverse(), old])
  })

  it('failed by themselves, unless an asset tells of it, or a later run of the same ended well', async () => {
    const { insert, overview } = await open()
    await insert('failed', { selection: 'old', hoursAgo: 30 })
    await insert('failed', { selection: 'of an asset', failedSteps: 1 })
    await insert('failed', { selection: 'mended', partitions: 'a' })
    await insert('failed', { selection: 'twice' })
    const [twice] = await insert('failed', { selection: 'twice' })
    const [other] = await insert('failed', { selection: 'mended', partitions: 'b' })
    await insert('succeeded', { selection: 'mended', partitions: 'a' })
    await insert('succeeded', { count: 250, selection: 'something else' })
    const { failedRuns } = await overview()
    expect(failedRuns.map(({ id, message }) => [id, message])).toEqual([
      [other, 'It took too long.'],
      [twice, 'It took too long.'],
    ])
  })
})
