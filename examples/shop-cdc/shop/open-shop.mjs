import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { silentLogger } from '../../../dist/base/index.js'
import { startEmbeddedPostgres } from '../../../dist/metastore/index.js'
import { schema, stock } from './schema.mjs'
import { trade } from './traffic.mjs'

/**
 * Starts the PostgreSQL of the shop, fills it where it is empty, and keeps about so many transactions a second coming.
 * @returns how it is reached; a signal that aborts when the trade fails; and what closes it, with the number of transactions. Nothing is left
 * running where it throws.
 */
export async function openShop({ folder, perSecond }) {
  await mkdir(folder, { recursive: true })
  const database = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    logger: silentLogger,
    settings: { wal_level: 'logical', max_wal_senders: '4', max_replication_slots: '4' },
  })
  const client = new pg.Client({ connectionString: database.url })
  // A connection that is lost fails the statement that goes on, too.
  client.on('error', () => {})
  const [closing, failed] = [new AbortController(), new AbortController()]
  let trading = Promise.resolve(0)
  const close = async () => {
    closing.abort()
    const transactions = await trading
    await client.end().catch(() => {})
    await database.stop()
    return transactions
  }
  try {
    await client.connect()
    // As a whole: half a stock would be taken for one at the next start.
    await client.query('begin')
    await client.query(schema)
    await stock(client)
    await client.query('commit')
  } catch (error) {
    await close()
    throw error
  }
  trading = trade(client, { perSecond, signal: closing.signal }).catch((error) => {
    console.error(`The trade of the shop failed: ${error.message}`)
    failed.abort()
    return 0
  })
  const { port, password } = new URL(database.url)
  return { port, password: decodeURIComponent(password), failed: failed.signal, close }
}
