import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openDuckDb, type Warehouse } from '../../warehouse/index.js'
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
