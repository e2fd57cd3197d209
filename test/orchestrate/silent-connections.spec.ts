import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { Database } from '../../src/metastore/database.js'
import { Cable } from '../support/cable.js'
import { eventually } from '../support/millrace.js'
import { type TestDatabase, testDatabase } from './database.js'

let server: TestDatabase
let cable: Cable
let database: Database
beforeAll(async () => {
  server = await testDatabase()
})
afterAll(() => server.stop())
beforeEach(async () => {
  const url = new URL(server.server.url)
  const port = Number(url.port)
  cable = await Cable.lay(() => port)
  url.port = String(cable.port)
  const limits = { readMs: 500, beginMs: 500, askEveryMs: 1_000, answerMs: 500 }
  database = new Database(url.href, silentLogger, limits)
})
afterEach(async () => {
  cable.close()
  await database.close()
})

it('who listens notices that nothing arrives any more, and listens anew', async () => {
  const heard: string[] = []
  const stop = new AbortController()
  const listening = database.listen((change) => heard.push(JSON.stringify(change)), stop.signal, 'everything')
  const hears = (name: string) =>
    eventually(`${name} is heard`, async () => {
      await database.transaction((client) => database.notify(client, { type: 'automation', name }))
      return heard.some((one) => one.includes(name))
    })
  await hears('first')
  cable.forget()
  await hears('second')
  stop.abort()
  await listening
})

it('a read, and a transaction, on a connection that is gone are done on another one', async () => {
  const read = () => database.rows('select 1 as n')
  const write = () => database.transaction(async (client) => (await client.query('select 2 as n')).rows)
  await read()
  // The first one also asks what the server tells of its log.
  for (const one of [read, write, read, write]) {
    cable.forget()
    expect(await one()).toEqual([{ n: one === read ? 1 : 2 }])
  }
})
