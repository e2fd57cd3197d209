import { expect, it } from 'vitest'
import { openDuckDb, type Warehouse } from '../../warehouse/index.js'
import { runQuery } from './read-only.js'

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
