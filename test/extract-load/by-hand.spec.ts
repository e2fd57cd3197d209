import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SyncBench } from '../support/sync-bench.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())
const byFile = '{ sync_mode: incremental }'
const byColumn = '{ sync_mode: incremental, cursor_field: d }'

describe('tables that somebody changed by hand', () => {
  beforeEach(async () => {
    await bench.write('a1.csv', 'id,v\n1,x\n')
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ status: 'succeeded' })
    await bench.write('a2.csv', 'id,v\n2,y\n')
  })
  it.each([
    [
      'drop table raw.s',
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    [
      'alter table raw.s drop column v',
      [
        [1, null],
        [2, 'y'],
      ],
    ],
    [
      'alter table raw.s drop column _airbyte_meta',
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    [
      'alter table raw.s add column mine integer',
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    ['delete from raw.s', [[2, 'y']]],
  ])('%s', async (change, rows) => {
    await bench.query(change)
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select id, v from raw.s order by id')).toEqual(rows)
  })
  it('an index that keeps a column from widening ends the sync, and nothing is committed', async () => {
    await bench.query('create index i on raw.s (id)')
    await bench.write('a2.csv', 'id,v\nx,y\n')
    expect((await bench.sync('a*.csv', byFile)).error).toMatchObject({ code: 'DESTINATION_WRITE_FAILED' })
    expect(await bench.query('select id, v from raw.s')).toEqual([[1, 'x']])
  })
})

it.each(['create table raw.s as select 42 as other', 'create view raw.s as select 42 as other'])(
  'what no sync made stays: %s',
  async (made) => {
    await bench.query(`create schema raw; ${made}`)
    await bench.write('a.csv', 'id\n1\n')
    for (const settings of ['{}', byFile])
      expect((await bench.sync('a.csv', settings)).error).toMatchObject({ code: 'DESTINATION_TABLE_FOREIGN' })
    expect(await bench.query('select other from raw.s')).toEqual([[42]])
  },
)

it('rows are not added to those of another connection, which a new start replaces', async () => {
  await bench.write('a.csv', 'id\n1\n')
  await bench.sync('a.csv', byFile)
  await bench.query("update _millrace.stream_state set connection = 'other'")
  const { error, status } = await bench.sync('a.csv', byFile)
  expect([status, error]).toMatchObject(['failed', { code: 'DESTINATION_TABLE_FOREIGN', at: { file: 'el/c.yaml' } }])
  expect(await bench.query('select id from raw.s')).toEqual([[1]])
  expect(await bench.sync('a.csv', byFile, { fullRefresh: true })).toMatchObject({ tableRows: 1 })
  expect(await bench.sync('a.csv', byFile)).toMatchObject({ status: 'succeeded', tableRows: 1 })
})

describe('a cursor', () => {
  it('passes rows without a value, once', async () => {
    await bench.write('a.csv', 'id,d\n1,\n2,2024-01-01\n')
    await bench.sync('a.csv', byColumn)
    await bench.write('a.csv', 'id,d\n1,\n2,2024-01-01\n3,\n4,2024-01-02\n')
    expect(await bench.sync('a.csv', byColumn)).toMatchObject({ recordsCommitted: 2 })
    expect(await bench.sync('a.csv', byColumn)).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
    expect(await bench.query('select id from raw.s order by id')).toEqual([[1], [2], [3], [4]])
  })
  it('takes the type that comes after a file without a row', async () => {
    await bench.write('a.csv', 'id,d\n')
    await bench.sync('a.csv', byColumn)
    await bench.write('a.csv', 'id,d\n1,5\n')
    expect(await bench.sync('a.csv', byColumn)).toMatchObject({ recordsCommitted: 1 })
    expect(await bench.query('select id, d from raw.s')).toEqual([[1, 5]])
  })
  it.each([
    ['numbers that become text', 'id,d\n1,5\n', 'id,d\n1,5\n2,x\n', 'a.csv'],
    ['days as people write them', 'id,d\n1,5\n', 'id,d\n1,31/12/2024\n', 'a.csv'],
    ['no such column', 'id,d\n1,5\n', 'id\n1\n', 'el/c.yaml'],
    ['yes and no', 'id,d\n1,5\n', 'id,d\n1,true\n', 'a.csv'],
  ])('is refused where it has no order to go on from: %s', async (_, before, after, file) => {
    await bench.write('a.csv', before)
    await bench.sync('a.csv', byColumn)
    await bench.write('a.csv', after)
    expect((await bench.sync('a.csv', byColumn)).error).toMatchObject({ code: 'CURSOR_INVALID', at: { file } })
    expect(await bench.query('select id, d from raw.s')).toEqual([[1, 5]])
  })
  it('of days as people write them is refused at once', async () => {
    await bench.write('a.csv', 'id,d\n1,31/12/2024\n')
    expect((await bench.sync('a.csv', byColumn)).error).toMatchObject({ code: 'CURSOR_INVALID' })
  })
})

it('a key whose numbers become text still finds its rows', async () => {
  const settings = '{ sync_mode: incremental, primary_key: id }'
  await bench.write('a1.csv', 'id,v\n1,a\n2,b\n')
  await bench.sync('a*.csv', settings)
  await bench.write('a2.csv', 'id,v\n1,c\nx,d\n')
  await bench.sync('a*.csv', settings)
  await bench.write('a3.csv', 'id,v\n2,e\n')
  expect(await bench.sync('a*.csv', settings)).toMatchObject({ status: 'succeeded' })
  expect(await bench.query('select id, v from raw.s order by id')).toEqual([
    ['1', 'c'],
    ['2', 'e'],
    ['x', 'd'],
  ])
})
