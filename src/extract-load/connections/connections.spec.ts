import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../contract.js'
import { readConnections } from './read-connections.js'
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
    ['dedup without a key', `${good}streams:\n  s: { destination_sync_mode: append_dedup }\n`, 9, 'primary_key'],
  ])('%s', async (_, yaml, line, text) => {
    const { connections, problems } = await read(yaml)
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
