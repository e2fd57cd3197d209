import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import { openDuckDb, openPostgres } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { airbyte, integer, number, text } from '../support/scripted-airbyte.js'
import { withDatabase } from '../support/source-database.js'
import { SyncBench } from '../support/sync-bench.js'

/** What sources should not send, and do: it ends in exact rows, or in an error that says what is wrong. */
const patienceMs = 300_000

const server = postgresOfFile()

let bench: SyncBench
afterEach(() => bench.close())

const replaced = '{ s: {} }'
const keyed = '{ s: { sync_mode: incremental, primary_key: id } }'
const appended = '{ s: { sync_mode: incremental } }'
const onlyLater =
  ', mappers: [ { type: row-filtering, where: { not: { field: id, equal: 1 } } }, { type: field-renaming, field: rowid, to: place } ]'
const sync = async (source: string, streams = replaced, more: Parameters<SyncBench['syncStreams']>[2] = {}) =>
  (await bench.syncStreams(source, streams, more))[0]
const rows = (columns: string) => bench.query(`select ${columns} from raw.s order by 1`)
const columns = async () =>
  (await bench.warehouse.columns({ schema: 'raw', identifier: 's' }))
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('_airbyte'))
const succeeded = { status: 'succeeded' }

describe.each([
  ['DuckDB', () => openDuckDb({ path: ':memory:' })],
  ['PostgreSQL', async () => openPostgres(await server.database())],
] as const)('into %s', (engine, open) => {
  const isDuckDb = engine === 'DuckDB'
  beforeEach(async () => {
    bench = await SyncBench.open(open)
  })

  it('numbers are exact, whatever their length', async () => {
    const digits40 = '1234567890123456789012345678901234567890'
    const decimal40 = '123456789012345678901234567890.1234567890'
    const values = 'cast(i as varchar), cast(n as varchar), cast(d as varchar)'
    const lines = [
      `{"i":9223372036854775808,"n":9223372036854775807,"d":${decimal40}}`,
      `{"i":-9223372036854775809,"n":0.1,"d":${digits40}}`,
    ]
    expect(await sync(airbyte({ i: integer, n: number, d: number }, lines))).toMatchObject(succeeded)
    expect(await rows(values)).toEqual([
      ['-9223372036854775809', '0.1', digits40],
      ['9223372036854775808', '9223372036854775807.0', decimal40],
    ])
    await withDatabase(
      server,
      `create table s (i numeric, n numeric(20, 1), d numeric); insert into s values (9223372036854775808, 9223372036854775807, ${decimal40}), (-9223372036854775809, 0.1, ${digits40})`,
      async (database) => {
        expect(await sync(database.source())).toMatchObject(succeeded)
        expect(await rows(values)).toEqual([
          ['-9223372036854775809', '0.1', digits40],
          ['9223372036854775808', '9223372036854775807.0', decimal40],
        ])
      },
    )
  })

  it('texts with NUL, half pairs and ten megabytes', async () => {
    const large = 'ü'.repeat(5_000_000)
    const lines = [
      String.raw`{"id":1,"v":"a\u0000b","o":{"x":"\u0000","\u0000":1}}`,
      String.raw`{"id":2,"v":"\ud800","o":["\udc00"]}`,
      `{"id":3,"v":"${large}","o":{"x":"${large}"}}`,
    ]
    const source = airbyte({ id: integer, v: text, o: { type: 'object' } }, lines)
    for (const _ of [1, 2]) expect(await sync(source, keyed)).toMatchObject({ ...succeeded, tableRows: 3 })
    const held = await rows('id, left(v, 3), length(v)')
    expect(held).toEqual([
      [1, isDuckDb ? 'a\0b' : 'ab', isDuckDb ? 3 : 2],
      [2, '\ufffd', 1],
      [3, 'üüü', 5_000_000],
    ])
    await withDatabase(
      server,
      `create table s (id int, v text); insert into s values (1, repeat('ü', 5000000))`,
      async (database) => {
        expect(await sync(database.source())).toMatchObject(succeeded)
        expect(await rows('id, length(v)')).toEqual([[1, 5_000_000]])
      },
    )
  })

  it('fields may have any name', async () => {
    const own = [
      'rowid',
      'ROWID_2',
      'ctid',
      'XMIN',
      'xmax',
      'cmin',
      'cmax',
      'tableoid',
      'oid',
      'user',
      'current_date',
      'select',
      'true',
    ]
    const odd = [
      '',
      ' ',
      '.',
      'a.b',
      'a"b',
      "a'b",
      'a\nb',
      '\\',
      '💥',
      'a\0b',
      '\0',
      'x'.repeat(1000),
      `${'x'.repeat(1000)}y`,
    ]
    const names = [...own, ...odd]
    const line = (id: number, mark: string) =>
      JSON.stringify({ id, ...Object.fromEntries(names.map((name, i) => [name, `${mark}${i}`])) })
    const fields = { id: integer, ...Object.fromEntries(names.map((name) => [name, text])) }
    await sync(airbyte(fields, [line(1, 'z'), line(1, 'a'), line(2, 'b')]), keyed)
    expect(await sync(airbyte(fields, [line(2, 'c')]), keyed)).toMatchObject({ ...succeeded, schemaChanges: [] })
    const all = (await columns()).map((name) => `"${name.replaceAll('"', '""')}"`)
    expect(all).toHaveLength(names.length + 1)
    expect(await rows(all.join(', '))).toEqual(
      [1, 2].map((id) => [id, ...names.map((_, i) => `${id === 1 ? 'a' : 'c'}${i}`)]),
    )
  })

  it.each([
    ['', '', [1, 2, 3]],
    [', and whatever mappers leave', onlyLater, [2, 3]],
  ])('a load that was broken off goes on by its own places, whatever a field is called%s', async (_, mappers, ids) => {
    const appended = `{ s: { sync_mode: incremental${mappers} } }`
    const state =
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"n":1}}}}'
    const fields = { id: integer, rowid: integer }
    const broken = ['{"id":1,"rowid":5}', '{"id":2,"rowid":99}', state, '{"id":3,"rowid":0}']
    expect(await sync(airbyte(fields, broken, { exit: 1 }), appended)).toMatchObject({ status: 'failed' })
    // A PostgreSQL warehouse keeps nothing of it, and reads it anew.
    const rest = isDuckDb ? ['{"id":3,"rowid":0}'] : broken
    expect(await sync(airbyte(fields, rest), appended)).toMatchObject({ ...succeeded, tableRows: ids.length })
    expect((await rows('id')).flat()).toEqual(ids)
  })

  it('names that are one but for their case are told apart, in a database too', async () => {
    const fields = { id: integer, v: text, V: text, V_1: text }
    await sync(airbyte(fields, ['{"id":1,"v":"a","V":"b","V_1":"c"}']), keyed)
    expect(await columns()).toEqual(['id', 'v', 'V_2', 'V_1'])
    expect(await rows('id, v, "V_2", "V_1"')).toEqual([[1, 'a', 'b', 'c']])
    await withDatabase(
      server,
      `create table s ("Id" int, "ID" int, id int, "rowid" int); insert into s values (1, 2, 3, 4)`,
      async (database) => {
        expect(await sync(database.source())).toMatchObject(succeeded)
        const names = (await columns()).map((name) => `"${name}"`)
        expect(await rows(names.join(', '))).toEqual([[1, 2, 3, 4]])
      },
    )
  })

  it(
    'a table may be as wide as its warehouse lets it be; what is wider is refused with what to do',
    async () => {
      const wide = (width: number) => Object.fromEntries(Array.from({ length: width }, (_, i) => [`c${i}`, text]))
      const source = (width: number) => airbyte(wide(width), [`{"c0":"first","c${width - 1}":"last"}`])
      expect(await sync(source(1596))).toMatchObject({ ...succeeded, tableRows: 1 })
      expect(await rows('c0, c1595, c7')).toEqual([['first', 'last', null]])
      const wider = await sync(source(1600))
      if (isDuckDb) expect(wider).toMatchObject(succeeded)
      else {
        expect(wider?.error).toMatchObject({
          code: 'DESTINATION_WRITE_FAILED',
          hint: expect.stringContaining('`fields`'),
        })
        expect(await rows('c1595')).toEqual([['last']])
      }
    },
    patienceMs,
  )

  it('nothing at all: no rows, and no columns', async () => {
    expect(await sync(airbyte({ id: integer, v: text }, []), keyed)).toMatchObject({ ...succeeded, tableRows: 0 })
    expect(await columns()).toEqual(['id', 'v'])
    expect(await sync(airbyte({}, ['{"x":1}', '{}']))).toMatchObject({ ...succeeded, tableRows: 2 })
    expect(await columns()).toEqual([])
    await withDatabase(server, 'create table s (id int primary key, v text)', async (database) => {
      const settings = '{ s: { sync_mode: incremental, primary_key: id, cursor_field: id } }'
      for (const _ of [1, 2])
        expect(await sync(database.source(), settings, { fullRefresh: _ === 1 })).toMatchObject({
          ...succeeded,
          tableRows: 0,
        })
      await database.run("insert into s values (1, 'a')")
      expect(await sync(database.source(), settings)).toMatchObject({ ...succeeded, tableRows: 1 })
    })
  })

  it('a key without a value is a key', async () => {
    const settings = '{ s: { sync_mode: incremental, primary_key: [a, b] } }'
    const fields = { a: integer, b: integer, v: text }
    await sync(
      airbyte(fields, ['{"a":null,"b":1,"v":"x"}', '{"b":1,"v":"y"}', '{"a":1,"v":"z"}', '{"v":"n"}']),
      settings,
    )
    expect(await rows('v, a, b')).toEqual([
      ['n', null, null],
      ['y', null, 1],
      ['z', 1, null],
    ])
    expect(await sync(airbyte(fields, ['{"b":1,"v":"w"}', '{"v":"m"}']), settings)).toMatchObject({ tableRows: 3 })
    expect((await rows('v')).flat()).toEqual(['m', 'w', 'z'])
  })

  it('values that become something else on the way are NULL with a note, and a column that does follows', async () => {
    const lines = [
      '{"id":1,"n":1,"d":"2024-01-01"}',
      '{"id":2,"n":"two","d":5}',
      '{"id":3,"n":{"x":1},"d":[]}',
      '{"id":4,"n":1e3,"d":"0000-00-00"}',
    ]
    await sync(airbyte({ id: integer, n: integer, d: { type: 'string', format: 'date' } }, lines), keyed)
    const held = await rows('id, n, d, cast(_airbyte_meta as varchar)')
    expect(
      held.map(([, n, d, meta]) => [
        n,
        d,
        JSON.parse(String(meta)).changes.map(({ field }: { field: string }) => field),
      ]),
    ).toEqual([
      [1, '2024-01-01', []],
      [null, null, ['n', 'd']],
      [null, null, ['n', 'd']],
      [1000, null, ['d']],
    ])
    await withDatabase(
      server,
      'create table s (id int primary key, v int); insert into s values (1, 7)',
      async (database) => {
        const settings = '{ s: { sync_mode: incremental, primary_key: id, cursor_field: id } }'
        await sync(database.source(), settings, { fullRefresh: true })
        await database.run("alter table s alter v type text using 'old ' || v; insert into s values (2, 'new')")
        expect(await sync(database.source(), settings)).toMatchObject({
          ...succeeded,
          schemaChanges: [{ kind: 'type_changed', column: 'v' }],
        })
        expect(await rows('id, v')).toEqual([
          [1, 'old 7'],
          [2, 'new'],
        ])
      },
    )
  })

  it('records may be of any time, as long as it is a number', async () => {
    const line = (at: string) => `{"type":"RECORD","record":{"stream":"s","data":{"id":1},"emitted_at":${at}}}`
    const times = ['-1', '1.5', '9223372036854775807', '-9223372036854775808', '1e300', 'null']
    expect(await sync(airbyte({ id: integer }, times.map(line)))).toMatchObject({
      ...succeeded,
      tableRows: times.length,
    })
    expect((await sync(airbyte({ id: integer }, [line('"now"')])))?.error).toMatchObject({
      code: 'SOURCE_PROTOCOL_BROKEN',
    })
  })

  it.each(['2', '-1', '9223372036854775808'])('a source that counts %s where it sent one is stopped', async (count) => {
    const state = `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{}},"sourceStats":{"recordCount":${count}}}}`
    await sync(airbyte({ id: integer }, ['{"id":1}']), appended)
    expect(await sync(airbyte({ id: integer }, ['{"id":2}', state]), appended)).toMatchObject({
      error: { code: 'SOURCE_COUNT_WRONG' },
    })
    expect((await rows('id')).flat()).toEqual([1])
  })

  it('a clock that goes back puts nothing in another order', async () => {
    const at = (time: string) => ({ clock: { ...systemClock, now: () => new Date(time) } })
    await bench.write('s1.csv', 'id,v\n1,a\n2,b\n')
    const settings = '{ sync_mode: incremental, primary_key: id }'
    await bench.sync('s*.csv', settings, at('2030-01-01T00:00:00Z'))
    await bench.write('s2.csv', 'id,v\n1,newer\n')
    expect(await bench.sync('s*.csv', settings, at('2020-01-01T00:00:00Z'))).toMatchObject({
      recordsCommitted: 1,
      tableRows: 2,
    })
    expect(await rows('id, v')).toEqual([
      [1, 'newer'],
      [2, 'b'],
    ])
    expect(await bench.sync('s*.csv', settings, at('2025-01-01T00:00:00Z'))).toMatchObject({ recordsCommitted: 0 })
  })

  it('a right to read that is taken away stops the stream, and given back lets it go on', async () => {
    await withDatabase(
      server,
      "create table s (id int primary key, v text); insert into s values (1, 'a')",
      async (database) => {
        const role = await database.role()
        const settings = '{ s: { sync_mode: incremental, primary_key: id, cursor_field: id } }'
        const allow = `grant select on s to ${role.user}`
        await database.run(allow)
        expect(await sync(database.source(role), settings)).toMatchObject(succeeded)
        await database.run(`revoke select on s from ${role.user}; insert into s values (2, 'b')`)
        expect((await sync(database.source(role), settings))?.error).toMatchObject({
          code: 'STREAM_NOT_FOUND',
          message: expect.stringContaining(`${role.user} may read`),
        })
        await database.run(`alter role ${role.user} nologin`)
        expect((await sync(database.source(role), settings))?.error).toMatchObject({ code: 'SOURCE_REFUSED' })
        await database.run(`alter role ${role.user} login; ${allow}`)
        expect(await sync(database.source(role), settings)).toMatchObject({
          ...succeeded,
          recordsCommitted: 1,
          tableRows: 2,
        })
      },
    )
  })
})
