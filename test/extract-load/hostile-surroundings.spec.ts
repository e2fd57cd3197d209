import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres } from '../../src/warehouse/index.js'
import { KilledSyncs, patienceMs } from '../support/killed-syncs.js'
import { postgresOfFile } from '../support/postgres-of-file.js'
import { airbyte, integer, text } from '../support/scripted-airbyte.js'
import { SourceDatabase } from '../support/source-database.js'
import { SyncBench } from '../support/sync-bench.js'

/** What the surroundings of a sync may refuse: rights, and room on the disk. */
const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

const server = postgresOfFile()

let bench: SyncBench
afterEach(() => bench.close())

const keyed = '{ s: { sync_mode: incremental, primary_key: id } }'
const succeeded = { status: 'succeeded' }
const sync = async (source: string, streams: string) => (await bench.syncStreams(source, streams))[0]

describe('a warehouse of PostgreSQL', () => {
  let database: SourceDatabase
  let role: { readonly user: string; readonly password: string }
  beforeEach(async () => {
    database = await SourceDatabase.open(server, 'select 1')
    role = await database.role()
    bench = await SyncBench.open(async () => openPostgres({ ...database.options, ...role }))
  })
  afterEach(() => database.close())
  const record = (id: number) => airbyte({ id: integer }, [`{"id":${id}}`])
  const ids = async () => (await database.run('select id from raw.s order by id')).rows.flat()

  it('whose schemas were made for its user needs no right to make others', async () => {
    await expect(sync(record(1), keyed)).rejects.toMatchObject({
      code: 'DESTINATION_WRITE_FAILED',
      message: expect.stringContaining('permission denied for database'),
      hint: expect.stringContaining('_millrace, raw'),
    })
    await database.run(
      `create schema raw authorization ${role.user}; create schema _millrace authorization ${role.user}`,
    )
    for (const id of [1, 2]) expect(await sync(record(id), keyed)).toMatchObject(succeeded)
    expect(await ids()).toEqual([1, 2])
  })

  it('that takes rights away refuses with what it said, and goes on once they are back', async () => {
    const { user } = database.options
    await database.run(
      `create schema raw authorization ${role.user}; create schema _millrace authorization ${role.user}`,
    )
    await sync(record(1), keyed)
    for (const [take, give, said] of [
      [
        `alter table raw.s owner to ${user}; grant select on raw.s to ${role.user}`,
        `alter table raw.s owner to ${role.user}`,
        'permission denied for table s',
      ],
      [
        `alter role ${role.user} set default_transaction_read_only = on`,
        `alter role ${role.user} reset all`,
        'read-only',
      ],
    ] as const) {
      await database.run(take)
      expect((await sync(record(2), keyed))?.error).toMatchObject({
        code: 'DESTINATION_WRITE_FAILED',
        message: expect.stringContaining(said),
        hint: expect.stringContaining('Let the user of the warehouse write there'),
      })
      await database.run(give)
    }
    await database.run(`alter table _millrace.stream_state owner to ${user}`)
    await expect(sync(record(2), keyed)).rejects.toMatchObject({
      code: 'DESTINATION_WRITE_FAILED',
      message: expect.stringContaining('stream_state'),
    })
    await database.run(`alter table _millrace.stream_state owner to ${role.user}`)
    expect(await sync(record(2), keyed)).toMatchObject(succeeded)
    expect(await ids()).toEqual([1, 2])
  })

  it('says what to do with a key that is too long to be looked up', async () => {
    await database.run(`grant create on database ${database.options.database} to ${role.user}`)
    const long = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 104_729).join(' ')
    const settings = (more = '') => `{ s: { sync_mode: incremental, primary_key: id${more} } }`
    const source = airbyte({ id: text }, [`{"id":"${long}"}`])
    expect((await sync(source, settings()))?.error).toMatchObject({
      code: 'DESTINATION_WRITE_FAILED',
      hint: expect.stringContaining('hashing'),
    })
    for (const _ of [1, 2])
      expect(await sync(source, settings(', mappers: [ { type: hashing, field: id } ]'))).toMatchObject({
        ...succeeded,
        tableRows: 1,
      })
  })
})

describe('a disk that is full', () => {
  let syncs: KilledSyncs
  beforeEach(async () => {
    bench = await SyncBench.open()
    syncs = new KilledSyncs(bench)
  })
  afterEach(() => syncs.end())

  it.each([
    ['DuckDB', 'of its own file', 300],
    ['PostgreSQL', 'of what is staged', 300],
    ['PostgreSQL', 'of what it is copied from', 11_000],
  ])(
    'into %s: %s, is no bug of ours; nothing is there before, and all of it afterwards',
    async (engine, _, maxFileKb) => {
      const database = await SourceDatabase.open(server, 'select 1')
      try {
        const warehouse = engine === 'DuckDB' ? bench.path('w.duckdb') : JSON.stringify(database.options)
        const config = {
          streams: [
            { name: 's', json_schema: { properties: { id: integer, v: text } }, supported_sync_modes: ['incremental'] },
          ],
          script: [{ records: 100_000, stream: 's' }],
        }
        await bench.connect(
          `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify(config)} } }`,
          keyed,
        )
        const result = await syncs.finishApart({ warehouse, maxFileKb })
        expect(result).toMatchObject({ status: 'failed', recordsCommitted: 0, error: { code: 'WAREHOUSE_DISK_FULL' } })
        expect(result.error?.hint).toContain('TMPDIR')
        expect(await syncs.finishApart({ warehouse })).toMatchObject({ status: 'succeeded', tableRows: 100_000 })
      } finally {
        await database.close()
      }
    },
    patienceMs,
  )
})
