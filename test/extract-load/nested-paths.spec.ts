import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb, openPostgres } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { SyncBench } from '../support/sync-bench.js'

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

const server = postgresOfFile()

let bench: SyncBench
afterEach(() => bench.close())

interface Nested {
  readonly user: { readonly id?: unknown; readonly at?: string | null; readonly 'a/b'?: number }
  readonly v: string
}

const declared = {
  user: {
    type: ['null', 'object'],
    properties: {
      id: { type: 'integer' },
      at: { anyOf: [{ type: 'null' }, { type: 'string', format: 'date-time' }] },
      'a/b': { type: 'integer' },
    },
  },
  v: { type: 'string' },
}
const airbyteOf = (records: readonly object[], properties: object = declared, more: object = {}) => {
  const script = records.map((data) => ({ type: 'RECORD', record: { stream: 's', data, emitted_at: 1 } }))
  const streams = [
    { name: 's', json_schema: { properties }, supported_sync_modes: ['full_refresh', 'incremental'], ...more },
  ]
  const config = JSON.stringify({ streams, script, seen: bench.path('seen') })
  return `{ connector: airbyte, config: { command: [node, '${program}'], config: ${config} } }`
}
const files = '{ connector: file, config: { streams: [ { name: s, path: "s*.jsonl" } ] } }'

/** Records of a stream `s` from both kinds of source that have nested data. */
const sources = {
  async airbyte(records: readonly Nested[]) {
    return airbyteOf(records)
  },
  async file(records: readonly Nested[]) {
    await bench.write('s.jsonl', records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    return files
  },
}

const first: readonly Nested[] = [
  { user: { id: 9, at: '2024-01-09T00:00:00.5Z' }, v: 'late' },
  { user: { id: 9, at: '2024-01-09T00:00:00Z' }, v: 'early' },
  { user: { id: 10, at: '2024-01-01T00:00:00Z' }, v: 'ten' },
]

describe.each([
  ['DuckDB', () => openDuckDb({ path: ':memory:' }), '{ schema: raw }'],
  ['PostgreSQL', async () => openPostgres(await server.database()), '{ schema: raw }'],
] as const)('into %s', (_, open, destination) => {
  beforeEach(async () => {
    bench = await SyncBench.open(open, destination)
  })

  describe.each(Object.entries(sources))('from a source of kind %s', (_kind, holding) => {
    const keyed =
      '{ s: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [[user, id]], cursor_field: [user, at] } }'
    const held = () => bench.query('select "user.id", v from raw.s order by 1')

    it('rows are told apart and put in order by what lies in them', async () => {
      const [result] = await bench.syncStreams(await holding(first), keyed)
      expect(result).toMatchObject({ status: 'succeeded', tableRows: 2 })
      // In the order of times, which that of their letters is not.
      expect(await held()).toEqual([
        [9, 'late'],
        [10, 'ten'],
      ])
      const later: readonly Nested[] = [
        { user: { id: 9, at: '2024-01-08T00:00:00Z' }, v: 'older than what is there' },
        { user: { id: 10, at: '2024-01-02T00:00:00+02:00' }, v: 'newer' },
        { user: { id: 11, at: null }, v: 'new' },
      ]
      expect((await bench.syncStreams(await holding(later), keyed))[0]).toMatchObject({
        status: 'succeeded',
        tableRows: 3,
        schemaChanges: [],
      })
      expect(await held()).toEqual([
        [9, 'late'],
        [10, 'newer'],
        [11, 'new'],
      ])
      expect((await bench.query('select cast("user" as varchar) from raw.s where "user.id" = 11'))[0]?.[0]).toContain(
        '"id"',
      )
    })

    it('the field that a path leads into is enough to select, and the path is no change of the source', async () => {
      const settings = (key: string) =>
        `{ s: { destination_sync_mode: overwrite_dedup, primary_key: ${key}, fields: [user] } }\nschema_changes: pause`
      await bench.syncStreams(await holding(first), settings('[user]'))
      const [result] = await bench.syncStreams(await holding(first), settings('[[user, id]]'))
      expect(result).toMatchObject({ status: 'succeeded', tableRows: 2 })
      const columns = await bench.warehouse.columns({ schema: 'raw', identifier: 's' })
      expect(columns.map(({ name }) => name).filter((name) => !name.startsWith('_'))).toEqual(['user', 'user.id'])
    })

    it('keys of any letters are found', async () => {
      const records: readonly Nested[] = [1, 1, 2].map((n) => ({ user: { 'a/b': n }, v: 'x' }))
      const settings = "{ s: { destination_sync_mode: overwrite_dedup, primary_key: [[user, 'a/b']] } }"
      expect((await bench.syncStreams(await holding(records), settings))[0]).toMatchObject({ tableRows: 2 })
    })
  })
})

describe('in DuckDB', () => {
  beforeEach(async () => {
    bench = await SyncBench.open()
  })

  it('records that need to be written plainly are told apart to the last digit', async () => {
    const properties = { k: { type: 'object' }, v: { type: 'number' } }
    const raw = (n: string) => ({
      raw: `{"type":"RECORD","record":{"stream":"s","data":{"k":{"n":${n}},"v":0.12345678901234567891},"emitted_at":1}}`,
    })
    const streams = [{ name: 's', json_schema: { properties } }]
    const config = JSON.stringify({
      streams,
      script: ['0.12345678901234567891', '0.12345678901234567892', '12345678901234567890123'].map(raw),
    })
    const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${config} } }`
    const settings = '{ s: { destination_sync_mode: overwrite_dedup, primary_key: [[k, n]] } }'
    expect((await bench.syncStreams(source, settings))[0]).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect((await bench.query('select "k.n" from raw.s order by 1')).flat()).toEqual([
      '0.12345678901234567891',
      '0.12345678901234567892',
      '12345678901234567890123',
    ])
  })

  it('an Airbyte connector is asked with the paths as they are', async () => {
    const settings = '{ s: { sync_mode: incremental, primary_key: [[user, id]], cursor_field: [user, at] } }'
    await bench.syncStreams(airbyteOf(first), settings)
    const seen = (await import('node:fs/promises')).readFile(bench.path('seen'), 'utf8')
    const read = (await seen)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { verb: string; catalog?: string })
      .find(({ verb }) => verb === 'read')
    expect(JSON.parse(read?.catalog ?? '').streams[0]).toMatchObject({
      cursor_field: ['user', 'at'],
      primary_key: [['user', 'id']],
    })
  })

  it('a cursor reads on from what lies in a file', async () => {
    const settings = '{ s: { sync_mode: incremental, cursor_field: [user, at] } }'
    await bench.syncStreams(await sources.file(first), settings)
    const more: readonly Nested[] = [...first, { user: { id: 9, at: '2024-01-09T00:00:00.5Z' }, v: 'a tie' }]
    expect((await bench.syncStreams(await sources.file(more), settings))[0]).toMatchObject({ recordsCommitted: 1 })
    expect((await bench.syncStreams(await sources.file(more), settings))[0]).toMatchObject({ recordsCommitted: 0 })
  })

  it('structs of Parquet have paths too', async () => {
    await bench.parquet(
      's.parquet',
      "select {'id': i % 2, 'more': {'at': date '2024-01-01' + i::int}} as u from range(4) t(i)",
    )
    const source = '{ connector: file, config: { streams: [ { name: s, path: s.parquet } ] } }'
    const settings =
      '{ s: { destination_sync_mode: overwrite_dedup, primary_key: [[u, id]], cursor_field: [u, more, at] } }'
    expect((await bench.syncStreams(source, settings))[0]).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select "u.id", cast("u.more.at" as varchar) from raw.s order by 1')).toEqual([
      [0, '2024-01-03'],
      [1, '2024-01-04'],
    ])
  })

  it.each([
    ['leads nowhere', '[[user, nr]]', declared, 'leads nowhere'],
    ['leads into what holds no nested data', '[[v, id]]', declared, 'leads nowhere'],
    ['has the name of another field', '[[user, id]]', { ...declared, 'user.id': { type: 'string' } }, 'another field'],
  ])('a key that %s is refused', async (_, key, properties, why) => {
    const settings = `{ s: { destination_sync_mode: overwrite_dedup, primary_key: ${key} } }`
    expect((await bench.syncStreams(airbyteOf(first, properties), settings))[0]).toMatchObject({
      status: 'failed',
      error: { code: 'CURSOR_INVALID', message: expect.stringContaining(why), at: { file: 'el/c.yaml', line: 4 } },
    })
  })

  it('a cursor needs a type, which a key does not', async () => {
    const properties = { user: { type: 'object' }, v: { type: 'string' } }
    const failed = await bench.syncStreams(
      airbyteOf(first, properties),
      '{ s: { sync_mode: incremental, cursor_field: [user, at] } }',
    )
    expect(failed[0]?.error).toMatchObject({ code: 'CURSOR_INVALID', message: expect.stringContaining('no order') })
    const settings = '{ s: { destination_sync_mode: overwrite_dedup, primary_key: [[user, id]] } }'
    expect((await bench.syncStreams(airbyteOf(first, properties), settings))[0]).toMatchObject({ tableRows: 2 })
  })

  it('a file whose field is none, or that has no nested data, is told', async () => {
    const settings = '{ s: { destination_sync_mode: overwrite_dedup, primary_key: [[who, id]] } }'
    expect((await bench.syncStreams(await sources.file(first), settings))[0]?.error).toMatchObject({
      code: 'CURSOR_INVALID',
      message: expect.stringContaining('`who.id`'),
    })
    await bench.write('s.jsonl', '{"who": 1, "who.id": 2}\n')
    expect((await bench.syncStreams(files, settings))[0]?.error).toMatchObject({
      code: 'CURSOR_INVALID',
      message: expect.stringContaining('another field'),
    })
  })

  it.each([
    ['postgres', 'host: h, database: d, username: u', 'primary_key: [[user, id]]', '`primary_key`'],
    [
      'mysql',
      'host: h, database: d, username: u',
      'sync_mode: incremental, cursor_field: [user, id]',
      '`cursor_field`',
    ],
    ['faker', 'count: 1', 'primary_key: [[user, id]]', '`primary_key`'],
  ])('a table has columns only: %s', async (connector, config, settings, text) => {
    const name = connector === 'faker' ? 'users' : 's'
    await expect(
      bench.syncStreams(`{ connector: ${connector}, config: { ${config} } }`, `{ ${name}: { ${settings} } }`),
    ).rejects.toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining(text),
      at: { file: 'el/c.yaml', line: 4 },
    })
  })

  it('what is hashed does not come in clear beside it', async () => {
    const settings = '{ s: { primary_key: [[user, id]], mappers: [ { type: hashing, field: user } ] } }'
    await expect(bench.syncStreams(airbyteOf(first), settings)).rejects.toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('`user.id`'),
    })
  })
})
