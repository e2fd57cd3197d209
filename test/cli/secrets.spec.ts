import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { smallProject } from './small-project.js'
import { execute, main, millraceIn, startEngine } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
let engine: Awaited<ReturnType<typeof startEngine>>
const set = (name: string, input: string, ...args: string[]) =>
  execute(process.execPath, [main, 'secrets', 'set', name, '--stdin', ...args], { cwd: folder.dir, input })
beforeAll(async () => {
  const orders = `name: orders
source: { connector: file, config: { streams: [{ name: orders, path: 'data/\${ORDERS_FILE}' }] } }
destination: { connector: warehouse, schema: raw }
streams:
  orders: { sync_mode: full_refresh, destination_sync_mode: overwrite }
`
  folder = await smallProject({ 'extract_load/orders.yaml': orders })
  millrace = millraceIn(folder.dir)
  // One that runs and keeps the store open, as `millrace up` does.
  engine = await startEngine(folder.dir)
})
afterAll(async () => {
  await engine.stop()
  await folder.remove()
})

it('a secret that connections lack is told, and used as soon as it is set; it is never shown', async () => {
  const missing = await millrace('check', 'orders')
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('millrace secrets set ORDERS_FILE')])
  expect((await millrace('secrets')).stdout).toMatch(/ORDERS_FILE +missing .*orders/)
  const findings = (await millrace('doctor', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(findings.filter(({ error }) => error?.code === 'ENV_MISSING')).toEqual([
    expect.objectContaining({ title: 'Connection orders', status: 'failed' }),
  ])

  expect(await set('ORDERS_FILE', 'orders.csv\n')).toMatchObject({ code: 0, stdout: expect.stringContaining('orders') })
  expect((await millrace('check', 'orders')).code).toBe(0)
  const listed = await millrace('secrets', 'list', '--json')
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { name: 'ORDERS_FILE', status: 'set', usedBy: [{ kind: 'connection', name: 'orders' }] },
  ])
  expect(listed.stdout).not.toContain('orders.csv')

  await set('ORDERS_FILE', 'nothing.csv')
  expect((await millrace('check', 'orders')).code).toBe(1)
  const audit = await readAudit()
  expect(audit).toEqual(['secrets set ORDERS_FILE', 'secrets set ORDERS_FILE'])
}, 120_000)

it('one that is in use is not removed unasked, nor one that is none', async () => {
  const refused = await millrace('secrets', 'remove', 'ORDERS_FILE')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('orders names ORDERS_FILE')])
  expect((await millrace('secrets', 'remove', 'ORDERS_FILE', '--yes')).stdout).toContain('Removed')
  expect((await millrace('secrets', 'remove', 'ORDERS_FILE', '--yes')).stderr).toContain('SECRET_NOT_FOUND')
  expect((await set('no good', 'x')).stderr).toContain('SECRET_INVALID')
  expect((await set('EMPTY', '')).code).toBe(2)
}, 120_000)

it('commands without an engine know them as well, and one key opens what another cannot', async () => {
  await set('ORDERS_FILE', 'orders.csv')
  await engine.stop()
  expect((await millrace('check', 'orders')).code).toBe(0)
  const other = await millraceIn(folder.dir, { ORDERS_FILE: 'nothing.csv' })('check', 'orders')
  expect(other.code).toBe(1)
  const key = join(folder.dir, '.millrace/encryption.key')
  const text = await readFile(key, 'utf8')
  await writeFile(key, 'x'.repeat(40))
  const unreadable = await millrace('check', 'orders')
  expect([unreadable.code, unreadable.stderr]).toEqual([2, expect.stringContaining('CONNECTION_SECRET_UNREADABLE')])
  expect(unreadable.stderr).toContain('MILLRACE_ENCRYPTION_KEY')
  await writeFile(key, text)
}, 120_000)

async function readAudit() {
  const { findProject } = await import('../../src/platform/index.js')
  const { openStore } = await import('../../src/platform/processes/store/open-store.js')
  const { silentLogger } = await import('../../src/base/index.js')
  const project = await findProject(folder.dir, { env: {} })
  const handle = await openStore(project, { logger: silentLogger })
  try {
    const entries = await handle.access.listAudit({ limit: 10 })
    return entries.map(({ action, what }) => `${action} ${what}`)
  } finally {
    await handle.close()
  }
}
