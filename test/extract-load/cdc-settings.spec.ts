import { createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb, openPostgres, type Warehouse, withConnection } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { logicalLog } from '../support/postgres-server.js'
import type { TestDatabase } from '../support/small-sources.js'
import { SyncBench } from '../support/sync-bench.js'

const server = postgresOfFile(logicalLog)

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
/** Larger than what a row holds itself: the log leaves it out where it does not change. */
const large = (letter: string) =>
  `repeat('${letter}', 3) || (select string_agg(md5(i::text), '') from generate_series(1, 400) i)`

/** What a connection says of its streams holds for the snapshot of a table and for the log of its changes alike. */
describe.each([
  ['DuckDB', () => openDuckDb({ path: ':memory:' })],
  ['PostgreSQL', async () => openPostgres(await server.database())],
] as const)('into %s', (_, open) => {
  let bench: SyncBench
  let database: TestDatabase
  let source: Warehouse
  beforeEach(async () => {
    bench = await SyncBench.open(open)
    database = await server.database()
    source = await openPostgres(database)
  })
  afterEach(async () => {
    await run(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()',
    )
    await source.close()
    await bench.close()
  })
  const run = (sql: string) => withConnection(source, (connection) => connection.query(sql))
  const sync = async (stream: string, policy = 'propagate_columns') => {
    const config = `host: ${database.host}, port: ${database.port}, database: ${database.database}, username: ${database.user}, password: "${database.password}", replication_method: { method: CDC, replication_slot: ${database.database}, publication: millrace }`
    const streams = `{ s: { sync_mode: incremental, primary_key: id, ${stream} } }\nschema_changes: ${policy}`
    return (await bench.syncStreams(`{ connector: postgres, config: { ${config} } }`, streams))[0]
  }
  const columns = async () =>
    (await bench.warehouse.columns({ schema: 'raw', identifier: 's' }))
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('_'))

  it('fields and mappers', async () => {
    const settings =
      'fields: [id, mail, big, a], mappers: [ { type: hashing, field: id }, { type: hashing, field: mail }, { type: field-renaming, field: a, to: big }, { type: field-renaming, field: big, to: a } ]'
    await run(`create table s (id int primary key, mail text, secret text, big text, a int);
      insert into s select i, 'm' || i, 'never', ${large('x')}, i from generate_series(1, 3) i`)
    expect(await sync(settings)).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect(await columns()).toEqual(['id', 'mail', 'a', 'big'])
    await run(`update s set mail = 'new' where id = 1; delete from s where id = 2; insert into s values (4, 'm4', 'never', ${large('y')}, 4);
      update s set id = 30 where id = 3; update s set a = 31 where id = 30`)
    const result = await sync(settings)
    expect(result).toMatchObject({ status: 'succeeded', tableRows: 3, schemaChanges: [] })
    expect(await columns()).toEqual(['id', 'mail', 'a', 'big'])
    expect(await bench.query('select id, mail, left(a, 3), big from raw.s order by big')).toEqual([
      [hash('1'), hash('new'), 'xxx', 1],
      [hash('4'), hash('m4'), 'yyy', 4],
      [hash('30'), hash('m3'), 'xxx', 31],
    ])
    const [[text] = []] = await bench.query('select cast(_airbyte_meta as varchar) from raw.s where big = 31')
    expect(JSON.parse(String(text)).changes).toEqual([])
  })

  it('RSA: what is too long for the key is NULL with a note, from the snapshot and from the log', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = publicKey.export({ format: 'der', type: 'spki' }).toString('hex')
    const settings = `mappers: [ { type: encryption, algorithm: RSA, padding: OAEP, field: v, public_key: ${key} } ]`
    await run("create table s (id int primary key, v text); insert into s values (1, 'a'), (2, repeat('x', 191))")
    await sync(settings)
    await run("insert into s values (3, repeat('x', 191)), (4, 'd'); update s set v = 'b' where id = 2")
    await sync(settings)
    const held = await bench.query('select v, cast(_airbyte_meta as varchar) from raw.s order by id')
    const read = (value: unknown) =>
      privateDecrypt({ key: privateKey, oaepHash: 'sha256' }, Buffer.from(String(value), 'hex')).toString()
    expect(held.map(([v]) => (v === null ? null : read(v)))).toEqual(['a', 'b', null, 'd'])
    expect(held.map(([, meta]) => JSON.parse(String(meta)).changes.length)).toEqual([0, 0, 1, 0])
  })

  it('pause: one stream waits for somebody to accept, and loses nothing meanwhile', async () => {
    await run("create table s (id int primary key, v text); insert into s values (1, 'a')")
    await sync('', 'pause')
    expect(await sync('', 'pause')).toMatchObject({ status: 'succeeded' })
    await run("alter table s add column w int; insert into s values (2, 'b', 5)")
    for (let i = 0; i < 2; i++)
      expect(await sync('', 'pause')).toMatchObject({
        status: 'failed',
        error: { code: 'SCHEMA_CHANGE_PAUSED', message: expect.stringContaining('`w` (integer) is new') },
      })
    await run("update s set v = 'c' where id = 1")
    expect(await bench.accept(['s'])).toEqual(['s'])
    expect(await sync('', 'pause')).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select id, v, w from raw.s order by id')).toEqual([
      [1, 'c', null],
      [2, 'b', 5],
    ])
    expect(await sync('', 'pause')).toMatchObject({ status: 'succeeded' })
  })

  it('ignore: the table stays as it is', async () => {
    await run("create table s (id int primary key, v text, n int); insert into s values (1, 'a', 1)")
    await sync('', 'ignore')
    await run(
      "alter table s add column w int; insert into s values (2, 'b', 5, 6); alter table s drop column v; insert into s (id, n) values (3, 7)",
    )
    expect(await sync('', 'ignore')).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect(await columns()).toEqual(['id', 'v', 'n'])
    expect(await bench.query('select id, v, n from raw.s order by id')).toEqual([
      [1, 'a', 1],
      [2, 'b', 5],
      [3, null, 7],
    ])
  })

  it('rows are not filtered from a log: who no longer fits would stay', async () => {
    const failed = await sync('mappers: [ { type: row-filtering, where: { field: id, equal: 1 } } ]').catch(
      (error) => error,
    )
    expect(failed).toMatchObject({ code: 'CONNECTION_INVALID', at: { file: 'el/c.yaml', line: 4 } })
  })
})
