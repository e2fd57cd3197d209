import { describe, expect, it } from 'vitest'
import { openSnowflake, type Warehouse } from '../../src/warehouse/index.js'
import { benchOf, loadsAsOthers, touch, write } from '../support/loaded-warehouse.suite.js'
import { makeDatabase, snowflakeOfFile } from '../support/snowflake-account.js'
import { SyncBench } from '../support/sync-bench.js'

const account = snowflakeOfFile('destination')

async function open(): Promise<Warehouse> {
  const options = account.database()
  if (account.kind === 'account') await makeDatabase(options)
  return openSnowflake(options)
}

const using = benchOf(open)

/** The emulator has whole numbers of 64 bits only. */
const long = account.kind === 'account' ? 12345678901234567890123456789012345678n : 1234567890123456789n

describe('into Snowflake', () => {
  it('values are exact', () =>
    using(async (bench) => {
      await write(
        bench,
        'a.json',
        String.raw`{"id": 9007199254740993, "n": 0.1, "long": ${long}, "t": "ü \"q\", \\. \n", "e": "", "z": null, "b": true, "d": "2024-02-29", "ts": "2024-01-01T10:00:00.123456", "tz": "2024-01-01T10:00:00+02:00", "o": {"x": [1.5, null]}}`,
      )
      expect(await bench.sync('a.json')).toMatchObject({
        status: 'succeeded',
        recordsCommitted: 1,
        tableRows: 1,
      })
      const [row] = await bench.query(
        'select id, n, long, t, e, z, b, d, ts, tz, o, _airbyte_generation_id, _airbyte_meta from raw.s',
      )
      expect(row?.slice(0, 10)).toEqual([
        ...[9007199254740993n, 0.1, long, 'ü "q", \\. \n', '', null, true],
        ...['2024-02-29', '2024-01-01T10:00:00.123456', '2024-01-01T08:00:00Z'],
      ])
      expect(JSON.parse(String(row?.[10]))).toEqual({ x: [1.5, null] })
      expect(row?.[11]).toBe(1)
      expect(JSON.parse(String(row?.[12]))).toEqual({ sync_id: 1, changes: [] })
    }))

  it('a table is replaced as a whole, and nothing is left lying', () =>
    using(async (bench) => {
      await write(bench, 'a.csv', 'id,old\n1,x\n2,y\n')
      await bench.sync('a.csv')
      await write(bench, 'a.csv', 'id,new\nthree,z\n')
      expect(await bench.sync('a.csv')).toMatchObject({ tableRows: 1, generationId: 2 })
      expect(await bench.query('select id, new from raw.s')).toEqual([['three', 'z']])
      expect((await bench.warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier)).toEqual([
        'S',
      ])
      const columns = await bench.warehouse.columns({ schema: 'RAW', identifier: 'S' })
      expect(columns.map(({ name }) => name).filter((name) => !name.startsWith('_A'))).toEqual(['ID', 'NEW'])
    }))

  loadsAsOthers(using, { quotedWhen: '"WHEN"', integer: 'int' })

  it('whole numbers of a DECIMAL stay as they are, and make the table anew where they need more digits', () =>
    using(async (bench) => {
      const load = async (select: string) => {
        const duck = await SyncBench.open()
        await duck.query(`copy (${select}) to '${bench.path('t.parquet')}' (format parquet)`)
        await duck.close()
        await touch(bench, 't.parquet')
        return bench.sync('t.parquet')
      }
      const columns = '5::decimal(10,0) as few, 6::decimal(38,0) as most'
      await load(`select ${columns}`)
      expect(await load(`select ${columns}`)).toMatchObject({ status: 'succeeded', schemaChanges: [] })
      expect(await load(`select ${columns.replace('(10', '(12')}`)).toMatchObject({ status: 'succeeded', tableRows: 1 })
      const types = (await bench.warehouse.columns({ schema: 'RAW', identifier: 'S' })).map(({ type }) => type)
      expect(types).toEqual(expect.arrayContaining(['NUMBER(12,0)', 'NUMBER(38,0)']))
      expect(await bench.query('select few, most from raw.s')).toEqual([[5, 6]])
    }))

  // Answers that were recorded know nothing of who asks first.
  it.skipIf(account.kind === 'recording')('of two syncs of one connection at once one commits', () =>
    using(async (bench) => {
      await write(bench, 'a1.csv', 'id\n1\n')
      const byFile = '{ sync_mode: incremental }'
      await bench.sync('a*.csv', byFile)
      await write(bench, 'a2.csv', 'id\n2\n')
      const both = await Promise.all([1, 2].map(() => bench.sync('a*.csv', byFile)))
      expect(both.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded'])
      expect((await bench.query('select id from raw.s order by id')).flat()).toEqual([1, 2])
    }),
  )

  it('partitions take the place of their own rows, beside ordinary syncs', () =>
    using(async (bench) => {
      const at = (day: number) => new Date(Date.UTC(2024, 0, day))
      const chosen = (day: number) => ({
        partitions: new Map([['s', [{ keys: [`${day}`], part: { start: at(day), end: at(day + 1) } }]]]),
      })
      const daily = 'partitions: { by: daily, start: 2024-01-01, field: day }'
      const merged = `{ sync_mode: incremental, primary_key: id, cursor_field: changed, ${daily} }`
      await write(
        bench,
        'a.csv',
        'id,day,changed,v\n1,2024-01-01,1,a\n2,2024-01-02,2,b\n3,2024-01-02,3,c\n5,2024-01-02,5,e\n',
      )
      expect(await bench.sync('a.csv', merged, chosen(2))).toMatchObject({ status: 'succeeded', tableRows: 3 })
      expect(await bench.sync('a.csv', merged)).toMatchObject({ status: 'succeeded', tableRows: 4 })
      await write(
        bench,
        'a.csv',
        'id,day,changed,v\n1,2024-01-01,1,a\n2,2024-01-02,2,again\n4,2024-01-02,4,d\n5,2024-01-02,5,e\n',
      )
      expect(await bench.sync('a.csv', merged, chosen(2))).toMatchObject({ status: 'succeeded', tableRows: 4 })
      expect(await bench.query('select id, v from raw.s order by id')).toEqual([
        [1, 'a'],
        [2, 'again'],
        [4, 'd'],
        [5, 'e'],
      ])
    }))
})
