import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type TestDatabase, testDatabase } from './database.js'

export type TestStore = Awaited<ReturnType<TestDatabase['store']>>

/** A server for the tests of one file, and a store of its own for each of them, which is handed over before it. */
export function storeForEach(onOpen: (store: TestStore, database: TestDatabase) => void): void {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.stop())
  beforeEach(async () => onOpen(await database.store(), database))
  afterEach(() => database.closeStores())
}
