import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb, type Warehouse, warehouseErrors, withConnection } from '../../warehouse/index.js'
import { readConnections } from '../connections/read-connections.js'
import { readStates } from '../loading/state/state-table.js'
import type { StreamResult } from '../sync-contract.js'
import { syncConnection } from './sync-connection.js'

let dir: string
let warehouse: Warehouse
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-sync-'))
  await mkdir(join(dir, 'el'))
  warehouse = await openDuckDb({ path: ':memory:' })
})
afterEach(async () => {
  await warehouse.close()
  await rm(dir, { recursive: true })
})

const file = (name: string, text: string) => writeFile(join(dir, name), text)
const rows = async (sql: string) => (await withConnection(warehouse, (connection) => connection.query(sql))).rows

/** Syncs one stream `s` over `path` with these settings, written as YAML. */
async function sync(
  path: string,
  settings = '{}',
  options: { extra?: string; fullRefresh?: boolean } = {},
): Promise<StreamResult> {
  await writeFile(
    join(dir, 'el', 'c.yaml'),
    `name: c\nsource: { connector: file, config: { streams: [ { name: s, path: "${path}"${options.extra ?? ''} } ] } }\ndestination: { schema: raw }\nstreams: { s: ${settings} }\n`,
  )
  const { connections, problems } = await readConnections(dir, join(dir, 'el'), { env: {} })
  const [connection] = connections
  if (!connection) throw problems[0]
  const result = await syncConnection({
    connection,
    projectDir: dir,
    warehouse,
    onEvent: () => {},
    fullRefresh: options.fullRefresh,
  })
  return result.streams[0] as StreamResult
}

describe('full refresh', () => {
  it('loads types, nested values as JSON, and the four columns of Airbyte', async () => {
    await file('a.json', '[{"id": 1, "ok": true, "at": "2024-01-01T10:00:00", "tags": ["x"], "who": {"name": "Ann"}}]')
    expect(await sync('a.json')).toMatchObject({ status: 'succeeded', recordsCommitted: 1, generationId: 1 })
    expect(
      await rows(
        'select id, ok, tags::varchar, who::varchar, _airbyte_generation_id, _airbyte_meta::varchar from raw.s',
      ),
    ).toEqual([[1, true, '["x"]', '{"name":"Ann"}', 1, '{"sync_id":1,"changes":[]}']])
    expect(
      await rows(
        "select count(*) from raw.s where _airbyte_raw_id is not null and _airbyte_extracted_at > timestamp '2020-01-01'",
      ),
    ).toEqual([[1]])
  })
  it('replaces the table as a whole, with a new generation', async () => {
    await file('a.csv', 'id\n1\n2\n')
    await sync('a.csv')
    await file('a.csv', 'id\n3\n')
    expect(await sync('a.csv')).toMatchObject({ tableRows: 1, generationId: 2 })
    expect(await rows('select id from raw.s')).toEqual([[3]])
  })
  it('leaves no temporary table behind', async () => {
    await file('a.csv', 'id\n1\n')
    await sync('a.csv')
    expect((await warehouse.listRelations({ schemas: ['raw'] })).map((relation) => relation.identifier)).toEqual(['s'])
  })
})

describe('incremental by file time', () => {
  it('reads only new and changed files, and says so', async () => {
    await file('a1.csv', 'id\n1\n')
    expect(await sync('a*.csv', '{ sync_mode: incremental }')).toMatchObject({ recordsCommitted: 1 })
    const again = await sync('a*.csv', '{ sync_mode: incremental }')
    expect(again).toMatchObject({ recordsRead: 0, tableRows: 1 })
    expect(again.note).toContain('nothing new since')
    await file('a2.csv', 'id\n2\n')
    expect(await sync('a*.csv', '{ sync_mode: incremental }')).toMatchObject({ recordsRead: 1, tableRows: 2 })
    await file('a1.csv', 'id\n1\n9\n')
    await utimes(join(dir, 'a1.csv'), new Date(), new Date(Date.now() + 5_000))
    expect(await sync('a*.csv', '{ sync_mode: incremental }')).toMatchObject({ recordsRead: 2, tableRows: 4 })
  })
  it('commits the state with the data', async () => {
    await file('a1.csv', 'id\n1\n')
    await sync('a*.csv', '{ sync_mode: incremental }')
    expect(await readStates(warehouse, 'c')).toMatchObject([
      { stream: 's', state: { history: { 'a1.csv': expect.any(String) } } },
    ])
  })
})

describe('incremental by a column', () => {
  const byDay = '{ sync_mode: incremental, cursor_field: day }'
  it('takes what is above the cursor, and ties that came later, but nothing twice', async () => {
    await file('a.csv', 'id,day\n1,2024-01-01\n2,2024-01-02\n')
    expect(await sync('a.csv', byDay)).toMatchObject({ recordsCommitted: 2 })
    expect(await sync('a.csv', byDay)).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
    await file('a.csv', 'id,day\n1,2024-01-01\n2,2024-01-02\n3,2024-01-02\n4,2024-01-03\n')
    expect(await sync('a.csv', byDay)).toMatchObject({ recordsCommitted: 2 })
    expect(await rows('select id from raw.s order by id')).toEqual([[1], [2], [3], [4]])
  })
  it('keeps the newest row per key when deduplicating', async () => {
    const dedup = '{ sync_mode: incremental, cursor_field: day, primary_key: id }'
    await file('a.csv', 'id,day,v\n1,2024-01-01,a\n1,2024-01-02,b\n2,2024-01-01,c\n')
    await sync('a.csv', dedup)
    await file('a.csv', 'id,day,v\n1,2024-01-03,z\n2,2024-01-01,c\n')
    await sync('a.csv', dedup)
    expect(await rows('select id, v from raw.s order by id')).toEqual([
      [1, 'z'],
      [2, 'c'],
    ])
  })
  it('names a cursor that is no column', async () => {
    await file('a.csv', 'id\n1\n')
    expect((await sync('a.csv', '{ sync_mode: incremental, cursor_field: nope }')).error).toMatchObject({
      code: 'CURSOR_INVALID',
    })
  })
})

describe('schema changes', () => {
  it('adds columns, widens types, and reports both', async () => {
    await file('a1.csv', 'id,n\n1,5\n')
    await sync('a*.csv', '{ sync_mode: incremental }')
    await file('a2.csv', 'id,n,extra\n2,5000000000,x\n')
    const result = await sync('a*.csv', '{ sync_mode: incremental }')
    expect(result.schemaChanges.map((change) => [change.kind, change.column])).toContainEqual(['column_added', 'extra'])
    expect(await rows('select id, n, extra from raw.s order by id')).toEqual([
      [1, 5, null],
      [2, 5000000000, 'x'],
    ])
  })
  it('widens a column of numbers to text when text arrives: nothing is lost', async () => {
    await file('a1.csv', 'id,n\n1,5\n')
    await sync('a*.csv', '{ sync_mode: incremental }')
    await file('a2.csv', 'id,n\n2,many\n')
    expect((await sync('a*.csv', '{ sync_mode: incremental }')).schemaChanges).toMatchObject([
      { kind: 'type_changed', column: 'n' },
    ])
    expect(await rows('select id, n from raw.s order by id')).toEqual([
      [1, '5'],
      [2, 'many'],
    ])
  })
  it('turns what does not fit into NULL with a note, and keeps the row', async () => {
    await file('a1.csv', 'id,n\n1,2024-01-01\n')
    await sync('a*.csv', '{ sync_mode: incremental }')
    await file('a2.csv', 'id,n\n2,true\n')
    expect(await sync('a*.csv', '{ sync_mode: incremental }')).toMatchObject({ status: 'succeeded' })
    expect(await rows('select id, n from raw.s order by id')).toEqual([
      [1, '2024-01-01'],
      [2, null],
    ])
    expect(
      await rows("select json_extract_string(_airbyte_meta, '$.changes[0].field') from raw.s where id = 2"),
    ).toEqual([['n']])
  })
})

describe('bad input', () => {
  it('a ragged row fails with its line, and the old table stays', async () => {
    await file('a.csv', 'a,b,c\n1,2,3\n')
    await sync('a.csv')
    await file('a.csv', 'a,b,c\n1,2,3\n4,5\n7,8,9,10\n')
    const result = await sync('a.csv')
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'SOURCE_ROW_INVALID', at: { file: 'a.csv', line: 3 } },
    })
    expect(await rows('select count(*) from raw.s')).toEqual([[1]])
  })
  it('a ragged row can be left out, and is counted', async () => {
    await file('a.csv', 'a,b,c\n1,2,3\n4,5\n7,8,9,10\n')
    expect(await sync('a.csv', '{}', { extra: ', bad_rows: skip' })).toMatchObject({
      status: 'succeeded',
      recordsCommitted: 1,
      recordsRejected: 2,
    })
  })
  it('a load that needs more memory than loads have is loaded once more', async () => {
    const connect = warehouse.connect.bind(warehouse)
    let refusals = 1
    warehouse.connect = async (options) => {
      const connection = await connect(options)
      const query = connection.query.bind(connection)
      connection.query = async (text, how) => {
        if (options?.isLoad && /^create table/.test(text) && refusals-- > 0)
          throw warehouseErrors.create('WAREHOUSE_MEMORY', { message: 'too little' })
        return query(text, how)
      }
      return connection
    }
    await file('a.csv', 'a\n1\n')
    expect(await sync('a.csv')).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    expect(refusals).toBe(0)
    // From then on its sessions have no limit.
    refusals = 1
    expect(await sync('a.csv')).toMatchObject({ status: 'succeeded' })
    expect(refusals).toBe(1)
  })
  it('a missing file is named', async () => {
    expect((await sync('nope.csv')).error).toMatchObject({
      code: 'SOURCE_FILE_NOT_FOUND',
      message: expect.stringContaining('nope.csv'),
    })
  })
  it('a file that is not what it says is named', async () => {
    await file('a.parquet', 'not parquet')
    expect((await sync('a.parquet')).error).toMatchObject({ code: 'SOURCE_FILE_UNREADABLE', at: { file: 'a.parquet' } })
  })
  it('a wrong setting is refused with its line', async () => {
    await writeFile(
      join(dir, 'el', 'c.yaml'),
      'name: c\nsource: { connector: file, config: { streams: [ { name: s, path: x } ] } }\ndestination: { schema: raw }\nstrems: {}\n',
    )
    const { problems } = await readConnections(dir, join(dir, 'el'), { env: {} })
    expect(problems).toMatchObject([{ code: 'CONNECTION_INVALID', at: { line: 4 } }])
  })
})
