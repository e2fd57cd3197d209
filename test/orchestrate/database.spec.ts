import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from './database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database?.stop())

/** The schema of a store that a test did this to. */
async function schemaAfter(change: string): Promise<unknown> {
  const { sql } = await database.store()
  const [row] = await sql('select current_schema() as schema')
  await sql(change)
  await database.closeStores()
  return row?.schema
}

it.each([
  ["insert into runs (id, selection, trigger_type, status) values ('a', '*', 'manual', 'queued')", true],
  ['alter table ticks add column left_behind text', false],
  ['create index left_behind on ticks (reason)', false],
  ['alter table ticks rename to left_behind', false],
])('the schema of a store is used once more only where it is as it was made: %s', async (change, isUsedAgain) => {
  const schema = await schemaAfter(change)
  expect((await schemaAfter('select 1')) === schema).toBe(isUsedAgain)
})
