import { expect, it, vi } from 'vitest'
import type { ConnectionChangeView } from '../../../../../src/server/contract/index.js'
import { changedEnds } from './changed-ends.js'

const { post } = vi.hoisted(() => ({ post: vi.fn() }))
vi.mock('../../../api/client.js', () => ({ post }))

async function sent(change: ConnectionChangeView): Promise<readonly unknown[]> {
  post.mockReset().mockResolvedValue({ status: 'succeeded' })
  for (const end of changedEnds('/connections/shop/settings', change)) await end.test()
  // As JSON has it: without what is undefined.
  return post.mock.calls.map(([, body]) => JSON.parse(JSON.stringify(body)))
}

const source = { config: { streams: [{ name: 'renamed' }] } }
const destination = { prefix: 'p_' }
const renamed = { name: 'renamed', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' } as const

it('are tested with the streams that will be loaded: the source has them under their new names', async () =>
  expect(await sent({ before: 'h', source, destination, streams: [renamed], schedule: null })).toEqual([
    { before: 'h', source, streams: [renamed] },
    { before: 'h', source, destination, streams: [renamed] },
  ]))

it('are tested with all streams where all are taken', async () => {
  const all = { streams: [], schemaChanges: 'propagate_fully' as const }
  expect(await sent({ before: 'h', destination, ...all })).toEqual([
    { before: 'h', ...all },
    { before: 'h', destination, ...all },
  ])
})

it('are each tested without what is typed for the other one, where no stream hangs on it', async () =>
  expect(await sent({ before: 'h', source, destination })).toEqual([
    { before: 'h', source },
    { before: 'h', destination },
  ]))
