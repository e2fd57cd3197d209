// The whole example: a PostgreSQL with a shop in it that never sleeps, and Millrace beside it. Arguments go to `millrace up`.
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whenNpmIsGone } from '../../../scripts/npm-parent.mjs'
import { prepare } from '../../../scripts/prepare.mjs'
import { schema, stock } from './schema.mjs'
import { trade } from './traffic.mjs'

const close = new AbortController()
whenNpmIsGone(() => close.abort())
let millrace
process.on('SIGTERM', () => {
  // The second ends it at once, as it does where the program is started by itself.
  if (close.signal.aborted) millrace?.kill('SIGTERM')
  close.abort()
})
await prepare(close.signal)
// Not there before.
const { default: pg } = await import('pg')
const { silentLogger } = await import('../../../dist/base/index.js')
const { startEmbeddedPostgres } = await import('../../../dist/metastore/index.js')

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const perSecond = Number(process.env.SHOP_RATE ?? 20)
const folder = join(project, '.shop')
await mkdir(folder, { recursive: true })
console.log('Opening the shop …')
const database = await startEmbeddedPostgres({
  dataDir: join(folder, 'postgres'),
  logger: silentLogger,
  settings: { wal_level: 'logical', max_wal_senders: '4', max_replication_slots: '4' },
})
const { port, password } = new URL(database.url)
const client = new pg.Client({ connectionString: database.url })
await client.connect()
await client.query(schema)
await stock(client)
const end = new AbortController()
const trading = trade(client, { perSecond, signal: end.signal })
console.log(`The shop is open: about ${perSecond} transactions a second (SHOP_RATE).`)

millrace = spawn(
  process.execPath,
  [join(project, '../../dist/cli/main.js'), 'up', '--project-dir', project, ...process.argv.slice(2)],
  {
    // Over the channel it learns when this process is gone, however that happened.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SHOP_PORT: port, SHOP_PASSWORD: decodeURIComponent(password) },
  },
)
process.on('SIGINT', () => {})
const closeMillrace = () => millrace.connected && millrace.disconnect()
close.signal.addEventListener('abort', closeMillrace)
if (close.signal.aborted) closeMillrace()
millrace.on('exit', async (code) => {
  end.abort()
  const transactions = await trading
  await client.end()
  await database.stop()
  console.log(`The shop is closed after ${transactions} transactions.`)
  process.exit(code ?? 1)
})
