import { expect, it } from 'vitest'
import type {
  ConnectionEvent,
  ConnectionSpec,
  OrchestrateStore,
  Run,
  RunEvent,
  RunStep,
} from '../../orchestrate/index.js'
import { readTimeline } from './timeline.js'

const connection = {
  name: 'shop',
  sourceConnector: 'postgres',
  step: 'sync:shop',
  streams: [{ name: 'orders', asset: 'raw/orders' }],
} as unknown as ConnectionSpec

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
/** A sync each ten minutes; the first one failed. */
const syncs = Array.from({ length: 60 }, (_, i) => ({
  run: {
    id: `run-${String(i).padStart(3, '0')}`,
    createdAt: at(i * 10),
    fullRefresh: i === 59,
    trigger: i % 2 ? { type: 'schedule', name: 'sync_shop' } : { type: 'cli' },
  } as unknown as Run,
  step: {
    status: i === 0 ? 'failed' : 'succeeded',
    attempt: i === 0 ? 3 : 1,
    startedAt: at(i * 10),
    ...(i === 0 ? { error: { code: 'SOURCE_UNREACHABLE', message: 'nobody answers' } } : {}),
  } as unknown as RunStep,
})).reverse()
const committed: RunEvent[] = syncs.map(({ run, step }, i) => ({
  id: 1000 - i,
  at: step.startedAt as string,
  runId: run.id,
  type: 'asset_materialized',
  asset: 'raw/orders',
  metadata: {
    rows_committed: i === 1 ? 1 : 1234,
    ...(i === 0
      ? { schema_changes: { type: 'json', value: [{ kind: 'column_added', column: 'tip', to: 'DOUBLE' }] } }
      : {}),
  },
}))
const noted: ConnectionEvent[] = [
  { id: 2, at: at(595), connection: 'shop', type: 'settings_changed', by: 'file', message: '- a\n+ b' },
  { id: 1, at: at(-5), connection: 'shop', type: 'created', by: 'file', message: 'extract_load/shop.yaml' },
]
const store = {
  stepHistory: async ({ before, limit = 0 }) =>
    syncs.filter(({ run }) => before === undefined || run.id < before).slice(0, limit),
  readEvents: async ({ runIds = [] }) => committed.filter((one) => runIds.includes(one.runId)),
  connectionEvents: async ({ since, before }) =>
    noted.filter((one) => (!since || one.at >= since.toISOString()) && (!before || one.at < before.toISOString())),
} as Pick<OrchestrateStore, 'stepHistory' | 'readEvents' | 'connectionEvents'> as OrchestrateStore

it('syncs, what they found and what was done stand in one order, page by page, each once', async () => {
  const first = await readTimeline(store, connection, undefined)
  expect(first.entries.slice(0, 3)).toEqual([
    { at: at(595), type: 'settings_changed', by: 'file', message: '- a\n+ b' },
    {
      at: at(590),
      type: 'refresh',
      by: 'sync_shop',
      message: '1,234 rows committed',
      sync: { runId: 'run-059', status: 'succeeded', attempts: 1 },
    },
    { at: at(590), type: 'schema_changed', by: 'postgres', message: 'orders: column added tip (DOUBLE)' },
  ])
  expect(first.entries[3]).toMatchObject({ message: '1 row committed' })
  expect(first.entries.filter(({ sync }) => sync)).toHaveLength(50)
  const second = await readTimeline(store, connection, first.next)
  expect(second.next).toBeUndefined()
  expect(second.entries.slice(-2)).toEqual([
    {
      at: at(0),
      type: 'sync',
      by: 'cli',
      message: 'nobody answers',
      sync: {
        runId: 'run-000',
        status: 'failed',
        attempts: 3,
        error: { code: 'SOURCE_UNREACHABLE', message: 'nobody answers' },
      },
    },
    { at: at(-5), type: 'created', by: 'file', message: 'extract_load/shop.yaml' },
  ])
  const all = [...first.entries, ...second.entries]
  expect(new Set(all.map((entry) => JSON.stringify(entry))).size).toBe(all.length)
  expect(all).toHaveLength(63)
})
it('a connection that was never synced has what was done to it', async () => {
  const never = { ...store, stepHistory: async () => [], readEvents: async () => [] }
  expect((await readTimeline(never, connection, undefined)).entries.map(({ type }) => type)).toEqual([
    'settings_changed',
    'created',
  ])
})

it('a clear is told with who did it, and the streams that it was about', async () => {
  const streams = ['orders', 'items'].map((name) => ({ name, asset: `raw/${name}` }))
  const entries = async (assets: readonly string[]) => {
    const [latest] = syncs
    const run = { ...latest?.run, clearData: true, trigger: { type: 'manual', name: 'web' } } as unknown as Run
    const one = { ...store, stepHistory: async () => [{ run, step: { ...latest?.step, assets } as RunStep }] }
    return (await readTimeline(one, { ...connection, streams } as unknown as ConnectionSpec, undefined)).entries
  }
  expect(await entries(['raw/items'])).toContainEqual(
    expect.objectContaining({ type: 'clear', by: 'web', message: 'items' }),
  )
  expect(await entries(['raw/orders', 'raw/items'])).toContainEqual(
    expect.objectContaining({ type: 'clear', message: 'all 2 streams' }),
  )
})
