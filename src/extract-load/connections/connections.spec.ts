import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConnections } from './read-connections.js'

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
