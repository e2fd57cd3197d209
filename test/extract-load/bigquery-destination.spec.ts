import { describe, expect, it } from 'vitest'
import { openBigQuery, type Warehouse } from '../../src/warehouse/index.js'
import { bigQueryOfFile } from '../support/bigquery-server.js'
import { benchOf, loadsAsOthers, write } from '../support/loaded-warehouse.suite.js'

const server = bigQueryOfFile('destination')

const open = async (): Promise<Warehouse> => openBigQuery(await server.project())

const using = benchOf(open)

const long = 1234567890123456789n

describe('into BigQuery', () => {
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
        's',
      ])
      // The emulator's catalogue does not hear of columns that are added or dropped.
      if (!server.isReal) return
      const columns = await bench.warehouse.columns({ schema: 'raw', identifier: 's' })
      expect(columns.map(({ name }) => name).filter((name) => !name.startsWith('_a'))).toEqual(['id', 'new'])
    }))

  loadsAsOthers(using, { quotedWhen: '`when`', integer: 'int64' })

  // The emulator runs one script after the other.
  it.runIf(server.isReal)('of two syncs of one connection at once one commits', () =>
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
})
