import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres, withConnection } from '../../src/warehouse/index.js'
import { destinationKinds, kindOf } from '../support/destination-kinds.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile()

/** A database that holds what some SQL made. */
async function sourceDatabase(sql: string) {
  const options = await server.database()
  const warehouse = await openPostgres(options)
  try {
    await withConnection(warehouse, (connection) => connection.query(sql))
  } finally {
    await warehouse.close()
  }
  return options
}

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))
const airbyte = (streams: object[], script: object[]) =>
  `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify({ streams, script })} } }`

/** One contract for every destination: what a sync leaves behind is the same, whatever the tables are in. */
describe.each(destinationKinds(() => server))('into %s', (engine, open, destination) => {
  const { isFiles, isProgram, hasTables, ...kind } = kindOf(engine)
  /** What reads the rows. */
  const isDuckDb = engine !== 'PostgreSQL'
  /** Nobody can ask a connector how many rows it has. */
  const held = (rows: number) => (isProgram ? undefined : rows)
  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open(open, destination)
  })
  afterEach(() => bench.close())
  const query = (sql: string) => kind.query(bench, sql)
  const ids = async () => (await query('select id from raw.s order by id')).flat()
  const relations = async () =>
    !hasTables
      ? (await readdir(bench.path(isFiles ? 'out/s' : 'out')))
          .map((name) => parse(name).name)
          .filter((name) => !name.includes('.'))
      : (await bench.warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier).sort()

  it('values are exact', async () => {
    await bench.write(
      'a.json',
      String.raw`{"id": 9007199254740993, "n": 0.1, "long": 12345678901234567890123456789012345678, "t": "ü \"q\", \\. \n", "e": "", "z": null, "b": true, "d": "2024-02-29", "ts": "2024-01-01T10:00:00.123456", "tz": "2024-01-01T10:00:00+02:00", "o": {"x": [1.10, null]}}`,
    )
    expect(await bench.sync('a.json')).toMatchObject({ status: 'succeeded', recordsCommitted: 1, tableRows: held(1) })
    expect(
      await query(
        'select id, n, long, t, e, z, b, d, ts, tz, cast(o as varchar), _airbyte_generation_id, cast(_airbyte_meta as varchar) from raw.s',
      ),
    ).toEqual([
      [
        9007199254740993n,
        0.1,
        engine === 'DuckDB' || isProgram
          ? 12345678901234567890123456789012345678n
          : '12345678901234567890123456789012345678',
        'ü "q", \\. \n',
        '',
        null,
        true,
        '2024-02-29',
        '2024-01-01T10:00:00.123456',
        '2024-01-01T08:00:00Z',
        expect.stringMatching(/^\{"x": ?\[1\.10?, ?null\]\}$/),
        1,
        expect.stringMatching(/^\{"(sync_id": ?1, ?"changes": ?\[\]|changes": \[\], "sync_id": 1)\}$/),
      ],
    ])
  })

  it.skipIf(isProgram)('every type of a Parquet file finds a place', async () => {
    const duck = await SyncBench.open()
    await duck.query(
      `copy (select 1::tinyint as a, 255::utinyint as b, 65535::usmallint as c, 4294967295::uinteger as d, 18446744073709551615::ubigint as e,
         -12345678901234567890123456789.123456789::decimal(38,9) as f, 1.5::float as g, 'Infinity'::double as h, 12.34::decimal(10,2) as i, '\\x00\\xff'::blob as j,
         uuid '0b6f3e1c-1d5a-4b8e-9a52-000000000001' as k, time '23:59:59.999999' as l, date '0044-03-15 (BC)' as m, timestamp '2024-01-01 00:00:00.000001' as n,
         [1, 2] as o, {'x': 1} as p) to '${bench.path('t.parquet')}' (format parquet)`,
    )
    await duck.close()
    expect(await bench.sync('t.parquet')).toMatchObject({ status: 'succeeded' })
    expect(
      await query(
        `select a, b, c, d, cast(e as varchar), cast(f as varchar), g, h, i, upper(${isDuckDb ? 'hex(j)' : "encode(j, 'hex')"}), k, l, cast(m as varchar), n, cast(o as varchar), cast(p as varchar) from raw.s`,
      ),
    ).toEqual([
      [
        1,
        255,
        65535,
        4294967295,
        '18446744073709551615',
        '-12345678901234567890123456789.123456789',
        1.5,
        Number.POSITIVE_INFINITY,
        '12.34',
        '00FF',
        '0b6f3e1c-1d5a-4b8e-9a52-000000000001',
        '23:59:59.999999',
        isDuckDb ? '0044-03-15 (BC)' : '0044-03-15 BC',
        '2024-01-01T00:00:00.000001',
        expect.stringMatching(/^\[1, ?2\]$/),
        expect.stringMatching(/^\{"x": ?1\}$/),
      ],
    ])
  })

  it('times that are told to the minute, and their zones, are read', async () => {
    const times = [
      ['2024-01-01T10:00+02:00', '2024-01-01T08:00:00Z'],
      ['2024-01-01T10:00Z', '2024-01-01T10:00:00Z'],
      ['2024-01-01 10:00-0330', '2024-01-01T13:30:00Z'],
      ['2024-01-01 10:00:30.25 +0200', '2024-01-01T08:00:30.25Z'],
      ['2024-01-01T10:00', '2024-01-01T10:00:00Z'],
      ['2024-01-01T10:00+02:00:', null],
      ['2024-01-01T25:00Z', null],
      ['10:00Z', null],
    ] as const
    const properties = {
      id: { type: 'integer' },
      zoned: { type: 'string', format: 'date-time' },
      wall: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
    }
    const streams = [{ name: 's', json_schema: { properties } }]
    const record = (data: object) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } })
    const script = times.map(([time], id) => record({ id, zoned: time, wall: time }))
    const results = await bench.syncStreams(airbyte(streams, script), '{ s: {} }')
    expect(results.map(({ status, error }) => [status, error])).toEqual([['succeeded', undefined]])
    const rows = await query('select id, zoned, wall from raw.s order by id')
    expect(rows.map(([, zoned]) => zoned)).toEqual(times.map(([, zoned]) => zoned))
    expect(rows.slice(0, 3).map(([, , wall]) => wall)).toEqual(Array(3).fill('2024-01-01T10:00:00'))
    const noted = await query("select id from raw.s where cast(_airbyte_meta as varchar) like '%NULLED%' order by id")
    expect(noted.flat()).toEqual([5, 6, 7])
  })

  it('a table is replaced as a whole, and nothing is left lying', async () => {
    await bench.write('a.csv', 'id,old\n1,x\n2,y\n')
    await bench.sync('a.csv')
    await bench.write('a.csv', 'id,new\n3,z\n')
    expect(await bench.sync('a.csv')).toMatchObject({ tableRows: held(1), generationId: 2 })
    expect(await query('select id, new from raw.s')).toEqual([[3, 'z']])
    expect(await relations()).toEqual(['s'])
  })

  it('rows are added by a cursor; of ties those that are not there', async () => {
    const byDay = '{ sync_mode: incremental, cursor_field: day }'
    await bench.write(
      'a.json',
      '{"id": 1, "day": "2024-01-01"}{"id": 2, "day": "2024-01-02", "j": {"a": 1, "b": [2]}}{"id": 9}',
    )
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 3 })
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 0 })
    await bench.write(
      'a.json',
      '{"id": 1, "day": "2024-01-01"}{"id": 2, "day": "2024-01-02", "j": {"a": 1, "b": [2]}}{"id": 3, "day": "2024-01-02"}{"id": 4, "day": "2024-01-03"}{"id": 9}',
    )
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 2, tableRows: held(5) })
    expect(await ids()).toEqual([1, 2, 3, 4, 9])
  })

  it('rows with the last value of the cursor are not added again because they have a column more', async () => {
    const byDay = '{ sync_mode: incremental, cursor_field: day }'
    await bench.write('a.json', '{"id": 7, "day": "2024-01-02"}')
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 1 })
    await bench.write('a.json', '{"id": 7, "day": "2024-01-02", "c": 5}{"id": 8, "day": "2024-01-02", "c": 5}')
    expect(await bench.sync('a.json', byDay)).toMatchObject({ recordsCommitted: 1, tableRows: held(2) })
    expect(await query('select id, c from raw.s order by id')).toEqual([
      [7, null],
      [8, 5],
    ])
  })

  it('columns are added and widen; what does not fit is noted', async () => {
    const byFile = '{ sync_mode: incremental }'
    await bench.write('a1.csv', 'id,n,when,w\n1,5,2024-01-01,1\n')
    await bench.sync('a*.csv', byFile)
    await bench.write('a2.csv', 'id,n,when,w,extra\n2,5000000000,true,many,x\n')
    const result = await bench.sync('a*.csv', byFile)
    expect(result.schemaChanges.map(({ kind, column }) => [kind, column])).toEqual(
      expect.arrayContaining([
        ['column_added', 'extra'],
        ['type_changed', 'when'],
        ['type_changed', 'w'],
      ]),
    )
    expect(await query('select id, n, "when", w, extra from raw.s order by id')).toEqual([
      [1, 5, '2024-01-01', '1', null],
      [2, 5000000000, null, 'many', 'x'],
    ])
    const [[meta] = []] = await query('select cast(_airbyte_meta as varchar) from raw.s where id = 2')
    expect(JSON.parse(String(meta)).changes).toMatchObject([{ field: 'when', change: 'NULLED' }])
  })

  it.skipIf(isFiles)(
    'keys of another type than those of the table fail the stream, whose rows would be one',
    async () => {
      const dedup = '{ sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }'
      await bench.write('a1.json', '{"id": 1, "v": "x"}')
      expect(await bench.sync('a*.json', dedup)).toMatchObject({ status: 'succeeded' })
      await bench.write(
        'a2.json',
        '{"id": "2024-01-01", "v": "y", "more": true}{"id": "2024-01-02", "v": "y", "more": true}',
      )
      const result = await bench.sync('a*.json', dedup)
      expect(result).toMatchObject({ status: 'failed', recordsCommitted: 0, error: { code: 'KEY_UNFIT' } })
      expect(result.error?.message).toContain('2 values of the primary key `id`')
      expect(result.error?.hint).toContain('DATE')
      expect(await query('select id, v from raw.s')).toEqual([[1, 'x']])
      if (hasTables) expect((await bench.query('select * from raw.s'))[0]).not.toContain(true)
      await bench.write('a2.json', '{"id": 2, "v": "y"}')
      expect(await bench.sync('a*.json', dedup)).toMatchObject({ status: 'succeeded' })
      expect(await query('select id, v from raw.s order by id')).toEqual([
        [1, 'x'],
        [2, 'y'],
      ])
    },
  )

  it('names of any length stay what they are', async () => {
    // No engine takes so long a name.
    const name = 'n'.repeat(1100)
    await bench.write('a1.csv', `id,${name}\n1,x\n`)
    expect(await bench.sync('a*.csv', '{ sync_mode: incremental }')).toMatchObject({ status: 'succeeded' })
    await bench.write('a2.csv', `id,${name}\n2,y\n`)
    const again = await bench.sync('a*.csv', '{ sync_mode: incremental }')
    expect(again).toMatchObject({ status: 'succeeded', schemaChanges: [], tableRows: held(2) })
    await query('select 1')
    const { name: column } = (await bench.warehouse.columns({ schema: 'raw', identifier: 's' }))[1] ?? {}
    expect(column).toMatch(/^n+_[0-9a-f]{8}$/)
    expect((await query(`select ${column} from raw.s order by id`)).flat()).toEqual(['x', 'y'])
  })

  it('columns of a database that differ by case only are both loaded', async () => {
    const { host, port, database, user, password } = await sourceDatabase(
      'create table t ("Id" int, "id" int, v text); insert into t values (1, 2, null)',
    )
    const source = `{ connector: postgres, config: { host: ${host}, port: ${port}, database: ${database}, username: ${user}, password: "${password}" } }`
    expect(await bench.syncSource(source, 't')).toMatchObject({ status: 'succeeded' })
    expect(await query('select "Id", id_1 from raw.t')).toEqual([[1, 2]])
  })

  it('what a connection says of fields and values holds', async () => {
    await bench.write('a.csv', 'id,mail,secret,land\n1,a@x.org,never,DE\n2,b@x.org,never,FR\n')
    const settings =
      '{ fields: [id, mail, land], mappers: [ { type: hashing, field: mail }, { type: field-renaming, field: mail, to: contact }, { type: row-filtering, where: { field: land, equal: DE } } ] }'
    expect(await bench.sync('a.csv', settings)).toMatchObject({ status: 'succeeded', tableRows: held(1) })
    expect(await query('select id, contact, land from raw.s')).toEqual([
      [1, createHash('sha256').update('a@x.org').digest('hex'), 'DE'],
    ])
    const columns = await bench.warehouse.columns({ schema: 'raw', identifier: 's' })
    expect(columns.map(({ name }) => name)).not.toContain('secret')
  })

  it('what a connection says of changes of its source holds', async () => {
    const source = '{ connector: file, config: { streams: [ { name: s, path: "a*.csv" } ] } }'
    const sync = async (policy: string) =>
      (await bench.syncStreams(source, `{ s: { sync_mode: incremental } }\nschema_changes: ${policy}`))[0]
    await bench.write('a1.csv', 'id,n\n1,x\n')
    await sync('pause')
    await bench.write('a2.csv', 'id,n,more\n2,y,z\n')
    const paused = { status: 'failed', error: { code: 'SCHEMA_CHANGE_PAUSED' } }
    expect(await sync('pause')).toMatchObject(paused)
    expect(await sync('ignore')).toMatchObject({ status: 'succeeded', tableRows: held(2), schemaChanges: [] })
    await query('select 1')
    const columns = await bench.warehouse.columns({ schema: 'raw', identifier: 's' })
    expect(columns.map(({ name }) => name)).not.toContain('more')
    await bench.write('a3.csv', 'id,n,more\n3,y,z\n')
    expect(await sync('pause')).toMatchObject(paused)
    expect(await bench.accept(['s'])).toEqual(['s'])
    expect(await sync('pause')).toMatchObject({ status: 'succeeded' })
    expect(await query('select id, more from raw.s order by id')).toEqual([
      [1, null],
      [2, null],
      [3, 'z'],
    ])
  })

  it('two syncs of one connection at once do not double its rows', async () => {
    const streams = [{ name: 's', json_schema: { properties: { id: { type: 'integer' } } } }]
    const record = (id: number) => ({ type: 'RECORD', record: { stream: 's', data: { id }, emitted_at: 1 } })
    const settings = '{ s: { sync_mode: incremental } }'
    await bench.syncStreams(airbyte(streams, [record(1)]), settings)
    const both = await Promise.all([1, 2].map(() => bench.syncStreams(airbyte(streams, [record(2)]), settings)))
    expect(
      both
        .flat()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['failed', 'succeeded'])
    expect(await ids()).toEqual([1, 2])
  })

  it('streams of an Airbyte connector share one state', async () => {
    const schema = { properties: { id: { type: 'integer' }, t: { type: 'string' }, j: {} } }
    const streams = ['a', 'b'].map((name) => ({ name, json_schema: schema }))
    const record = (stream: string, data: object) => ({ type: 'RECORD', record: { stream, data, emitted_at: 1 } })
    const state = { type: 'STATE', state: { type: 'GLOBAL', global: { shared_state: { lsn: 1 }, stream_states: [] } } }
    const script = [record('a', { id: 1, t: 'x\0y', j: ['\0', '\\u0000'] }), record('b', { id: 2, t: '' }), state]
    const both = '{ a: { sync_mode: incremental }, b: { sync_mode: incremental } }'
    const results = await bench.syncStreams(airbyte(streams, script), both)
    expect(results.map(({ status, error }) => [status, error])).toEqual([
      ['succeeded', undefined],
      ['succeeded', undefined],
    ])
    const nul = isDuckDb ? '\0' : ''
    expect(await query('select id, t from raw.a union all select id, t from raw.b order by id')).toEqual([
      [1, `x${nul}y`],
      [2, ''],
    ])
    const [[json] = []] = await query('select cast(j as varchar) from raw.a')
    expect(JSON.parse(String(json))).toEqual([nul, '\\u0000'])
  })

  it.runIf(hasTables)(
    'names that the warehouse would cut off are kept whole, or get another end, and keep it',
    async () => {
      const [one, two] = ['a', 'b'].map((last) => `${'n'.repeat(70)}${last}`)
      const dedup = `{ sync_mode: incremental, primary_key: ${one}, cursor_field: ${two} }`
      await bench.write('a.csv', `${one},${two},v\n1,2,x\n`)
      expect(await bench.sync('a.csv', dedup)).toMatchObject({ status: 'succeeded' })
      const names = async () =>
        (await bench.warehouse.columns({ schema: 'raw', identifier: 's' })).map(({ name }) => name).slice(0, 2)
      const given = await names()
      const short = expect.stringMatching(/^n{54}_[0-9a-f]{8}$/)
      expect(given).toEqual(engine === 'DuckDB' ? [one, two] : [short, short])
      expect(new Set(given).size).toBe(2)
      await bench.write('a.csv', `${one},${two},v\n1,3,y\n2,1,z\n`)
      expect(await bench.sync('a.csv', dedup)).toMatchObject({
        status: 'succeeded',
        schemaChanges: [],
        tableRows: held(2),
      })
      expect(await names()).toEqual(given)
      // Whatever a name would be made of today: the table keeps the one it has.
      if (engine === 'DuckDB') return
      await bench.query(`alter table raw.s rename column "${given[1]}" to former`)
      await bench.query(
        `update _millrace.stream_state set names = jsonb_set(names::jsonb, '{${two}}', '"former"')::json, mode = jsonb_set(mode::jsonb, '{cursorField}', '["former"]')::json`,
      )
      await bench.write('a.csv', `${one},${two},v\n1,4,w\n`)
      expect(await bench.sync('a.csv', dedup)).toMatchObject({ status: 'succeeded', schemaChanges: [] })
      expect(await bench.query('select former, v from raw.s order by v')).toEqual([
        [4, 'w'],
        [1, 'z'],
      ])
    },
  )

  it.runIf(hasTables)('views over a table survive its replacement', async () => {
    await bench.write('a.csv', 'id,v\n1,x\n')
    await bench.sync('a.csv')
    await query('create view raw.readers as select id, v from raw.s')
    await bench.write('a.csv', 'id,v\n2,y\n3,z\n')
    expect(await bench.sync('a.csv')).toMatchObject({ status: 'succeeded', tableRows: held(2), recordsCommitted: 2 })
    expect(await query('select id, v from raw.readers order by id')).toEqual([
      [2, 'y'],
      [3, 'z'],
    ])
  })

  it.runIf(engine === 'PostgreSQL')(
    'says what keeps a table from being replaced, where its keys would not fit',
    async () => {
      const dedup = '{ sync_mode: full_refresh, destination_sync_mode: overwrite_dedup, primary_key: id }'
      await bench.write('a.json', '{"id": 1, "v": "x"}')
      await bench.sync('a.json', dedup)
      await query('create view raw.readers as select id, v from raw.s')
      await bench.write('a.json', '{"id": "2024-01-01", "v": "y"}')
      const { error } = await bench.sync('a.json', dedup)
      expect(error).toMatchObject({ code: 'KEY_UNFIT', hint: expect.stringContaining('Drop that view') })
      expect(await query('select id, v from raw.readers')).toEqual([[1, 'x']])
      await query('drop view raw.readers')
      expect(await bench.sync('a.json', dedup)).toMatchObject({ status: 'succeeded', tableRows: 1 })
    },
  )

  // Rows of a file are never replaced one by one.
  it.skipIf(isFiles)('the newest row of a key stays, also of a key that is empty', async () => {
    const dedup = '{ sync_mode: incremental, cursor_field: day, primary_key: [id, k] }'
    await bench.write('a.csv', 'id,k,day,v\n1,a,2024-01-01,a\n1,a,2024-01-02,b\n2,,2024-01-05,c\n3,c,2024-01-05,old\n')
    expect(await bench.sync('a.csv', dedup)).toMatchObject({ tableRows: held(3) })
    await bench.write(
      'a.csv',
      'id,k,day,v\n1,a,2024-01-03,z\n2,,2024-01-06,d\n3,c,2024-01-01,older\n4,d,2024-01-01,n\n',
    )
    await bench.sync('a.csv', dedup)
    expect(await query('select id, v from raw.s order by id')).toEqual([
      [1, 'z'],
      [2, 'd'],
      [3, 'old'],
      [4, 'n'],
    ])
  })

  it.runIf(hasTables)('without a cursor as well, a row that comes again as it is is no news', async () => {
    const properties = {
      id: { type: 'integer' },
      k: { type: 'string' },
      v: { type: 'string' },
      seen: { type: 'string', format: 'date-time' },
      j: {},
    }
    const streams = [{ name: 's', json_schema: { properties } }]
    const record = (data: object) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } })
    const sync = async (...rows: readonly object[]) =>
      (
        await bench.syncStreams(
          airbyte(streams, rows.map(record)),
          '{ s: { sync_mode: incremental, primary_key: [id, k] } }',
        )
      )[0]
    const one = { id: 1, k: 'a', v: 'x', seen: '2024-01-01T00:00:00Z', j: { n: [1, null, 0.1] } }
    const two = { id: 2, v: null, seen: '2024-01-02T00:00:00Z' }
    const three = { id: 3, k: 'a', v: 'z' }
    expect(await sync(one, two, three)).toMatchObject({ recordsCommitted: 3, isUnchanged: false })
    const before = await query('select id, cast(_airbyte_raw_id as varchar) from raw.s order by id')
    expect(await sync(two, one)).toMatchObject({ recordsCommitted: 0, isUnchanged: true, tableRows: 3 })
    expect(await query('select id, cast(_airbyte_raw_id as varchar) from raw.s order by id')).toEqual(before)
    const four = { id: 4, k: 'a' }
    const changed = [
      { ...two, v: 'there is one now' },
      { ...three, seen: '2024-01-03T00:00:00Z' },
    ]
    expect(await sync(...changed, one, four)).toMatchObject({ recordsCommitted: 3, isUnchanged: false, tableRows: 4 })
    expect(await query('select id, v, seen from raw.s order by id')).toEqual([
      [1, 'x', '2024-01-01T00:00:00Z'],
      [2, 'there is one now', '2024-01-02T00:00:00Z'],
      [3, 'z', '2024-01-03T00:00:00Z'],
      [4, null, null],
    ])
  })

  it.runIf(hasTables)('a table that no sync made is left as it is', async () => {
    await query('create schema raw')
    await query('create table raw.s (id int)')
    await bench.write('a.csv', 'id\n1\n')
    expect(await bench.sync('a.csv')).toMatchObject({ status: 'failed', error: { code: 'DESTINATION_TABLE_FOREIGN' } })
    expect(await query('select count(*) from raw.s')).toEqual([[0]])
  })

  it.runIf(hasTables)('rows and state are one: what the table refuses leaves both as they were', async () => {
    const byFile = '{ sync_mode: incremental }'
    await bench.write('a1.csv', 'id\n1\n')
    await bench.sync('a*.csv', byFile)
    await query('create unique index u on raw.s (id)')
    await bench.write('a2.csv', 'id\n2\n1\n')
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ error: { code: 'DESTINATION_WRITE_FAILED' } })
    expect(await ids()).toEqual([1])
    await query('drop index raw.u')
    expect(await bench.sync('a*.csv', byFile)).toMatchObject({ recordsCommitted: 2 })
    expect(await ids()).toEqual([1, 1, 2])
  })

  it.skipIf(isFiles).each([
    ['hard', '', [[1, 'a']]],
    [
      'soft',
      ', cdc_deletes: soft',
      [
        [1, 'a'],
        [2, null],
      ],
    ],
  ])('rows that were deleted in the source leave the table, or stay with the time: %s', async (_, setting, left) => {
    const properties = {
      id: { type: 'integer' },
      v: { type: 'string' },
      _ab_cdc_deleted_at: { type: 'string', format: 'date-time' },
    }
    const streams = [{ name: 's', json_schema: { properties } }]
    const record = (data: object) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } })
    const dedup = '{ s: { sync_mode: incremental, primary_key: id } }'
    // What stays is the connector's own matter.
    if (isProgram && setting !== '') return
    const destination = isProgram ? undefined : `{ schema: raw${setting} }`
    const first = [record({ id: 1, v: 'a' }), record({ id: 2, v: 'b' })]
    await bench.syncStreams(airbyte(streams, first), dedup, { destination })
    const second = [record({ id: 2, _ab_cdc_deleted_at: '2024-01-01T00:00:00Z' })]
    const [result] = await bench.syncStreams(airbyte(streams, second), dedup, { destination })
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 1, isUnchanged: false })
    expect(await query('select id, v from raw.s order by id')).toEqual(left)
  })

  // Rows of a file are never replaced one by one.
  it.skipIf(isFiles)(
    'a row that was deleted has only its key, and leaves the table all the same where a cursor orders the rows',
    async () => {
      const properties = { id: { type: 'integer' }, at: { type: 'string' }, _ab_cdc_deleted_at: { type: 'string' } }
      const streams = [{ name: 's', json_schema: { properties } }]
      const record = (data: object) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } })
      const dedup = '{ s: { sync_mode: incremental, primary_key: id, cursor_field: at } }'
      const deleted = (id: number) => record({ id, _ab_cdc_deleted_at: '2024-01-01T00:00:00Z' })
      await bench.syncStreams(airbyte(streams, [record({ id: 1, at: 'a' }), record({ id: 2, at: 'b' })]), dedup)
      await bench.syncStreams(
        airbyte(streams, [deleted(1), record({ id: 3, at: 'c' }), deleted(3), record({ id: 4, at: 'd' })]),
        dedup,
      )
      expect(await ids()).toEqual([2, 4])
    },
  )
})
