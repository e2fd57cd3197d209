import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SyncBench } from '../support/sync-bench.js'

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())
const append = '{ sync_mode: incremental }'

/** Loads a column `v` of one type, then of another one. */
async function thenV(first: string, second: string) {
  await bench.parquet('a1.parquet', `select 1 as id, ${first} as v`)
  await bench.sync('a*.parquet', append)
  await bench.parquet('a2.parquet', `select 2 as id, ${second} as v`)
  const result = await bench.sync('a*.parquet', append)
  const rows = await bench.query('select typeof(v), v::varchar from raw.s order by id')
  return { result, type: rows[0]?.[0], values: rows.map((row) => row[1]) }
}

describe('a Parquet column that changes its type', () => {
  it.each([
    ['1::integer', '5000000000::bigint', 'BIGINT', ['1', '5000000000']],
    ['1::integer', '1.5::double', 'DOUBLE', ['1.0', '1.5']],
    ['1.25::decimal(5,2)', '1.0625::decimal(5,4)', 'DECIMAL(7,4)', ['1.2500', '1.0625']],
    [
      "date '2024-01-02'",
      "timestamp '2024-01-02 03:04:05'",
      'TIMESTAMP',
      ['2024-01-02 00:00:00', '2024-01-02 03:04:05'],
    ],
    ['1::integer', "'many'", 'VARCHAR', ['1', 'many']],
  ])('%s, then %s: widened to %s and reported', async (first, second, type, values) => {
    const changed = await thenV(first, second)
    expect(changed).toMatchObject({ type, values })
    expect(changed.result.schemaChanges).toMatchObject([{ kind: 'type_changed', column: 'v', to: type }])
  })
  it.each([
    ['1.5::double', '2::integer', 'DOUBLE', ['1.5', '2.0']],
    ["'x'", '2::integer', 'VARCHAR', ['x', '2']],
    ['5000000000::bigint', '1::integer', 'BIGINT', ['5000000000', '1']],
  ])('%s, then %s: the table holds both already', async (first, second, type, values) => {
    const changed = await thenV(first, second)
    expect(changed).toMatchObject({ type, values })
    expect(changed.result.schemaChanges).toEqual([])
  })
  it('whole numbers that DOUBLE would round become text: none is changed', async () => {
    expect(await thenV('9007199254740993::bigint', '1.5::double')).toMatchObject({
      type: 'VARCHAR',
      values: ['9007199254740993', '1.5'],
    })
  })
  it.each([
    ['1.5::double', '9007199254740993::bigint', ['1.5', '9007199254740993']],
    ['1.5::double', '0.12345678901234567891::decimal(38,20)', ['1.5', '0.12345678901234567891']],
  ])('%s, then %s: no digit is lost either', async (first, second, values) => {
    const changed = await thenV(first, second)
    expect(changed).toMatchObject({ type: 'VARCHAR', values })
    expect(changed.result.schemaChanges).toMatchObject([{ kind: 'type_changed', from: 'DOUBLE', to: 'VARCHAR' }])
  })
  it('numbers that a DOUBLE holds leave its column as it is', async () => {
    await bench.write('a1.csv', 'id,n,d\n1,1.5,1.5\n')
    await bench.sync('a*.csv', append)
    await bench.write('a2.csv', 'id,n,d\n2,9007199254740992,0.1\n3,0.30000000000000004,0.10000000000000001\n')
    await bench.parquet('b.parquet', 'select 4 as id, 9007199254740992 as n, 1234.5::decimal(38,20) as d')
    const result = await bench.sync('a*.csv', append)
    expect(result).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect(await bench.sync('b.parquet', append)).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select distinct typeof(n), typeof(d) from raw.s')).toEqual([['DOUBLE', 'DOUBLE']])
    expect(await bench.query("select count(*) from raw.s where _airbyte_meta::varchar like '%NULLED%'")).toEqual([[0]])
  })
  it('an unrelated type becomes NULL with a note in every row it touches, within one sync too', async () => {
    await bench.parquet('a1.parquet', "select 1 as id, date '2024-01-01' as v")
    await bench.parquet('a2.parquet', "select 2 as id, timestamptz '2024-05-05 23:30:00-05' as v")
    await bench.sync('a*.parquet', append)
    const notes = () =>
      bench.query(
        "select id, v::varchar, json_extract_string(_airbyte_meta, '$.changes[*].field') from raw.s order by id",
      )
    expect(await notes()).toEqual([
      [1, '2024-01-01', []],
      [2, null, ['v']],
    ])
    await bench.parquet('a3.parquet', 'select 3 as id, 7 as v')
    const result = await bench.sync('a*.parquet', append)
    expect(result.schemaChanges).toMatchObject([{ kind: 'type_changed', column: 'v', from: 'DATE', to: 'INTEGER' }])
    expect(await notes()).toEqual([
      [1, '2024-01-01', []],
      [2, null, ['v']],
      [3, null, ['v']],
    ])
  })
})

describe('columns that come and go', () => {
  it('a column that vanished stays, and is NULL in the new rows', async () => {
    await bench.write('a1.csv', 'id,v\n1,x\n')
    await bench.sync('a*.csv', append)
    await bench.write('a2.csv', 'id\n2\n')
    const result = await bench.sync('a*.csv', append)
    expect(result.schemaChanges).toEqual([{ kind: 'column_removed', column: 'v', from: 'VARCHAR' }])
    expect(await bench.query('select id, v from raw.s order by id')).toEqual([
      [1, 'x'],
      [2, null],
    ])
  })
  it('a replaced table has the columns of the new file, and the change is reported', async () => {
    await bench.write('a.csv', 'id,old\n1,x\n')
    await bench.sync('a.csv')
    await bench.write('a.csv', 'id,new\n1,x\n')
    expect((await bench.sync('a.csv')).schemaChanges).toEqual([
      { kind: 'column_added', column: 'new', to: 'VARCHAR', renamedFrom: 'old' },
      { kind: 'column_removed', column: 'old', from: 'VARCHAR' },
    ])
  })
  it.each([
    ['a2.csv', 'id,n\n'],
    ['a2.csv', 'id,n\n2,\n'],
    ['a2.json', '[{"id": 2, "n": null}]'],
  ])('a column without values does not change the type of the table (%s %j)', async (name, text) => {
    await bench.write('a1.csv', 'id,n\n1,5\n')
    await bench.sync('a*', append)
    await bench.write(name, text)
    const result = await bench.sync('a*', append)
    expect(result).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect(await bench.query('select typeof(n) from raw.s where id = 1')).toEqual([['BIGINT']])
  })
  it('names that differ only in case are one column', async () => {
    await bench.write('a1.csv', 'Id,V\n1,x\n')
    await bench.sync('a*.csv', append)
    await bench.write('a2.csv', 'id,v\n2,y\n')
    expect((await bench.sync('a*.csv', append)).schemaChanges).toEqual([])
    expect(await bench.query('select v from raw.s order by id')).toEqual([['x'], ['y']])
  })
})
