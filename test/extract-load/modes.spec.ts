import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SyncBench } from '../support/sync-bench.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())
const rows = () =>
  bench.query(
    'select * exclude (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _ab_source_file_last_modified) from raw.s order by all',
  )

describe('append and dedup', () => {
  const dedup = '{ sync_mode: incremental, cursor_field: at, primary_key: [a, b] }'
  it('of rows with one key and one cursor value the last one stays, within a sync and across two', async () => {
    await bench.write('x.csv', 'a,b,at,v\n1,1,2024-01-01,old\n1,1,2024-01-01,new\n1,2,2024-01-01,other\n')
    await bench.sync('x.csv', dedup)
    expect((await rows()).map((row) => row[3])).toEqual(['new', 'other'])
    await bench.write('x.csv', 'a,b,at,v\n1,1,2024-01-01,newest\n')
    await bench.sync('x.csv', dedup)
    expect((await rows()).map((row) => row[3])).toEqual(['newest', 'other'])
  })
  it('keys that are missing are one key', async () => {
    await bench.write('x.csv', 'a,b,at,v\n1,,2024-01-01,old\n')
    await bench.sync('x.csv', dedup)
    await bench.write('x.csv', 'a,b,at,v\n1,,2024-01-02,new\n')
    await bench.sync('x.csv', dedup)
    expect((await rows()).map((row) => row[3])).toEqual(['new'])
  })
  it('without a key it is refused where it stands, and with a key that is no column when it is read', async () => {
    await bench.write('x.csv', 'id\n1\n')
    await expect(bench.connection('x.csv', '{ destination_sync_mode: overwrite_dedup }')).rejects.toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('primary_key'),
      at: { line: 4 },
    })
    const wrong = await bench.sync('x.csv', '{ destination_sync_mode: overwrite_dedup, primary_key: nope }')
    expect(wrong.error).toMatchObject({ code: 'CURSOR_INVALID', message: expect.stringContaining('nope') })
  })
})

describe('rows that share the highest cursor value', () => {
  const byDay = '{ sync_mode: incremental, cursor_field: day }'
  it('are not loaded twice when the file gains a column', async () => {
    await bench.write('x.csv', 'id,day\n1,2024-01-01\n')
    await bench.sync('x.csv', byDay)
    await bench.write('x.csv', 'id,day,v\n1,2024-01-01,\n2,2024-01-01,new\n')
    await bench.sync('x.csv', byDay)
    expect(await bench.query('select id, v from raw.s order by id')).toEqual([
      [1, null],
      [2, 'new'],
    ])
  })
  it('are told apart whatever stands in them', async () => {
    await bench.write('x.csv', 'a,b,day\nx|y,z,2024-01-01\n,n,2024-01-01\n')
    await bench.sync('x.csv', byDay)
    await bench.write('x.csv', 'a,b,day\nx|y,z,2024-01-01\n,n,2024-01-01\nx,y|z,2024-01-01\n')
    expect(await bench.sync('x.csv', byDay)).toMatchObject({ recordsCommitted: 1, tableRows: 3 })
  })
  it('of a date and of a number compare by value, not as text', async () => {
    await bench.write('x.csv', 'id\n9\n')
    await bench.sync('x.csv', '{ sync_mode: incremental, cursor_field: id }')
    await bench.write('x.csv', 'id\n9\n10\n')
    expect(await bench.sync('x.csv', '{ sync_mode: incremental, cursor_field: id }')).toMatchObject({ tableRows: 2 })
  })
})

describe('a stream whose settings change', () => {
  beforeEach(() => bench.write('x.csv', 'id,day\n1,2024-01-01\n'))
  it('from replacing to incremental: loaded once more, not twice over', async () => {
    await bench.sync('x.csv')
    expect(await bench.sync('x.csv', '{ sync_mode: incremental }')).toMatchObject({ tableRows: 1, generationId: 2 })
    expect(await bench.sync('x.csv', '{ sync_mode: incremental }')).toMatchObject({ recordsRead: 0, generationId: 2 })
  })
  it('from incremental to replacing: a new generation', async () => {
    await bench.sync('x.csv', '{ sync_mode: incremental }')
    expect(await bench.sync('x.csv')).toMatchObject({ tableRows: 1, generationId: 2 })
  })
  it.each([
    ['cursor_field', '{ sync_mode: incremental, cursor_field: id }'],
    ['primary_key', '{ sync_mode: incremental, primary_key: id }'],
    ['sync_mode', '{ sync_mode: full_refresh, destination_sync_mode: append }'],
  ])('another %s is refused until the stream is loaded anew', async (setting, settings) => {
    await bench.sync('x.csv', '{ sync_mode: incremental }')
    const refused = await bench.sync('x.csv', settings)
    expect(refused.error).toMatchObject({
      code: 'STREAM_MODE_CHANGED',
      message: expect.stringContaining(setting),
      hint: expect.stringContaining('millrace sync c --stream s --full-refresh'),
    })
    expect(await bench.query('select count(*) from raw.s')).toEqual([[1]])
    expect(await bench.sync('x.csv', settings, { fullRefresh: true })).toMatchObject({
      status: 'succeeded',
      tableRows: 1,
    })
    expect(await bench.sync('x.csv', settings)).toMatchObject({ status: 'succeeded' })
  })
  it('a table that somebody dropped is loaded from the start', async () => {
    await bench.sync('x.csv', '{ sync_mode: incremental }')
    await bench.query('drop table raw.s')
    expect(await bench.sync('x.csv', '{ sync_mode: incremental }')).toMatchObject({ tableRows: 1, generationId: 2 })
  })
})

it('a sync that finds no record starts no generation', async () => {
  await bench.write('a1.csv', 'id\n1\n')
  await bench.sync('a*.csv')
  await rm(bench.path('a1.csv'))
  expect(await bench.sync('a*.csv')).toMatchObject({ status: 'succeeded', tableRows: 1, generationId: 1 })
})

it('a cursor of a replaced and deduplicated table that is no column is named', async () => {
  await bench.write('a.csv', 'id\n1\n')
  const settings = '{ destination_sync_mode: overwrite_dedup, primary_key: id, cursor_field: nope }'
  expect((await bench.sync('a.csv', settings)).error).toMatchObject({
    code: 'CURSOR_INVALID',
    message: expect.stringContaining('`nope`'),
  })
})
