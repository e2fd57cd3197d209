import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IoContext, io } from '../../src/orchestrate/index.js'
import { openDuckDb, rowObjects, withConnection } from '../../src/warehouse/index.js'
import { type TestDatabase, testDatabase } from './database.js'

type Query = (sql: string) => Promise<Record<string, unknown>[]>
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.stop())

async function duckDb(): Promise<Query> {
  const warehouse = await openDuckDb({ path: ':memory:' })
  return async (sql) => rowObjects(await withConnection(warehouse, (connection) => connection.query(sql)))
}
const postgres = async (): Promise<Query> => {
  const { sql } = await database.store()
  // Of several statements the last one is what was asked for.
  return async (text) => [(await sql(text)) ?? []].flat()
}

const at = new Date('2024-03-01T10:20:30.456Z')
const rows = [
  { name: `O'Neil; drop table "x" -- \\`, n: 1, part: 0.1, big: 9_007_199_254_740_993n, is_on: true, at, none: null },
  { name: 'é\n', n: -3e300, part: 2, big: 5n, is_on: false, at: null, later: 'x' },
]

describe.each([
  ['DuckDB', duckDb],
  ['PostgreSQL', postgres],
])('a table of %s', (name, open) => {
  const context = (query: Query, changes: Partial<IoContext> = {}): IoContext => ({
    asset: 'reports/days',
    partition: undefined,
    projectDir: '/',
    signal: new AbortController().signal,
    query: query as IoContext['query'],
    log: () => {},
    ...changes,
  })
  it('gives rows back, of the types that they had', async () => {
    const query = await open()
    const table = io.table({ schema: 'made' })
    expect(await table.load(context(query))).toBeUndefined()
    await table.store(context(query), rows)
    const loaded = (await table.load(context(query))) as Record<string, unknown>[]
    expect(loaded).toEqual([
      { ...rows[0], later: null },
      { ...rows[1], none: null },
    ])
    const types = await query(`select column_name, data_type from information_schema.columns
      where table_schema = 'made' and table_name = 'days' order by ordinal_position`)
    expect(
      types.map((one) =>
        String(one.data_type)
          .toLowerCase()
          .replace('character varying', 'varchar')
          .replace('double precision', 'double'),
      ),
    ).toEqual(['varchar', 'double', 'double', 'bigint', 'boolean', 'timestamp with time zone', 'varchar', 'varchar'])
  })
  it('is replaced with its columns, and emptied without them', async () => {
    const query = await open()
    const table = io.table({ schema: 'made' })
    await table.store(context(query), [])
    expect(await table.load(context(query))).toEqual([])
    await table.store(context(query), [{ a: 1 }])
    await table.store(context(query), [{ b: 'x' }, { b: 'y' }])
    expect(await table.load(context(query))).toEqual([{ b: 'x' }, { b: 'y' }])
    await table.store(context(query), [])
    expect(await table.load(context(query))).toEqual([])
    await table.store(
      context(query),
      Array.from({ length: 1_201 }, (_, i) => ({ i })),
    )
    expect(
      ((await table.load(context(query))) as { i: number }[]).map(({ i }) => i).sort((a, b) => a - b),
    ).toHaveLength(1_201)
  })
  it('has the rows of each partition, and new columns as they come', async () => {
    const query = await open()
    const table = io.table({ schema: 'cut' })
    await table.store(context(query), [{ n: 7 }])
    const of = (partition: string) => context(query, { partition })
    await table.store(of("2024'01"), [{ n: 1 }])
    await table.store(of('2024-02'), [{ n: 2, extra: 'x' }])
    await table.store(of("2024'01"), [{ n: 3 }, { n: 4 }])
    expect(await table.load(of("2024'01"))).toEqual([
      { n: 3, extra: null },
      { n: 4, extra: null },
    ])
    expect(await table.load(of('2024-02'))).toEqual([{ n: 2, extra: 'x' }])
    await expect(table.store(of('2024-02'), [{ n: 'text' }])).rejects.toThrow()
    await query('rollback').catch(() => {})
    expect(await table.load(of('2024-02')), name).toEqual([{ n: 2, extra: 'x' }])
  })
})
