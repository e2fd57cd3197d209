import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connection, checkDestination, readConnections } from '../../src/extract-load/index.js'
import { openDuckDb, openPostgres, type Warehouse, withConnection } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'

const server = postgresOfFile()
let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-check-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function connection(destination: string, streams = '{ a: {} }'): Promise<Connection> {
  const source = '{ connector: postgres, config: { host: h, database: d, username: u } }'
  await writeFile(join(dir, 'c.yaml'), `name: c\nsource: ${source}\ndestination: ${destination}\nstreams: ${streams}\n`)
  const { connections, problems } = await readConnections(dir, dir, { env: {} })
  expect(problems).toEqual([])
  return connections[0] as Connection
}
const check = async (open: () => Promise<Warehouse>, ...settings: Parameters<typeof connection>) =>
  checkDestination({ connection: await connection(...settings), projectDir: dir, warehouse: open })
const nowhere = () => Promise.reject(new Error('no warehouse is asked'))

describe.each([
  ['DuckDB', () => openDuckDb({ path: ':memory:' })],
  ['PostgreSQL', async () => openPostgres(await server.database())],
] as const)('a warehouse in %s', (_, open) => {
  let warehouse: Warehouse
  beforeEach(async () => {
    warehouse = await open()
  })
  afterEach(() => warehouse.close())
  const opened = async () => warehouse

  it('is tried, and is as it was', async () => {
    const before = await warehouse.listSchemas()
    const streams = "{ a: {}, b: { schema: other }, c: { schema: 'x_${SOURCE_NAMESPACE}' } }"
    expect(await check(opened, '{ schema: raw }', streams)).toMatchObject({
      status: 'succeeded',
      message: expect.stringContaining('raw, other, x_public'),
    })
    expect(await warehouse.listSchemas()).toEqual(before)
  })

  it('where the tables are already, still has them', async () => {
    const run = (sql: string) => withConnection(warehouse, (connection) => connection.query(sql))
    await run('create schema raw; create table raw.a as select 1 as id')
    expect(await check(opened, '{ schema: raw }')).toMatchObject({ status: 'succeeded' })
    expect((await warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier)).toEqual(['a'])
    expect((await run('select id from raw.a')).rows).toEqual([[1]])
  })
})

it('a warehouse in which no schema may be made is told of, with what it says', async () => {
  const options = await server.database()
  const owner = await openPostgres(options)
  const user = `reader_${options.database}`
  await withConnection(owner, (connection) => connection.query(`create role ${user} login password 'secret-of-reader'`))
  await owner.close()
  const reader = await openPostgres({ ...options, user, password: 'secret-of-reader' })
  try {
    const { status, error } = await check(async () => reader, '{ schema: raw }')
    expect([status, error?.message]).toEqual(['failed', expect.stringContaining('permission denied')])
  } finally {
    await reader.close()
  }
})

it('a warehouse that cannot be opened is no exception', async () => {
  expect(await check(nowhere, '{ schema: raw }')).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('no warehouse is asked'),
  })
})

it('a folder is written to, and nothing stays; nowhere needs nothing', async () => {
  expect(await check(nowhere, '{ connector: file, config: { path: out } }')).toMatchObject({ status: 'succeeded' })
  const left = await readdir(join(dir, 'out'), { recursive: true })
  expect(left.filter((name) => /check/.test(name))).toEqual([])
  await writeFile(join(dir, 'taken'), '')
  expect(await check(nowhere, '{ connector: file, config: { path: taken } }')).toMatchObject({ status: 'failed' })
  expect(await check(nowhere, '{ connector: dev-null }')).toEqual({ status: 'succeeded' })
})
