import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isProcessAlive, silentLogger } from '../../src/base/index.js'
import { type Metastore, openMetastore } from '../../src/metastore/index.js'
import { type Held, holdAt } from '../platform/held-statement.js'
import { eventually, sleep } from '../support/millrace.js'
import { type TestDatabase, testDatabase } from './database.js'

let database: TestDatabase
let store: Metastore
const stop = new AbortController()
let keeping: Promise<void>
beforeAll(async () => {
  // What is not committed stays in memory for as long as that goes.
  database = await testDatabase({ settings: { wal_writer_delay: '10s', bgwriter_delay: '10s' } })
  store = await openMetastore({ url: database.server.url, logger: silentLogger })
  keeping = database.server.keepAlive(stop.signal)
})
afterAll(async () => {
  stop.abort()
  await keeping
  await store.close()
  await database.stop()
})

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.server.url })
  client.on('error', () => {})
  await client.connect()
  return client
}
const request = (runKey: string) => store.requestRun({ selection: '*', trigger: { type: 'manual' }, runKey })

/** Requests a run, and hangs in the commit of it. */
async function inCommit(runKey: string) {
  const client = await connect()
  const held: Held = await holdAt(client, {
    table: 'runs',
    on: 'insert',
    at: 'commit',
    row: `new.run_key = '${runKey}'`,
  })
  const requested = request(runKey)
  await held.reached()
  const { rows } = await client.query(
    "select pid from pg_stat_activity where wait_event = 'advisory' and query = 'commit'",
  )
  return { client, held, requested, session: Number(rows[0].pid) }
}

const isThere = async (runId: string) => (await store.getRun(runId)) !== undefined

it('a server that only reads, since another one is the primary by now, is waited for like one that is away', async () => {
  const client = await connect()
  const set = async (value: string) => {
    await client.query(`alter system ${value}`)
    await client.query('select pg_reload_conf()')
  }
  await set('set default_transaction_read_only = on')
  const requested = request('promoted')
  await sleep(500)
  await client.query('set default_transaction_read_only = off')
  await set('reset default_transaction_read_only')
  await client.end()
  const { run } = await requested
  expect(await isThere(run.id)).toBe(true)
})

it('a commit of which nothing reached the disk is done again, though its number is somebody else’s by now', async () => {
  const { client, requested, session } = await inCommit('lost')
  // The server ends all sessions and recovers from what is on the disk.
  process.kill(session, 'SIGKILL')
  await client.end().catch(() => {})
  // Others take the numbers that are free again, at once.
  const others = Array.from({ length: 20 }, async () => {
    for (;;) {
      const other = await connect().catch(() => undefined)
      if (!other) continue
      await other.query('select pg_current_xact_id()').catch(() => {})
      return other.end()
    }
  })
  await Promise.all(others)
  const cleaner = await connect()
  await cleaner.query('drop trigger if exists hold_1 on runs')
  await cleaner.end()
  const { run } = await requested
  expect(await isThere(run.id)).toBe(true)
  expect((await store.listRuns({})).filter(({ runKey }) => runKey === 'lost')).toHaveLength(1)
})

it('a commit that went through while the server went away is not done again', async () => {
  const { client, held, requested, session } = await inCommit('kept')
  const { pid } = database.server
  // The server is gone; its session goes on to the end of its commit, and finds nobody to tell.
  process.kill(session, 'SIGSTOP')
  process.kill(pid, 'SIGKILL')
  await held.release().catch(() => {})
  await client.end().catch(() => {})
  process.kill(session, 'SIGCONT')
  await eventually('the session has ended', () => !isProcessAlive(session))
  await sleep(100)
  const { run } = await requested
  expect(await isThere(run.id)).toBe(true)
  expect((await store.listRuns({})).filter(({ runKey }) => runKey === 'kept')).toHaveLength(1)
})
