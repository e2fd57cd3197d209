import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bigQueryStatements } from '../../../warehouse/bigquery/statements.js'
import { openDuckDb, type Warehouse } from '../../../warehouse/index.js'
import { writtenStatements as ofSnowflake } from '../../../warehouse/snowflake/statements.js'
import { sparkStatements as ofSpark } from '../../../warehouse/spark/literals.js'
import { exportParquet, runQuery } from './read-only.js'

async function withWarehouse(work: (warehouse: Warehouse) => Promise<void>): Promise<void> {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    await work(warehouse)
  } finally {
    await warehouse.close()
  }
}

it.each([
  'create table made as select 1 as x',
  'select 1; create table made as select 1 as x',
  'with a as (select 1 as x) insert into made select x from a',
  "select E'\\''; commit; create table made as select 1 as x; select ''",
  'select 1 as a$$; commit; create table made as select 1 as x; select 1 as b$$',
  "select 1e'\\'; commit; create table made as select 1 as x; select ''",
  '/* /* */ select 1; */ commit; create table made as select 1 as x',
])('a query that only reads writes nothing: %s', (sql) =>
  withWarehouse(async (warehouse) => {
    await runQuery(warehouse, { sql }).catch(() => {})
    expect(await warehouse.listRelations({})).toEqual([])
  }),
)

it('a query with strings and names of every kind is read', () =>
  withWarehouse(async (warehouse) => {
    const { rows } = await runQuery(warehouse, { sql: "select E'it\\'s; one' as a$$, $$;$$ as b; -- end;" })
    expect(rows).toEqual([["it's; one", ';']])
  }))

it.each([
  ['snowflake', "// it's\nselect 'it\\'s; fine'; // end", "// it's\nselect 'it\\'s; fine'"],
  ['bigquery', "# it's\n(select '''it's; fine''', \"it\\\"s;\")", "# it's\n(select '''it's; fine''', \"it\\\"s;\")"],
  ['spark', "select 'it\\'s; fine' -- end\n;", "select 'it\\'s; fine' -- end"],
])('a query is split as %s splits it', async (engine, sql, sent) => {
  const statementsOf = { snowflake: ofSnowflake, bigquery: bigQueryStatements, spark: ofSpark }[engine]
  const asked: string[] = []
  const warehouse = {
    statementsOf,
    connect: async () => ({
      queryReadOnly: async (text: string) => {
        asked.push(text)
        return { columns: [], rows: [], truncated: false }
      },
      close: async () => {},
    }),
  } as unknown as Warehouse
  await runQuery(warehouse, { sql })
  for (const [writing, message] of [
    ["select 'a\\'; b'; drop table t", 'this has 2'],
    ['/* select */ drop table t', '`drop` may write'],
  ] as const)
    await expect(runQuery(warehouse, { sql: writing })).rejects.toThrow(message)
  expect(asked).toEqual([sent])
})

describe('a query of tables only', () => {
  it.each([
    "select * from read_text('/etc/passwd')",
    "select * from 'data/orders.csv'",
    'select * from orders.csv',
    'select * from "data/orders"."parquet"',
    "select 1 where exists (from read_blob('x'))",
    "with a as (from glob('*')) select * from a",
    "select (select count(*) from read_csv('x')) as n",
    "select 1 union all select content from read_text('x')",
    "select * from range(3), lateral (from read_json('x'))",
    "describe select * from read_text('x')",
    "summarize 'x.csv'",
    "explain analyze select * from read_text('x')",
    "select * from query('from read_text(''x'')')",
    "select * from system.main.READ_TEXT('x')",
    "pivot (from read_csv('x')) on a using sum(b)",
    "table 'x.parquet'",
  ])('reads no file: %s', (sql) =>
    withWarehouse(async (warehouse) => {
      const folder = exportFolder()
      const refused = { code: 'QUERY_NOT_TABLES' }
      await expect(runQuery(warehouse, { sql, tablesOnly: true })).rejects.toMatchObject(refused)
      await expect(exportParquet(warehouse, { sql, tablesOnly: true }, folder)).rejects.toMatchObject(refused)
    }),
  )

  it.each([
    'select 1',
    'select * from made',
    'from main.made order by x',
    'with a as (select x from memory.main.made) select * from a, range(2) as r',
    'select unnest([1, 2])',
    'describe made',
    'summarize made',
    'show tables',
    'explain select * from made',
    'select table_name from information_schema.tables',
    "select 'read_text(1)', '/etc/passwd.csv' as \"a.csv\"",
  ])('reads tables: %s', (sql) =>
    withWarehouse(async (warehouse) => {
      await runQuery(warehouse, { sql: 'create table made as select 1 as x', allowWrite: true })
      expect((await runQuery(warehouse, { sql, tablesOnly: true })).rows.length).toBeGreaterThan(0)
    }),
  )
})

function exportFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-export-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

it('all rows of a query become a Parquet file', () =>
  withWarehouse(async (warehouse) => {
    const file = await exportParquet(warehouse, { sql: 'from range(20000) -- all of them' }, exportFolder())
    const { rows } = await runQuery(warehouse, { sql: `select count(*) from '${file}'` })
    expect(rows).toEqual([[20000]])
  }))

it.each([
  "select 1) to '%/stolen.csv' (format csv) --",
  'create table made as select 1 as x',
  "copy (select 1) to '%/stolen.csv'",
])('an export writes nothing but its file: %s', (sql) =>
  withWarehouse(async (warehouse) => {
    const folder = exportFolder()
    await expect(exportParquet(warehouse, { sql: sql.replace('%', folder) }, folder)).rejects.toThrow()
    expect(existsSync(join(folder, 'stolen.csv'))).toBe(false)
    expect(readdirSync(folder)).toEqual([])
    expect(await warehouse.listRelations({})).toEqual([])
  }),
)
