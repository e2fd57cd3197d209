import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redact } from '../../base/index.js'
import type { Connection } from '../contract.js'
import { readConnections } from './read-connections.js'
import { connectionStreams } from './schema/streams.js'
import { checkConnection } from './verbs.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-connections-'))
})
afterEach(() => rm(dir, { recursive: true }))

const good = `name: c
source:
  connector: file
  config:
    streams:
      - { name: s, path: x.csv }
destination: { schema: raw }
`
async function read(yaml: string, env: Record<string, string> = {}) {
  await writeFile(join(dir, 'c.yaml'), yaml)
  return readConnections(dir, dir, { env })
}

const rsaKey = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'der', type: 'spki' }).toString('hex')

it('takes a schedule of several expressions, and not of none', async () => {
  const crons = (cron: string) => read(`${good}streams: { s: {} }\nschedule: { cron: ${cron} }\n`)
  expect((await crons("['0 5 * * *', '0 17 * * 1-5']")).connections[0]?.schedule).toMatchObject({
    cron: ['0 5 * * *', '0 17 * * 1-5'],
    timezone: 'UTC',
  })
  expect((await crons('[]')).problems).toMatchObject([{ code: 'CONNECTION_INVALID' }])
})

it('fills in what is left out', async () => {
  expect(
    (await read(`${good}streams: { s: { primary_key: id, sync_mode: incremental } }\n`)).connections,
  ).toMatchObject([
    {
      destination: { connector: 'warehouse', schema: 'raw', prefix: '' },
      streams: [{ name: 's', syncMode: 'incremental', destinationSyncMode: 'append_dedup', primaryKey: [['id']] }],
    },
  ])
})

it('takes values from the environment', async () => {
  const { connections } = await read(good.replace('schema: raw', "schema: '${SCHEMA}'"), { SCHEMA: 'landing' })
  expect(connections[0]?.destination.schema).toBe('landing')
})

it('a connection that lacks a secret is told with its streams, unless nobody knows where they would be', async () => {
  const shop =
    "name: c\nsource: { connector: postgres, config: { host: h, database: d, username: u, password: '${PW}' } }\ndestination: { schema: raw }\nstreams: { o: {} }\n"
  expect(await read(shop)).toMatchObject({
    connections: [],
    waiting: [{ connection: { name: 'c', streams: [{ name: 'o' }] }, error: { code: 'ENV_MISSING' } }],
    problems: [{ code: 'ENV_MISSING', data: { variables: ['PW'] } }],
  })
  expect(redact('write ${PW}')).toBe('write ${PW}')
  expect((await read(shop.replace('schema: raw', "schema: '${SCHEMA}'"))).waiting).toEqual([])
  expect((await read(shop, { PW: 'x-5iej' })).waiting).toEqual([])
})

it('a connection may take whatever streams its source has', async () => {
  const every =
    'name: c\nsource: { connector: postgres, config: { host: h, database: d, username: u } }\ndestination: { schema: raw }\n'
  await writeFile(join(dir, 'c.yaml'), every)
  expect((await readConnections(dir, dir, { env: {} })).problems).toMatchObject([
    { code: 'CONNECTION_INVALID', hint: expect.stringContaining('schema_changes: propagate_fully') },
  ])
  await writeFile(join(dir, 'c.yaml'), `${every}schema_changes: propagate_fully\n`)
  const found = { env: {}, foundStreams: (name: string) => (name === 'c' ? ['o', 'p'] : []) }
  expect((await readConnections(dir, dir, found)).connections).toMatchObject([
    {
      followsStreams: true,
      streams: [{ name: 'o', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }, { name: 'p' }],
    },
  ])
  await writeFile(join(dir, 'c.yaml'), `${every}schema_changes: propagate_fully\nstreams: { o: {} }\n`)
  expect((await readConnections(dir, dir, found)).connections).toMatchObject([
    { followsStreams: false, streams: [{ name: 'o' }] },
  ])
})

describe('a stream goes to the table', () => {
  const postgres = (schemas: string, destination: string, streams: string) =>
    `name: c\nsource: { connector: postgres, config: { host: h, database: d, username: u, schemas: ${schemas} } }\ndestination: ${destination}\nstreams: ${streams}\n`
  const long = 'x'.repeat(80)
  it.each([
    ['of its name', '[public]', '{ schema: raw, prefix: p_ }', '{ o: {} }', ['raw.p_o']],
    [
      'that it names itself',
      '[public]',
      '{ schema: raw, prefix: p_ }',
      '{ o: { table: q, schema: other } }',
      ['other.q'],
    ],
    ['in the schema of its source', '[public]', "{ schema: '${SOURCE_NAMESPACE}' }", '{ o: {} }', ['public.o']],
    [
      'in a schema that is called after that of its source, and there by its name alone',
      '[a, b]',
      "{ schema: 'raw_${SOURCE_NAMESPACE}', prefix: p_ }",
      '{ a.o: {}, b.o: {} }',
      ['raw_a.p_o', 'raw_b.p_o'],
    ],
    ['of its whole name where schemas are not told apart', '[a, b]', '{ schema: raw }', '{ a.o: {} }', ['raw.a.o']],
    [
      'in another schema of its own',
      '[a, b]',
      "{ schema: '${SOURCE_NAMESPACE}' }",
      "{ a.o: { schema: 'x_${SOURCE_NAMESPACE}' } }",
      ['x_a.o'],
    ],
    [
      'of a name that is not too long',
      '[public]',
      '{ schema: raw }',
      `{ ${long}1: {}, ${long}2: {} }`,
      [
        'raw.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_c7bba8fb',
        'raw.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_4909ac8b',
      ],
    ],
  ])('%s', async (_, schemas, destination, streams, tables) => {
    const { connections, problems } = await read(postgres(schemas, destination, streams), { SOURCE_NAMESPACE: 'no' })
    expect(problems).toEqual([])
    expect(connectionStreams(connections[0] as Connection).map(({ schema, table }) => `${schema}.${table}`)).toEqual(
      tables,
    )
  })
})

it('a file that is not there is shown at the line of its path', async () => {
  const { connections } = await read(good)
  const { error } = await checkConnection({ connection: connections[0] as Connection, projectDir: dir })
  expect(error).toMatchObject({ code: 'SOURCE_FILE_NOT_FOUND', at: { file: 'c.yaml', line: 6 } })
})

describe('a mistake is shown with its line', () => {
  it.each([
    ['an unknown setting', good.replace('name: c', 'name: c\nsorce: x'), 2, 'sorce'],
    ['an unknown source', good.replace('connector: file', 'connector: fiel'), 3, 'fiel'],
    ['an unknown destination', good.replace('schema: raw', 'schema: raw, connector: lake'), 7, 'lake'],
    ['a wrong setting of the connector', good.replace('path: x.csv', 'path: x.csv, format: xls'), 6, 'format'],
    ['two streams of one name', good.replace('x.csv }', 'x.csv }\n      - { name: S, path: y.csv }'), 7, 'two streams'],
    ['a stream that the source does not have', `${good}streams: { t: {} }\n`, 8, '`t`'],
    [
      'a selection without the key',
      `${good}streams:\n  s:\n    fields: [a]\n    primary_key: [a, b]\n`,
      10,
      'lacks `b`',
    ],
    ['a selection without the cursor', `${good}streams:\n  s: { cursor_field: c, fields: [a] }\n`, 9, 'lacks `c`'],
    [
      'two streams of one table',
      `${good.replace('x.csv }', 'x.csv }\n      - { name: t, path: y.csv }')}streams:\n  s: {}\n  t: { table: S }\n`,
      11,
      'The streams `s` and `t` would both be loaded into raw.S.',
    ],
    ['a table of too long a name', `${good}streams:\n  s: { table: ${'x'.repeat(64)} }\n`, 9, 'more than 63 bytes'],
    [
      'a namespace that only the source knows',
      good.replace('raw', "'${SOURCE_NAMESPACE}'"),
      7,
      '`s` lies is not known without asking its source',
    ],
    [
      'a mapper that there is not',
      `${good}streams:\n  s:\n    mappers:\n      - { type: hash, field: a }\n`,
      11,
      'streams.s.mappers.0.type',
    ],
    [
      'an unknown setting of a mapper',
      `${good}streams:\n  s:\n    mappers:\n      - { type: hashing, field: a, methd: MD5 }\n`,
      11,
      '`methd` is not a setting',
    ],
    [
      'a condition that is none',
      `${good}streams:\n  s:\n    mappers:\n      - { type: row-filtering, where: { field: a, equals: 1 } }\n`,
      11,
      'is no condition',
    ],
    [
      'a field with two mappers',
      `${good}streams:\n  s:\n    mappers:\n      - { type: hashing, field: a }\n      - { type: field-filtering, field: A }\n`,
      12,
      '`A` has a mapper already (hashing)',
    ],
    [
      'a cursor that is hashed',
      `${good}streams:\n  s:\n    cursor_field: a\n    mappers:\n      - { type: hashing, field: a }\n`,
      12,
      'is the cursor',
    ],
    [
      'a key that is left out',
      `${good}streams:\n  s:\n    primary_key: a\n    mappers:\n      - { type: field-filtering, field: a }\n`,
      12,
      'is part of the primary key',
    ],
    [
      'two new names that are one',
      `${good}streams:\n  s:\n    mappers:\n      - { type: field-renaming, field: a, to: c }\n      - { type: field-renaming, field: b, to: C }\n`,
      12,
      'is the new name of another field already',
    ],
    [
      'a mapper of a field that is not selected',
      `${good}streams:\n  s:\n    fields: [a]\n    mappers:\n      - { type: hashing, field: b }\n`,
      10,
      'lacks `b`, which is used by a mapper',
    ],
    [
      'RSA without a public key',
      `${good}streams:\n  s:\n    mappers:\n      - { type: encryption, field: a, algorithm: RSA }\n`,
      11,
      'is needed: the public key',
    ],
    [
      'a key of AES for RSA',
      `${good}streams:\n  s:\n    mappers:\n      - { type: encryption, field: a, algorithm: RSA, public_key: ${rsaKey(2048)}, key: '\${K}' }\n`,
      11,
      'belongs to `algorithm: AES`',
    ],
    [
      'a padding of RSA for AES',
      `${good}streams:\n  s:\n    mappers:\n      - { type: encryption, field: a, key: '\${K}', padding: OAEP }\n`,
      11,
      'belongs to `algorithm: RSA`',
    ],
    [
      'a public key that is too short',
      `${good}streams:\n  s:\n    mappers:\n      - { type: encryption, field: a, algorithm: RSA, public_key: ${rsaKey(1024)} }\n`,
      11,
      'has 1024 bits',
    ],
    [
      'a key that is encrypted by RSA',
      `${good}streams:\n  s:\n    primary_key: a\n    mappers:\n      - { type: encryption, field: a, algorithm: RSA, public_key: ${rsaKey(2048)} }\n`,
      12,
      'equal values must stay equal',
    ],
    [
      'RSA where rows are known by their values',
      `${good}streams:\n  s:\n    sync_mode: incremental\n    cursor_field: a\n    mappers:\n      - { type: encryption, field: b, algorithm: RSA, public_key: ${rsaKey(2048)} }\n`,
      13,
      'known by their values',
    ],
    ['dedup without a key', `${good}streams:\n  s: { destination_sync_mode: append_dedup }\n`, 9, 'primary_key'],
  ])('%s', async (_, yaml, line, text) => {
    const { connections, problems } = await read(yaml, { K: '0'.repeat(64) })
    expect(connections).toEqual([])
    expect(problems).toMatchObject([{ at: { file: 'c.yaml', line }, message: expect.stringContaining(text) }])
  })
})

describe('a typing error is shown in its lines, with what was meant', () => {
  it.each([
    [
      'a key of a stream',
      `${good}streams:\n  s: { sync_mod: incremental }\n`,
      '`sync_mod` is not a setting of `streams.s`.',
      "Did you mean 'sync_mode'?",
      '>  9 |   s: { sync_mod',
    ],
    [
      'a key that must be there',
      good.replace('name: c', 'nmae: c'),
      '`nmae` is not a setting.',
      "Did you mean 'name'?",
      '> 1 | nmae: c',
    ],
    [
      'a key that is missing',
      good.replace('schema: raw', 'prefix: x_'),
      '`schema` is missing in `destination`.',
      'Settings of `destination`: connector, config, schema, prefix, cdc_deletes.',
      '> 7 | destination',
    ],
    [
      'a key of the connector',
      good.replace('path: x.csv', 'path: x.csv, fromat: csv'),
      '`fromat` is not a setting of `source.config.streams.0`.',
      "Did you mean 'format'?",
      '> 6 |       - { name: s',
    ],
    [
      'the name of a stream',
      `${good}streams: { ss: {} }\n`,
      'The source of `c` has no stream `ss`.',
      "Did you mean 's'?",
      '> 8 | streams: { ss',
    ],
  ])('%s', async (_, yaml, message, hint, frame) => {
    const { problems } = await read(yaml)
    expect(problems).toMatchObject([
      { message, hint: expect.stringContaining(hint), frame: expect.stringContaining(frame) },
    ])
  })
})

describe('partitions of a stream', () => {
  const daily = '{ by: daily, start: 2024-01-01, field: day, timezone: Europe/Berlin, hour: 5, end_offset: 1 }'
  const postgres = (settings: string, config = '') =>
    `name: c\nsource: { connector: postgres, config: { host: h, database: d, username: u${config} } }\ndestination: { schema: raw }\nstreams:\n  s: ${settings}\n`
  const problemOf = async (yaml: string) => (await read(yaml)).problems[0]?.toJSON()

  it('are read as they stand there', async () => {
    const { connections, problems } = await read(postgres(`{ partitions: ${daily} }`))
    expect(problems).toEqual([])
    expect(connections[0]?.streams[0]?.partitions).toEqual({
      ...{ by: 'daily', start: '2024-01-01', field: 'day', timezone: 'Europe/Berlin', hour: 5, endOffset: 1 },
    })
    const keys = await read(postgres('{ partitions: { by: static, keys: [eu, us], field: region } }'))
    expect(keys.connections[0]?.streams[0]?.partitions).toEqual({ by: 'static', keys: ['eu', 'us'], field: 'region' })
  })

  it.each([
    ['{ by: daily, start: 2024-01-01 }', /`field` is missing in `streams.s.partitions`/],
    ['{ by: yearly, start: 2024-01-01, field: day }', /needs `by`: hourly, daily, weekly, monthly, cron or static/],
    ['{ by: daily, start: 2024-01-01, field: day, weekday: 1 }', /`weekday` is not a setting/],
    ['{ by: static, field: region }', /`keys` is missing/],
  ])('%s is refused with its line', async (partitions, message) => {
    expect(await problemOf(postgres(`{ partitions: ${partitions} }`))).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringMatching(message),
      at: { line: 5 },
    })
  })

  it.each([
    ['{ sync_mode: incremental, cursor_field: id, partitions: P }', /adds? rows without looking/],
    ['{ destination_sync_mode: append, partitions: P }', /adds? rows without looking/],
    ['{ fields: [id], partitions: P }', /`day`, which says where a row belongs, is not loaded/],
    ['{ mappers: [{ type: hashing, field: day }], partitions: P }', /must keep its values, and a mapper \(hashing\)/],
  ])('%s is refused, because of what syncs would do to them', async (settings, message) => {
    expect(await problemOf(postgres(settings.replace('P', daily)))).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringMatching(message),
      at: { line: 5 },
    })
  })
  it.each([
    '{ sync_mode: incremental, cursor_field: day, partitions: P }',
    '{ sync_mode: incremental, cursor_field: at, primary_key: id, partitions: P }',
    '{ destination_sync_mode: append_dedup, primary_key: id, partitions: P }',
    '{ mappers: [{ type: field-renaming, field: day, to: the_day }], partitions: P }',
  ])('%s may have them', async (settings) => {
    expect((await read(postgres(settings.replace('P', daily)))).problems).toEqual([])
  })

  it('are refused by name where an end has none, and where a log is followed', async () => {
    const merged = `{ sync_mode: incremental, primary_key: id, partitions: ${daily} }`
    const cdc = ', replication_method: { method: CDC, replication_slot: s, publication: p }'
    expect((await problemOf(postgres(merged, cdc)))?.message).toMatch(/cannot have partitions: it is read from the log/)
    const file = `${good.replace('destination: { schema: raw }', 'destination: { connector: file, config: { path: out } }')}streams: { s: { partitions: ${daily} } }\n`
    expect((await problemOf(file))?.message).toMatch(
      /the destination `file` has none. Rows of a file cannot be replaced/,
    )
    const airbyte = `name: c\nsource: { connector: airbyte, config: { command: [x] } }\ndestination: { schema: raw }\nstreams: { s: { partitions: ${daily} } }\n`
    expect((await problemOf(airbyte))?.message).toMatch(
      /the source `airbyte` has none. It reads its streams as it sees fit/,
    )
  })
})
