import { describe, expect, it } from 'vitest'
import { checkDestination } from '../../src/extract-load/index.js'
import { openBigQuery, type Warehouse } from '../../src/warehouse/index.js'
import { bigQueryOfFile } from '../support/bigquery-server.js'
import { PendingStreams, serveWrites } from '../support/bigquery-write-server.js'
import { benchOf, loadsAsOthers, touch, write } from '../support/loaded-warehouse.suite.js'
import { SyncBench } from '../support/sync-bench.js'

const long = 1234567890123456789n

// One suite over both ways in which rows come: the same rows are there.
describe.each([
  ['load jobs', 'destination', '{ schema: raw }'],
  ['the Storage Write API', 'storage-write', '{ schema: raw, config: { loading_method: storage_write_api } }'],
])('into BigQuery by %s', (_, file, destination) => {
  const server = bigQueryOfFile(file)
  const open = async (): Promise<Warehouse> => openBigQuery(await server.project())
  const using = benchOf(open, destination)
  const isByRows = file === 'storage-write'

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

  it('values of every type are as they were', () =>
    using(async (bench) => {
      const duck = await SyncBench.open()
      await duck.query(
        `copy (select * from (values
           (1, true, -9223372036854775808, 18446744073709551615::ubigint, -12.34::decimal(10,2), 12345678901234.5678::decimal(18,4), 1.5::float, '-0.1'::double,
             date '0001-01-01', time '10:00:00.000001', timestamp '0001-01-01 00:00:00.5', timestamptz '9999-12-31 23:59:59.999999+00',
             '\\x00\\xff'::blob, 'ü "x"' || chr(10) || '🙂', [1, null, 3], {'a': 1.5, 'b': {'c': 'x'}}),
           (2, false, 0, 0, 0, 0, 0, 0, date '9999-12-31', time '00:00:00', timestamp '9999-12-31 23:59:59.999999', timestamptz '0001-01-01 00:00:00+00', ''::blob, '', [], null),
           (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
         ) t(id, b, i, u, d, n, f4, f8, day, time, stamp, zoned, bytes, text, list, record)) to '${bench.path('t.parquet')}' (format parquet)`,
      )
      await duck.close()
      await touch(bench, 't.parquet')
      expect(await bench.sync('t.parquet')).toMatchObject({ status: 'succeeded', tableRows: 3 })
      const rows = await bench.query(
        'select id, b, i, u, d, n, f4, f8, day, time, stamp, zoned, bytes, text, list, record from raw.s order by id',
      )
      expect(rows).toEqual([
        [
          ...[1, true, -9223372036854775808n, '18446744073709551615', '-12.34', '12345678901234.5678', 1.5, -0.1],
          ...['0001-01-01', '10:00:00.000001', '0001-01-01T00:00:00.5', '9999-12-31T23:59:59.999999Z'],
          ...[new Uint8Array([0, 255]), 'ü "x"\n🙂', '[1,null,3]', '{"a":1.5,"b":{"c":"x"}}'],
        ],
        [
          ...[2, false, 0, '0', '0.00', '0.0000', 0, 0],
          ...['9999-12-31', '00:00:00', '9999-12-31T23:59:59.999999', '0001-01-01T00:00:00Z'],
          ...[new Uint8Array(), '', '[]', null],
        ],
        [3, ...Array(15).fill(null)],
      ])
    }))

  it('whether it can be written to is tried', () =>
    using(async (bench) => {
      await write(bench, 'a.csv', 'id\n1\n')
      const connection = await bench.connection('a.csv')
      const warehouse = async () => bench.warehouse
      expect(await checkDestination({ connection, projectDir: bench.dir, warehouse })).toMatchObject({
        status: 'succeeded',
        message: expect.stringMatching(
          isByRows ? /^Tables can be made and written in raw of p-/ : /^Tables can be made in raw of p-/,
        ),
      })
      expect(await bench.warehouse.listRelations({ schemas: ['raw'] })).toEqual([])
    }))

  it.runIf(isByRows && !server.isReal)(
    'a row that is refused is told with its stream, and what was there stays',
    () => {
      const service = new PendingStreams()
      service.rowError = ({ v }) => (v === 'no' ? 'Field v: the service does not like it' : undefined)
      let close = () => {}
      const refusing = async () => {
        const { url, ...served } = await serveWrites(service)
        close = served.close
        return openBigQuery({ ...(await server.project()), storageApiEndpoint: url })
      }
      return benchOf(
        refusing,
        destination,
      )(async (bench) => {
        await write(bench, 'a.csv', 'id,v\n1,yes\n2,no\n')
        expect(await bench.sync('a.csv')).toMatchObject({
          status: 'failed',
          error: {
            code: 'DESTINATION_WRITE_FAILED',
            message: expect.stringMatching(
              /^raw\.s could not take the rows of the stream `s`: .* refused row 2 for raw\.\w+, because of its field `v`: Field v: /,
            ),
            hint: expect.stringContaining('Nothing of this load is there.'),
          },
        })
        const left = await bench.warehouse.listRelations({ schemas: ['raw'] })
        expect(left.map(({ identifier }) => identifier)).toEqual(['s'])
        expect(await bench.query('select count(*) from raw.s')).toEqual([[0]])
      }).finally(() => close())
    },
  )

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

it('a warehouse that has one way only refuses to be told another', async () => {
  const bench = await SyncBench.open(undefined, '{ schema: raw, config: { loading_method: storage_write_api } }')
  try {
    await write(bench, 'a.csv', 'id\n1\n')
    const refusal = {
      code: 'DESTINATION_UNSUPPORTED',
      message:
        'The connection `c` is to load by `loading_method: storage_write_api`, which a warehouse of type duckdb does not have.',
      hint: 'Take `loading_method` out: it is a choice of bigquery.',
      at: { line: 3 },
    }
    await expect(bench.sync('a.csv')).rejects.toMatchObject(refusal)
    const asked = { connection: await bench.connection('a.csv'), projectDir: bench.dir }
    const { at: _, ...shown } = refusal
    expect(await checkDestination({ ...asked, warehouse: async () => bench.warehouse })).toMatchObject({
      status: 'failed',
      error: shown,
    })
  } finally {
    await bench.close()
  }
})
