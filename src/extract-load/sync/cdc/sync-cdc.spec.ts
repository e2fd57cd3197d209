import { expect, it } from 'vitest'
import { openDuckDb, withConnection } from '../../../warehouse/index.js'
import { connectionStreams } from '../../connections/schema/streams.js'
import type { CdcColumn, CdcEvent, CdcSource, StreamSource } from '../../connectors/connector.js'
import type { Connection } from '../../contract.js'
import { openDestination } from '../../destinations/open-destination.js'
import { offeredColumn } from '../../fields/offered-field.js'
import { TimeLimits } from '../../loading/request/time-limits.js'
import type { SyncEvent } from '../../sync-contract.js'
import { syncCdc } from './sync-cdc.js'

const columns: readonly CdcColumn[] = [
  { name: 'id', type: 'INTEGER', kind: 'integer' },
  { name: '_ab_cdc_deleted_at', type: 'VARCHAR', kind: 'text' },
]

/** Rows with these keys; of those that are given last, the value has no place in its column. */
function chunkOf(ids: readonly number[], unfitRows: readonly number[] = []) {
  const rowCount = ids.length
  const data = new Uint8Array(Int32Array.from(ids).buffer)
  const validity = new Uint8Array(8).fill(0xff)
  for (const row of unfitRows) validity[0] = (validity[0] as number) & ~(1 << row)
  const none = { data: new Uint8Array(rowCount * 16), validity: new Uint8Array(8) }
  return { rowCount, columns: [{ data, validity, unfitRows }, none] }
}

const changes = (stream: string, ids: readonly number[], unfitRows?: readonly number[]): CdcEvent => {
  const { rowCount, columns: vectors } = chunkOf(ids, unfitRows)
  const chunk = { rowCount, columns: [...vectors, vectors[1] as (typeof vectors)[number]] }
  return { type: 'changes', stream, columns, chunk, hasUnchanged: false, sizeBytes: 4 * rowCount }
}

/** A database whose tables have these rows each time they are read as a whole. */
function source(
  snapshots: Record<string, number[][]>,
  log: Iterable<CdcEvent>,
): StreamSource & { readonly cdc: CdcSource } {
  return {
    ...{ name: 'scripted', title: '', kind: 'source', reads: 'streams', description: '', version: '' },
    ...{ releaseStage: 'alpha', spec: {}, streamNames: () => undefined },
    check: async () => ({ status: 'succeeded' }),
    discover: async () => [],
    read: async (_, { stream }) => ({
      batches: [
        {
          representation: 'columns',
          origin: stream.name,
          columns,
          offered: columns.map(offeredColumn),
          sizeBytes: 0,
          chunks: (async function* () {
            yield chunkOf(snapshots[stream.name]?.shift() ?? [])
          })(),
        },
      ],
      stateAfter: { left: snapshots[stream.name]?.length },
      dispose: async () => {},
    }),
    cdc: {
      isUsed: () => true,
      open: async (_, positions) => ({
        starts: new Map(positions.map(({ stream }) => [stream.name, { type: 'snapshot', why: '' }])),
        read: async function* () {
          yield* log
        },
        confirm() {},
        dispose: async () => {},
      }),
    },
  }
}

async function syncOf(snapshots: Record<string, number[][]>, log: Iterable<CdcEvent>, mode: string) {
  const warehouse = await openDuckDb({ path: ':memory:' })
  const connection: Connection = {
    name: 'c',
    file: 'c.yaml',
    // Its settings are looked at; what is read is scripted.
    source: { connector: 'mysql', config: { host: 'h', database: 'd', username: 'u' } },
    destination: { connector: 'warehouse', config: {}, schema: 'raw', prefix: '', cdcDeletes: 'hard' },
    schemaChanges: 'propagate_columns',
    followsStreams: false,
    streams: Object.keys(snapshots).map((name) => ({
      name,
      syncMode: 'incremental',
      destinationSyncMode: mode === 'append' ? 'append' : 'append_dedup',
      primaryKey: [['id']],
    })),
  }
  const events: SyncEvent[] = []
  const destination = await openDestination(warehouse, connection)
  const query = async (sql: string) => (await withConnection(warehouse, (one) => one.query(sql))).rows
  try {
    await destination.prepare(['raw'])
    const results = await syncCdc(source(snapshots, log), destination, connectionStreams(connection), {
      connection,
      projectDir: '.',
      warehouse,
      limits: new TimeLimits(connection, undefined),
      onEvent: (event) => events.push(event),
    })
    const rows = new Map<string, unknown[]>()
    for (const name of Object.keys(snapshots))
      rows.set(name, (await query(`select id from raw.${name} order by rowid`)).flat())
    const states = Object.fromEntries(await query('select stream, state::varchar from _millrace.stream_state'))
    const notes = await query(`select id, _airbyte_meta::varchar from raw.${Object.keys(snapshots)[0]} order by rowid`)
    return { results, events, rows, states, notes }
  } finally {
    await destination.close()
    await warehouse.close()
  }
}

it('a stream that the log stops to tell of is read anew in the same sync; the others go on', async () => {
  const { results, rows, states, events } = await syncOf(
    { t: [[1], [7, 8]], u: [[1]] },
    [
      changes('t', [2]),
      changes('u', [2]),
      { type: 'unfollowed', stream: 't', why: 'it was made anew' },
      changes('t', [3]),
      { type: 'position', states: new Map(['t', 'u'].map((name) => [name, { at: 5 }])) },
    ],
    'dedup',
  )
  expect(results.map(({ status, generationId }) => [status, generationId])).toEqual([
    ['succeeded', 2],
    ['succeeded', 1],
  ])
  expect(Object.fromEntries(rows)).toEqual({ t: [7, 8], u: [1, 2] })
  expect(states).toEqual({ t: '{"left":1}', u: '{"at":5}' })
  const toldOfT = events.flatMap((event) => (event.type === 'log' && event.stream === 't' ? [event.message] : []))
  expect(toldOfT).toEqual(['its snapshot is in its table, 1 row; the log comes next', 'read anew: it was made anew'])
})

it('streams are told of when the log has brought all of them to one moment, each once and with all of its rows', async () => {
  const { events } = await syncOf(
    { t: [[1]], u: [[1, 2]] },
    [changes('t', [2]), { type: 'position', states: new Map(['t', 'u'].map((name) => [name, { at: 5 }])) }],
    'dedup',
  )
  const told = events.flatMap((event) =>
    event.type === 'stream_committed' ? [[event.stream, event.result.recordsCommitted, event.result.tableRows]] : [],
  )
  expect(told).toEqual([
    ['t', 2, 2],
    ['u', 2, 2],
  ])
  const lastSnapshot = events.findLastIndex((event) => event.type === 'log')
  expect(events.findIndex(({ type }) => type === 'stream_committed')).toBeGreaterThan(lastSnapshot)
})

it('a snapshot that is there is told of before the log fails: the next sync finds nothing new in its table', async () => {
  const broken: Iterable<CdcEvent> = {
    [Symbol.iterator]: () => ({
      next: () => {
        throw new Error('the log is gone')
      },
    }),
  }
  const { events, rows } = await syncOf({ t: [[1, 2]] }, broken, 'dedup')
  expect(rows.get('t')).toEqual([1, 2])
  const told = events.flatMap((event) => ('result' in event ? [[event.type, event.result.isUnchanged]] : []))
  expect(told).toEqual([
    ['stream_committed', false],
    ['stream_failed', false],
  ])
})

it('values of the log that have no place in their column are NULL, with a note in their row', async () => {
  const { notes } = await syncOf(
    { t: [[1]] },
    [
      changes('t', [2, 0, 4], [1]),
      changes('t', [5, 0], [1]),
      { type: 'position', states: new Map([['t', { at: 5 }]]) },
    ],
    'append',
  )
  expect(notes.map(([id, meta]) => [id, JSON.parse(String(meta)).changes.length])).toEqual([
    [1, 0],
    [2, 0],
    [null, 1],
    [4, 0],
    [5, 0],
    [null, 1],
  ])
})
