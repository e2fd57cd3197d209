import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AirbyteStandIn, type ScriptedConnection, secret } from '../support/airbyte-server.js'
import { eventually, millrace, removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'
import { pidOf } from './pid-of.js'
import { ended, eventsOf, requestRun } from './slow-project.js'

/** A real dbt project that reads what a server of Airbyte loads. */
const files = (url: string) => ({
  'millrace.yaml': `name: mixed
dbt: dbt
# The stack's own.
airbyte:
  prod: { url: '${url}', client_id: app, client_secret: '\${AIRBYTE_SECRET}', poll_interval: 500ms, refresh_interval: 1s }
server: { airbyte_port: 0 }
`,
  'dbt/dbt_project.yml': 'name: mixed\nprofile: mixed\n',
  'dbt/profiles.yml': 'mixed: { target: dev, outputs: { dev: { type: duckdb, path: w.duckdb } } }\n',
  'dbt/models/sources.yml':
    'sources:\n  - { name: shop, schema: public, tables: [{ name: SHOP_ORDERS }, { name: shop_people }] }\n',
  // The tables are in a warehouse elsewhere: only what is waited for counts here.
  'dbt/models/revenue.sql': "select 1 as x /* {{ source('shop', 'SHOP_ORDERS') }} */\n",
})
const env = { AIRBYTE_SECRET: secret }

let standIn: AirbyteStandIn
let shop: ScriptedConnection
let dir: string
let up: Up
beforeAll(async () => {
  standIn = await AirbyteStandIn.start()
  shop = standIn.add({
    name: 'Shop → Warehouse',
    namespaceDefinition: 'source',
    prefix: 'shop_',
    schedule: { scheduleType: 'cron', cronExpression: '0 0 6 * * ? Europe/Berlin' },
    streams: [
      { name: 'orders', namespace: 'public' },
      { name: 'people', namespace: 'public' },
    ],
  })
  dir = await temporaryProject(files(standIn.url))
  up = await startUp(dir, { env })
}, 60_000)
afterAll(async () => {
  await up?.stop()
  await standIn?.stop()
  if (dir) await removeProject(dir)
})

const command = async (...args: string[]) => {
  const { ended: end, output } = millrace(dir, args, env)
  const { code } = await end
  return { code, output: output() }
}
const stepsOf = async (runId: string) => {
  const { steps } = await up.get<{ steps: { key: string; status: string }[] }>(`/runs/${runId}`)
  return Object.fromEntries(steps.map(({ key, status }) => [key, status]))
}

it('its streams are assets, which dbt models wait for', async () => {
  standIn.looksUntilDone = 0
  const { assets } = await up.get<{ assets: { key: string; kinds: string[]; group: string }[] }>('/assets')
  const keys = assets.map(({ key }) => key)
  // As the dbt source writes it.
  expect(keys).toEqual(expect.arrayContaining(['public/SHOP_ORDERS', 'public/shop_people', 'main/revenue']))
  expect(assets.find(({ key }) => key === 'public/SHOP_ORDERS')).toMatchObject({
    kinds: ['stream', 'postgres', 'airbyte'],
    group: 'prod.shop-warehouse',
  })
  const runId = await requestRun(up, '*')
  const job = await eventually('the job', () => standIn.jobs[0])
  await eventually('the step', async () => (await stepsOf(runId))['sync:prod.shop-warehouse'] === 'running')
  expect(await stepsOf(runId)).toMatchObject({ 'dbt:model.mixed.revenue': 'pending' })
  standIn.succeed(job)
  expect(await ended(up, runId)).toMatchObject({ status: 'succeeded' })
  const events = await eventsOf(up, runId)
  const made = events.flatMap(({ type, asset }) => (type === 'asset_materialized' ? [asset] : []))
  expect(made).toEqual(['public/SHOP_ORDERS', 'public/shop_people', 'main/revenue'])
  expect(JSON.stringify(events)).toContain('one row was odd')
  const view = await up.get<Record<string, unknown>>('/connections/prod.shop-warehouse')
  expect(view).toMatchObject({
    remote: { server: 'prod', title: 'Shop → Warehouse', schedule: { cron: ['0 6 * * *'], timezone: 'Europe/Berlin' } },
    syncs: [{ rows: 30, bytes: 3000, status: 'succeeded' }],
    states: [{ stream: 'orders' }, { stream: 'people' }],
  })
  const told = JSON.stringify([events, view, up.output()])
  for (const word of [secret, ...standIn.tokens]) expect(told).not.toContain(word)
}, 30_000)

it('an engine that is killed between the question and its answer asks for no second sync', async () => {
  standIn.looksUntilDone = 2
  const [posts, jobs] = [standIn.posts, standIn.jobs.length]
  const engine = await pidOf('engine', dir, up)
  standIn.intercept = (call) => {
    if (call !== 'POST /api/public/v1/jobs') return undefined
    process.kill(engine, 'SIGKILL')
    return { isDropped: true }
  }
  const runId = await requestRun(up, 'public/shop_people')
  const run = await ended(up, runId)
  standIn.intercept = undefined
  expect(run).toMatchObject({ status: 'succeeded', attempt: 2 })
  expect([standIn.posts - posts, standIn.jobs.length - jobs]).toEqual([1, 1])
  const messages = (await eventsOf(up, runId)).map(({ message }) => message)
  expect(messages).toContain(`Job ${jobs + 1} was begun by this run before it was interrupted.`)
}, 60_000)

it('a run that is cancelled cancels what it has the server do', async () => {
  standIn.looksUntilDone = 0
  const before = standIn.jobs.length
  const runId = await requestRun(up, 'public/shop_people')
  const job = await eventually('the job', () => standIn.jobs[before])
  await up.post(`/runs/${runId}/cancel`, {})
  expect(await ended(up, runId)).toMatchObject({ status: 'cancelled' })
  expect(job.status).toBe('cancelled')
}, 30_000)

it('its schedule is taken over', async () => {
  expect((await command('connections')).output).toContain('0 0 6 * * ? Europe/Berlin (prod)')
  const refused = await command('connections', 'take-over', 'prod.shop-warehouse')
  expect(refused).toMatchObject({ code: 2, output: expect.stringContaining('nobody can be asked') })
  const done = await command('connections', 'take-over', 'prod.shop-warehouse', '--yes', '--json')
  expect(JSON.parse(done.output)).toMatchObject({ cron: '0 6 * * *', timezone: 'Europe/Berlin', isDone: true })
  expect(shop.schedule).toEqual({ scheduleType: 'manual' })
  const yaml = await readFile(join(dir, 'millrace.yaml'), 'utf8')
  expect(yaml).toContain("# The stack's own.")
  // Without a restart.
  await eventually('the schedule is here', async () => {
    const { automations } = await up.get<{ automations: { name: string }[] }>('/automation')
    return automations.some(({ name }) => name === 'sync_prod.shop-warehouse')
  })
  await eventually('the server syncs by hand only', async () => {
    const { remote } = await up.get<{ remote: object }>('/connections/prod.shop-warehouse')
    return !('schedule' in remote)
  })
}, 40_000)

it('what is only done there is refused before anything runs', async () => {
  const answer = await fetch(`${up.url}/api/connections/prod.shop-warehouse/clear`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expect(await answer.json()).toMatchObject({ error: { code: 'AIRBYTE_NOT_DONE_FROM_HERE' } })
  expect((await command('sync', 'prod.shop-warehouse', '--full-refresh')).output).toContain(
    'AIRBYTE_NOT_DONE_FROM_HERE',
  )
}, 30_000)

it('the graph stands while the server is away, also at a start, and it is told', async () => {
  await standIn.stop()
  await up.stop()
  up = await startUp(dir, { env })
  const { assets } = await up.get<{ assets: { key: string }[] }>('/assets')
  expect(assets.map(({ key }) => key)).toContain('public/SHOP_ORDERS')
  const problem = await eventually('it is told', () => /warn: .*does not answer.*/.exec(up.output())?.[0])
  expect(problem).toContain('Its connections stand as they were read last.')
  await standIn.start()
  expect((await command('check', 'prod.shop-warehouse')).output).toContain('answers the application app')
}, 60_000)

it('Millrace follows Millrace, which answers as Airbyte does', async () => {
  const other = await temporaryProject({
    'extract_load/csv.yaml': `name: csv
source: { connector: file, config: { streams: [{ name: items, path: items.csv }] } }
destination: { connector: warehouse, schema: stock }
`,
    'items.csv': 'id,name\n1,a\n2,b\n',
  })
  const otherUp = await startUp(other)
  try {
    const [url] = await eventually(
      'it says where',
      () => /http:\/\/localhost:\d+(?=\n)/.exec(otherUp.output().split('Clients of Airbyte')[1] ?? '') ?? undefined,
    )
    const yaml = await readFile(join(dir, 'millrace.yaml'), 'utf8')
    await writeFile(
      join(dir, 'millrace.yaml'),
      yaml.replace('airbyte:\n', `airbyte:\n  house: { url: '${url}', poll_interval: 500ms, refresh_interval: 1s }\n`),
    )
    await eventually('its stream is an asset here', async () => {
      const { assets } = await up.get<{ assets: { key: string }[] }>('/assets')
      return assets.some(({ key }) => key === 'stock/items')
    })
    const runId = await requestRun(up, 'stock/items')
    expect(await ended(up, runId)).toMatchObject({ status: 'succeeded' })
    const made = (await eventsOf(up, runId)).find(({ type }) => type === 'asset_materialized')
    expect(made).toMatchObject({ asset: 'stock/items', metadata: { rows_committed: 2, airbyte_server: 'house' } })
  } finally {
    await otherUp.stop()
    await removeProject(other)
  }
}, 60_000)
