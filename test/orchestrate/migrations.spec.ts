import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { missingInMetastore, openMetastore } from '../../src/metastore/index.js'
import { migrations } from '../../src/metastore/migrations/all.js'
import { type TestDatabase, testDatabase } from './database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database?.stop())

it.each([
  ['40P01', 1, undefined],
  ['55P03', 9, 'METASTORE_UNREACHABLE'],
])('a migration that is in the way of others (%s, %i times) is no fault of the tables', async (state, times, code) => {
  const schema = `test_${randomBytes(4).toString('hex')}`
  const { sql } = await database.store()
  await sql(`create schema ${schema}
    create table migrations (name text primary key, at timestamptz not null default now())
    create sequence tries`)
  await sql(`create function ${schema}.refuse() returns trigger language plpgsql as $$ begin
    if nextval('${schema}.tries') <= ${times} then raise exception 'not now' using errcode = '${state}'; end if;
    return new; end $$`)
  await sql(`create trigger refuse before insert on ${schema}.migrations
    for each row when (new.name = '016_processes') execute function ${schema}.refuse()`)
  const opened = await openMetastore({ url: `${database.server.url}?schema=${schema}`, logger: silentLogger }).then(
    (store) => store.close(),
    (error: unknown) => error,
  )
  expect((opened as { code?: string } | undefined)?.code).toBe(code)
})

it('a migration that fails is named, leaves what came before it, and the next start goes on there', async () => {
  const schema = `test_${randomBytes(4).toString('hex')}`
  const address = { url: `${database.server.url}?schema=${schema}`, logger: silentLogger }
  const { sql } = await database.store()
  await sql(`create schema ${schema}`)
  await sql(`create table ${schema}.processes ()`)
  await expect(openMetastore(address)).rejects.toMatchObject({
    code: 'METASTORE_MIGRATION_FAILED',
    message: expect.stringMatching(/`016_processes`.*already exists/),
    hint: expect.stringContaining(schema),
  })
  const left = migrations.map(({ name }) => name).slice(migrations.findIndex(({ name }) => name === '016_processes'))
  expect((await missingInMetastore(address)).applied).toEqual(left)
  await sql(`drop table ${schema}.processes`)
  const store = await openMetastore(address)
  await store.close()
  expect(store.migrated.applied).toEqual(left)
})
