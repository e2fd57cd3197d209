import { utimes } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { Warehouse } from '../../src/warehouse/index.js'
import { SyncBench } from './sync-bench.js'

let minute = 0

/** The state of a file has when it was written: always the same here, as in the recording. */
export async function write(bench: SyncBench, name: string, text: string): Promise<void> {
  await bench.write(name, text)
  await touch(bench, name)
}

export async function touch(bench: SyncBench, name: string): Promise<void> {
  const at = new Date(Date.UTC(2024, 0, 1, 0, minute++))
  await utimes(bench.path(name), at, at)
}

export type Using = (work: (bench: SyncBench) => Promise<void>) => Promise<void>

export const benchOf =
  (open: () => Promise<Warehouse>, destination?: string): Using =>
  async (work) => {
    minute = 0
    const bench = await SyncBench.open(open, destination)
    try {
      await work(bench)
    } finally {
      await bench.close()
    }
  }

/** What syncs into any warehouse that is loaded by files do. @param words what its SQL calls so */
export function loadsAsOthers(
  using: Using,
  { quotedWhen, integer }: Readonly<Record<'quotedWhen' | 'integer', string>>,
) {
  it('rows are added by a cursor; of ties those that are not there', () =>
    using(async (bench) => {
      const byDay = '{ sync_mode: incremental, cursor_field: day }'
      const before = '{"id": 1, "day": "2024-01-01"}{"id": 2, "day": "2024-01-02", "j": {"a": 1, "b": [2]}}'
      await write(bench, 'a.json', `${before}{"id": 9}`)
      expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 3 })
      expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 0 })
      await write(bench, 'a.json', `${before}{"id": 3, "day": "2024-01-02"}{"id": 4, "day": "2024-01-03"}{"id": 9}`)
      expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 2, tableRows: 5 })
      expect((await bench.query('select id from raw.s order by id')).flat()).toEqual([1, 2, 3, 4, 9])
    }))

  it('columns are added and widen; what does not fit is noted', () =>
    using(async (bench) => {
      const byFile = '{ sync_mode: incremental }'
      await write(bench, 'a1.csv', 'id,n,when,w\n1,5,2024-01-01,1\n')
      await bench.sync('a*.csv', byFile)
      await write(bench, 'a2.csv', 'id,n,when,w,extra\n2,5000000000,true,many,x\n')
      const result = await bench.sync('a*.csv', byFile)
      expect(result.schemaChanges.map(({ kind, column }) => [kind, column])).toEqual(
        expect.arrayContaining([
          ['column_added', 'extra'],
          ['type_changed', 'when'],
          ['type_changed', 'w'],
        ]),
      )
      expect(await bench.query(`select id, n, ${quotedWhen}, w, extra from raw.s order by id`)).toEqual([
        [1, 5, '2024-01-01', '1', null],
        [2, 5000000000, null, 'many', 'x'],
      ])
      const [[meta] = []] = await bench.query('select _airbyte_meta from raw.s where id = 2')
      expect(JSON.parse(String(meta)).changes).toMatchObject([{ field: 'when', change: 'NULLED' }])
    }))

  it('the newest row of a key stays, also of a key that is empty', () =>
    using(async (bench) => {
      const dedup = '{ sync_mode: incremental, cursor_field: day, primary_key: [id, k] }'
      await write(
        bench,
        'a.csv',
        'id,k,day,v\n1,a,2024-01-01,a\n1,a,2024-01-02,b\n2,,2024-01-05,c\n3,c,2024-01-05,old\n',
      )
      expect(await bench.sync('a.csv', dedup)).toMatchObject({ tableRows: 3 })
      await write(
        bench,
        'a.csv',
        'id,k,day,v\n1,a,2024-01-03,z\n2,,2024-01-06,d\n3,c,2024-01-01,older\n4,d,2024-01-01,n\n',
      )
      await bench.sync('a.csv', dedup)
      expect(await bench.query('select id, v from raw.s order by id')).toEqual([
        [1, 'z'],
        [2, 'd'],
        [3, 'old'],
        [4, 'n'],
      ])
    }))

  it('views over a table survive its replacement', () =>
    using(async (bench) => {
      await write(bench, 'a.csv', 'id,v\n1,x\n')
      await bench.sync('a.csv')
      await bench.query('create view raw.readers as select id, v from raw.s')
      await write(bench, 'a.csv', 'id,v\n2,y\n3,z\n')
      expect(await bench.sync('a.csv')).toMatchObject({ status: 'succeeded', tableRows: 2, recordsCommitted: 2 })
      expect(await bench.query('select id, v from raw.readers order by id')).toEqual([
        [2, 'y'],
        [3, 'z'],
      ])
    }))

  it('what cannot be held is noted: days before the year 1, times without an end', () =>
    using(async (bench) => {
      const duck = await SyncBench.open()
      await duck.query(
        `copy (select 1 as id, date '0044-03-15 (BC)' as day, timestamptz 'infinity' as moment, '\\x00\\xff'::blob as b, time '23:59:59.999999' as t,
           uuid '0b6f3e1c-1d5a-4b8e-9a52-000000000001' as u, 12.34::decimal(10,2) as d, 'Infinity'::double as f) to '${bench.path('t.parquet')}' (format parquet)`,
      )
      await duck.close()
      await touch(bench, 't.parquet')
      expect(await bench.sync('t.parquet')).toMatchObject({ status: 'succeeded' })
      const [row] = await bench.query('select day, moment, b, t, u, d, f, _airbyte_meta from raw.s')
      expect(row?.slice(0, 6)).toEqual([
        ...[null, null, new Uint8Array([0, 255]), '23:59:59.999999'],
        ...['0b6f3e1c-1d5a-4b8e-9a52-000000000001', '12.34'],
      ])
      expect(JSON.parse(String(row?.[7])).changes.map(({ field }: { field: string }) => field)).toEqual([
        'day',
        'moment',
      ])
    }))

  it('a table that no sync made is left as it is', () =>
    using(async (bench) => {
      await bench.query('create schema raw')
      await bench.query(`create table raw.s (id ${integer})`)
      await write(bench, 'a.csv', 'id\n1\n')
      expect(await bench.sync('a.csv')).toMatchObject({
        status: 'failed',
        error: { code: 'DESTINATION_TABLE_FOREIGN' },
      })
    }))

  it('a stream is cleared together with its state, and loaded again', () =>
    using(async (bench) => {
      await write(bench, 'a1.csv', 'id\n1\n')
      const byFile = '{ sync_mode: incremental }'
      await bench.sync('a*.csv', byFile)
      await bench.clear()
      expect(await bench.query('select count(*) from raw.s')).toEqual([[0]])
      expect(await bench.sync('a*.csv', byFile)).toMatchObject({ status: 'succeeded', tableRows: 1 })
    }))
}
