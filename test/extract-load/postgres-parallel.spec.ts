import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ColumnBatch } from '../../src/extract-load/connectors/connector.js'
import { partsOf } from '../../src/extract-load/connectors/postgres/copy/table-parts.js'
import { postgresConnector } from '../../src/extract-load/connectors/postgres/index.js'
import type { ColumnChunk } from '../../src/warehouse/index.js'
import { logicalLog, type StartedServer, startPostgres } from '../support/postgres-server.js'
import { SourceDatabase } from '../support/source-database.js'
import { SyncBench } from '../support/sync-bench.js'

const rows = 34_000
let server: StartedServer
let source: SourceDatabase
beforeAll(async () => {
  server = await startPostgres(logicalLog)
  // A row a page: more than 256 MB, of which each read has 17 MB to send.
  source = await SourceDatabase.open(
    server,
    `create table t (id int primary key, k numeric(6, 2), pad text) with (fillfactor = 10);
     insert into t select i, case when i % 1000 = 0 then 'NaN'::numeric else 1 end, repeat('x', 500) from generate_series(1, ${rows}) i;
     create view v as select * from t;
     create table changed as select i as id, i::int8 as long, i / 4.0 as number, date '2020-01-01' + i as day, timestamp '2020-01-01' + i * interval '1 minute' as at,
       timestamptz '2020-01-01 UTC' + i * interval '1 minute' as at_zone, lpad(i::text, 6, '0') as word, i as unindexed from generate_series(1, 40000) i;
     insert into changed select 40000 + i from generate_series(1, 10) i;
     alter table changed add primary key (id);
     create index on changed (long); create index on changed (number); create index on changed (day); create index on changed (at); create index on changed (at_zone); create index on changed (word);
     create view changed_view as select * from changed;
     analyze changed`,
  )
}, 120_000)
afterAll(async () => {
  await source.close()
  await server.stop()
})

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())

const run = (sql: string) => source.run(sql)
const yaml = (most: number, more = '', as = source.options) =>
  source.source(as).replace('schemas:', `max_db_connections: ${most}${more}, schemas:`)
const sessions = async () =>
  Number((await run("select count(*) from pg_stat_activity where application_name = 'millrace sync'")).rows[0]?.[0])

const whole = { syncMode: 'full_refresh', destinationSyncMode: 'overwrite' } as const
const followed = { syncMode: 'incremental', destinationSyncMode: 'append_dedup', primaryKey: [['id']] } as const

interface Cursor {
  readonly field: string
  readonly from: string
}

/** Begins to read a table. */
async function read(
  most: number,
  {
    stream = 't',
    method,
    cursor,
  }: { readonly stream?: string; readonly method?: object; readonly cursor?: Cursor } = {},
) {
  const { host, port, database, user: username, password } = source.options
  const config = { host, port, database, username, password, max_db_connections: most }
  const mode = method || cursor ? followed : whole
  const reading = await postgresConnector.read(
    { config: method ? { ...config, replication_method: method } : config, projectDir: bench.dir, file: 'c.yaml' },
    {
      stream: { name: stream, ...mode, ...(cursor ? { cursorField: [cursor.field] } : {}) },
      state: cursor && { cursor_field: cursor.field, cursor: cursor.from },
    },
  )
  const { chunks } = reading.batches[0] as ColumnBatch
  return { chunks: chunks[Symbol.asyncIterator](), dispose: () => reading.dispose() }
}

const idsOf = ({ columns, rowCount }: ColumnChunk) => {
  const data = columns[0]?.data ?? new Uint8Array()
  return [...new Int32Array(data.buffer, data.byteOffset, rowCount)]
}

it('parts follow each other, and the last one has no end', () => {
  expect(partsOf(25, 10)).toEqual([
    "ctid >= '(0,0)' and ctid < '(10,0)'",
    "ctid >= '(10,0)' and ctid < '(20,0)'",
    "ctid >= '(20,0)'",
  ])
})

describe('a large table', () => {
  it('is read by several sessions as it was at one moment', async () => {
    const { chunks, dispose } = await read(3)
    const first = await chunks.next()
    expect(await sessions()).toBe(3)
    await run(`begin; update t set id = -id where id % 3 = 0; delete from t where id % 3 = 1;
      insert into t select i, 2, 'new' from generate_series(100000, 101000) i; commit`)
    const ids = idsOf(first.value as ColumnChunk)
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) ids.push(...idsOf(next.value))
    expect(await sessions()).toBe(0)
    await dispose()
    await run(`delete from t where id >= 100000; update t set id = -id where id < 0;
      insert into t select i, case when i % 1000 = 0 then 'NaN'::numeric else 1 end, repeat('x', 500) from generate_series(1, ${rows}, 3) i`)
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i + 1))
  })
  it('is loaded with the notes of each row', async () => {
    expect(await bench.syncSource(yaml(3), 't')).toMatchObject({
      status: 'succeeded',
      recordsRead: rows,
      tableRows: rows,
    })
    expect(
      await bench.query(`select count(distinct id), sum(id)::bigint, count(*) filter (where k is null),
          count(*) filter (where (id % 1000 = 0) = (_airbyte_meta::varchar like '%"field":"k","change":"NULLED"%')), sum(length(pad))::bigint
        from raw.t`),
    ).toEqual([[rows, (rows * (rows + 1)) / 2, rows / 1000, rows, rows * 500]])
  })
  it.each([
    ['the snapshot of change data capture', { method: 'CDC', replication_slot: 'parallel', publication: 'millrace' }],
    ['what `xmin` says is new', { method: 'Xmin' }],
  ])('so is %s', async (_, method) => {
    const more = `, replication_method: ${JSON.stringify(method)}`
    const sync = () => bench.syncSource(yaml(4, more), 't', '{ sync_mode: incremental, primary_key: id }')
    try {
      expect(await sync()).toMatchObject({ status: 'succeeded', tableRows: rows })
      const { chunks, dispose } = await read(3, { method })
      await chunks.next()
      expect(await sessions()).toBe(3)
      await chunks.return?.()
      await dispose()
      await run("update t set pad = pad || 'y' where id in (1, 17000, 34000)")
      expect(await sync()).toMatchObject({ recordsRead: 3, tableRows: rows })
      expect(await bench.query("select id from raw.t where pad like '%y' order by 1")).toEqual([[1], [17000], [34000]])
    } finally {
      await run("update t set pad = rtrim(pad, 'y') where id in (1, 17000, 34000)")
      await run('select pg_drop_replication_slot(slot_name) from pg_replication_slots')
    }
  })
  it('is read by those sessions that the server gives', async () => {
    const role = await source.role()
    await run(`alter role ${role.user} connection limit 2; grant select on t to ${role.user}`)
    expect(await bench.syncSource(yaml(4, '', { ...source.options, ...role }), 't')).toMatchObject({
      status: 'succeeded',
      tableRows: rows,
    })
  })
  it.each([
    ['one session', 1, 't'],
    ['a view', 3, 'v'],
  ])('is read by one session where that is asked for, or where it is none: %s', async (_, most, stream) => {
    const { chunks, dispose } = await read(most, { stream })
    await chunks.next()
    expect(await sessions()).toBe(1)
    await chunks.return?.()
    await dispose()
  })
})

describe('what a cursor finds all over a table', () => {
  const above = Array.from({ length: 8_001 }, (_, i) => 32_000 + i)
  const without = Array.from({ length: 10 }, (_, i) => 40_001 + i)
  const readAll = async (cursor: Cursor, most = 2, stream = 'changed') => {
    const { chunks, dispose } = await read(most, { stream, cursor })
    const ids: number[] = []
    let seen = 0
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      seen = Math.max(seen, await sessions())
      ids.push(...idsOf(next.value))
    }
    await dispose()
    return { ids: ids.sort((a, b) => a - b), seen }
  }

  it.each([
    ['long', '32000'],
    ['number', '8000.0000000000000000'],
    ['day', '2107-08-13'],
    ['at', '2020-01-23 05:20:00'],
    ['at_zone', '2020-01-23 05:20:00+00'],
  ])('is read by two sessions, each row once, also those without a value: %s', async (field, from) => {
    expect(await readAll({ field, from })).toEqual({ ids: [...above, ...without], seen: 2 })
  })
  it.each([
    ['a text, of which nobody knows the middle', { field: 'word', from: '032000' }, 2, 'changed'],
    ['few rows', { field: 'long', from: '39000' }, 2, 'changed'],
    ['rows to which no index leads', { field: 'unindexed', from: '32000' }, 2, 'changed'],
    ['a view', { field: 'long', from: '32000' }, 2, 'changed_view'],
    ['what one session is to read', { field: 'long', from: '32000' }, 1, 'changed'],
  ])('is read by one session where that is quicker, or asked for: %s', async (_, cursor, most, stream) => {
    const { ids, seen } = await readAll(cursor, most, stream)
    expect({ seen, last: ids.at(-1), isEachOnce: new Set(ids).size === ids.length }).toEqual({
      seen: 1,
      last: 40_010,
      isEachOnce: true,
    })
  })
  it.each([
    ['number', "'NaN'"],
    ['day', "'infinity'"],
    ['at', "'infinity'"],
    ['at_zone', "'infinity'"],
  ])('is read also where the last value has no distance: %s', async (field, value) => {
    await run(`begin; insert into changed (id, ${field}) values (50000, ${value}); commit`)
    try {
      const from = (await run(`select ${field}::text from changed where id = 32000`)).rows[0]?.[0]
      expect((await readAll({ field, from: String(from) })).ids).toEqual([...above, ...without, 50_000])
    } finally {
      await run('delete from changed where id = 50000')
    }
  })
})

describe('all sessions end', () => {
  const expectNone = () => expect.poll(sessions).toBe(0)
  it.each([
    ['while it reads a part', false],
    ['between two parts', true],
  ])('with an error, when one of them breaks %s', async (_, isIdle) => {
    const { chunks, dispose } = await read(2)
    await chunks.next()
    const idle = "application_name = 'millrace sync' and state = 'idle in transaction'"
    if (isIdle)
      await expect
        .poll(async () => Number((await run(`select count(*) from pg_stat_activity where ${idle}`)).rows[0]?.[0]))
        .toBe(2)
    // The last one that was opened; it has parts to read yet.
    await run(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'millrace sync' order by backend_start desc limit 1",
    )
    const rest = async () => {
      while (!(await chunks.next()).done) {}
    }
    await expect(rest()).rejects.toMatchObject({ code: 'SOURCE_CONNECTION_LOST' })
    await expectNone()
    await dispose()
  })
  it('when nobody wants more', async () => {
    const { chunks, dispose } = await read(3)
    await chunks.next()
    await chunks.return?.()
    await dispose()
    await expectNone()
  })
  it('when the sync is cancelled', async () => {
    const stop = new AbortController()
    const syncing = bench.syncSource(yaml(3), 't', '{}', { signal: stop.signal, onProgress: () => stop.abort() })
    expect((await syncing).status).toBe('cancelled')
    await expectNone()
  })
})
