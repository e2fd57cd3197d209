import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { logicalLog, type StartedServer, startPostgres } from '../support/postgres-server.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'dist/cli/main.js')
const shop = (name: string) => import(pathToFileURL(join(root, 'examples/shop-cdc/shop', name)).href)

let dir: string
let server: StartedServer
let client: pg.Client
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-shop-'))
  // As root the embedded PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  await cp(join(root, 'examples/shop-cdc'), dir, {
    recursive: true,
    filter: (path) => !/\.(millrace|shop)$|\/(target|logs)$/.test(path),
  })
  server = await startPostgres(logicalLog)
  client = new pg.Client({ connectionString: server.url })
  await client.connect()
}, 120_000)
afterAll(async () => {
  await client.end()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
})

async function millrace(...args: string[]): Promise<string> {
  const { port, password } = new URL(server.url)
  const env = { ...process.env, SHOP_PORT: port, SHOP_PASSWORD: decodeURIComponent(password) }
  const ran = promisify(execFile)(process.execPath, [main, '--project-dir', dir, ...args], { env, maxBuffer: 1e8 })
  const { stdout } = await ran.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`millrace ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`)
  })
  return stdout
}

const query = async (sql: string) => JSON.parse(await millrace('query', sql, '--json')) as unknown

it('the marts of the shop follow it, with what was deleted', async () => {
  const { schema, stock } = await shop('schema.mjs')
  const { trade } = await shop('traffic.mjs')
  await client.query(schema)
  await stock(client)
  const tradeUntil = async (work: () => Promise<unknown>) => {
    const end = new AbortController()
    const trading = trade(client, { perSecond: 100, signal: end.signal }) as Promise<number>
    try {
      await work()
    } finally {
      end.abort()
      await trading
    }
    return trading
  }
  expect(await tradeUntil(() => millrace('materialize', '*'))).toBeGreaterThan(10)
  await tradeUntil(() => millrace('materialize', '*'))
  const { rows: forgotten } = await client.query(
    'delete from shop.customers where id = (select customer_id from shop.orders order by id limit 1) returning id',
  )
  await millrace('materialize', '*')
  const { rows } = await client.query(
    'select status, count(*)::int as orders from shop.orders group by status order by status',
  )
  expect(await query('select status, orders from main.mart_orders_by_status order by status')).toEqual(rows)
  const gone = `select count(*) as n from raw.shop_customers where id = ${forgotten[0].id}`
  expect(await query(gone)).toEqual([{ n: 0 }])
}, 300_000)
