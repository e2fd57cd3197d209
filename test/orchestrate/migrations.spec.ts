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
