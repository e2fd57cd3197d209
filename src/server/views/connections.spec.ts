import { describe, expect, it } from 'vitest'
import type { ConnectionSpec, Definitions, RunEvent } from '../../orchestrate/index.js'
import { connectionFacts, connectionView, downstreamCount, schemaChangesOf, syncsOf } from './connections.js'

const stream = (name: string) => ({
  name,
  asset: `raw/${name}`,
  syncMode: 'full_refresh',
  destinationSyncMode: 'overwrite',
})
const connection: ConnectionSpec = {
  name: 'shop',
  file: 'extract_load/shop.yaml',
  sourceConnector: 'file',
  destinationConnector: 'warehouse',
  destinationSchema: 'raw',
  yaml: '',
  step: 'sync:shop',
  streams: [stream('orders'), stream('items')],
}
const asset = (key: string, deps: readonly string[] = []) => ({
  key,
  kinds: ['model'],
  group: '',
  description: '',
  owners: [],
  tags: [],
  deps,
  columns: [],
  isExecutable: true,
  relation: { schema: key.split('/')[0], identifier: key.split('/')[1] },
})
const definitions = {
  assets: [asset('raw/orders'), asset('raw/items'), asset('main/a', ['raw/orders']), asset('main/b', ['main/a'])],
  checks: [],
  schedules: [{ name: 'nightly', cron: '0 5 * * *', timezone: 'UTC', target: 'raw/items', isOnByDefault: true }],
  sensors: [],
} as unknown as Definitions
const noStates = { assets: new Map(), checks: new Map(), running: new Map(), partitions: new Map() }

let id = 0
const event = (runId: string, name: string, at: string, more: Partial<RunEvent> = {}): RunEvent => ({
  id: ++id,
  at: `2026-03-10T${at}.000Z`,
  runId,
  type: 'asset_materialized',
  asset: `raw/${name}`,
  ...more,
})

describe('a connection', () => {
  it('is next synced by any schedule that reaches one of its streams', () => {
    const now = new Date('2026-03-10T12:00:00.000Z')
    const view = (isOn: boolean) =>
      connectionView(
        connection,
        connectionFacts(definitions, noStates, [{ name: 'nightly', type: 'schedule', isOn }], now),
      )
    expect(view(true).next).toEqual({ at: '2026-03-11T05:00:00.000Z', by: 'nightly', timezone: 'UTC' })
    expect(view(false).next).toBeUndefined()
    expect(view(true).streams[0]?.relation).toBe('raw.orders')
  })
  it('says whether its own schedule is on, once it has one', () => {
    const spec = {
      ...connection,
      schedule: { name: 'sync_shop', cron: '0 4 * * *', timezone: 'UTC' },
      schemaChanges: 'pause',
    }
    const own = { name: 'sync_shop', cron: '0 4 * * *', timezone: 'UTC', target: 'raw/items', isOnByDefault: true }
    const view = (schedules: readonly object[], isOn: boolean) =>
      connectionView(
        spec,
        connectionFacts(
          { ...definitions, schedules: [...definitions.schedules, ...schedules] } as Definitions,
          noStates,
          [{ name: 'sync_shop', type: 'schedule', isOn }],
          new Date('2026-03-10T12:00:00.000Z'),
        ),
      )
    const ofFile = [{ ...own, source: { file: spec.file } }]
    expect(view(ofFile, false)).toMatchObject({
      schemaPolicy: 'pause',
      schedule: { cron: ['0 4 * * *'], automation: { name: 'sync_shop', isOn: false } },
    })
    expect(view(ofFile, true).schedule?.automation?.isOn).toBe(true)
    expect(view([own], true).schedule).toEqual({ ...spec.schedule, cron: ['0 4 * * *'] })
  })
  it('knows how much follows from it', () => expect(downstreamCount(definitions, connection)).toBe(2))
})

describe('the syncs of a connection', () => {
  it('join what its streams reported in one run, newest run first', () => {
    const events = [
      event('r1', 'orders', '10:00:02', { metadata: { rows_committed: 3, bytes_read: 30, duration_ms: 2000 } }),
      event('r1', 'items', '10:00:03', { metadata: { rows_committed: 0, note: 'nothing new' } }),
      event('r2', 'orders', '11:00:00', { metadata: { rows_committed: 1 } }),
      event('r2', 'strange', '11:00:00'),
    ]
    const [newest, oldest] = syncsOf(connection, events, [], 10)
    expect(newest).toMatchObject({ runId: 'r2', rows: 1, streams: [{ name: 'orders' }] })
    expect(oldest).toMatchObject({
      runId: 'r1',
      status: 'succeeded',
      startedAt: '2026-03-10T10:00:00.000Z',
      endedAt: '2026-03-10T10:00:03.000Z',
      rows: 3,
      bytes: 30,
    })
    expect(oldest?.streams[1]).toEqual({ name: 'items', status: 'succeeded', rows: 0, note: 'nothing new' })
    expect(syncsOf(connection, events, [], 1)).toHaveLength(1)
  })
  it('are told by when they began: a run that waited stands above younger ones that did not', () => {
    const events = [event('r1', 'orders', '12:00:00'), event('r2', 'orders', '11:00:00')]
    expect(syncsOf(connection, events, [], 10).map(({ runId }) => runId)).toEqual(['r1', 'r2'])
  })
  it('fail when a stream failed, unless it then worked', () => {
    const failure = event('r3', 'orders', '12:00:00', { type: 'asset_failed', error: { message: 'no' } as never })
    expect(syncsOf(connection, [failure], [], 10)[0]).toMatchObject({
      status: 'failed',
      streams: [{ status: 'failed' }],
    })
    const again = event('r3', 'orders', '12:00:05', { metadata: { rows_committed: 2 } })
    expect(syncsOf(connection, [again, failure], [], 10)[0]).toMatchObject({ status: 'succeeded', rows: 2 })
  })
  it('are cancelled where their run was, whatever their streams had done by then', () => {
    const events = [event('r3', 'orders', '12:00:00', { metadata: { rows_committed: 2 } })]
    expect(syncsOf(connection, events, [{ id: 'r3', status: 'cancelled' }], 10)).toMatchObject([
      { status: 'cancelled', rows: 2, streams: [{ name: 'orders', status: 'succeeded' }] },
    ])
  })
  it('are not what was cleared, or could not be', () => {
    const cleared = event('r4', 'orders', '13:00:00', { metadata: { rows: 0, cleared: true } })
    const failed = event('r5', 'orders', '14:00:00', {
      type: 'asset_failed',
      error: { message: 'no' } as never,
      metadata: { cleared: false },
    })
    expect(syncsOf(connection, [failed, cleared], [], 10)).toEqual([])
  })
  it('tell which columns came, went and changed', () => {
    const changes = [
      { kind: 'column_added', column: 'price' },
      { kind: 'type_changed', column: 'id', from: 'INTEGER', to: 'BIGINT' },
    ]
    const noted = event('r4', 'items', '13:00:00', { metadata: { schema_changes: { type: 'json', value: changes } } })
    expect(schemaChangesOf(connection, [event('r0', 'items', '09:00:00'), noted])).toEqual([
      { stream: 'items', at: noted.at, runId: 'r4', change: 'column added', column: 'price' },
      { stream: 'items', at: noted.at, runId: 'r4', change: 'type changed', column: 'id', detail: 'INTEGER → BIGINT' },
    ])
  })
})
