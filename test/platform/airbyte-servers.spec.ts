import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.js'
import { AirbyteServers } from '../../src/platform/airbyte/airbyte-servers.js'
import type { AirbyteServer } from '../../src/platform/contract.js'
import { LocalEngine } from '../../src/platform/engine/local-engine.js'
import { findProject } from '../../src/platform/project/find-project.js'
import { AirbyteStandIn, secret } from '../support/airbyte-server.js'
import { eventually, removeProject, temporaryProject } from '../support/millrace.js'

let standIn: AirbyteStandIn
let dir: string
const env = { AIRBYTE_SECRET: secret }

beforeEach(async () => {
  standIn = await AirbyteStandIn.start()
  dir = await temporaryProject({
    'millrace.yaml': `name: mixed\nairbyte:\n  prod: { url: '${standIn.url}', client_id: app, client_secret: '\${AIRBYTE_SECRET}' }\n`,
  })
  onTestFinished(async () => {
    await standIn.stop()
    await removeProject(dir)
  })
})

const definitions = async () => {
  const engine = new LocalEngine({
    project: await findProject(dir, { env }),
    env,
    logger: silentLogger,
    openStore: () => Promise.reject(new Error('No store.')),
  })
  try {
    return await engine.definitions()
  } finally {
    await engine.close()
  }
}

it('reads ten thousand streams into the graph in two seconds, and in less where they are kept', async () => {
  for (let i = 0; i < 1_000; i++)
    standIn.add({
      name: `Connection ${i}`,
      namespaceDefinition: 'source',
      streams: Array.from({ length: 10 }, (_, n) => ({ name: `table_${n}`, namespace: `schema_${i}` })),
    })
  const timed = async () => {
    const startedMs = performance.now()
    const { assets, problems } = await definitions()
    expect([assets.length, problems]).toEqual([10_000, []])
    return performance.now() - startedMs
  }
  const first = await timed()
  await standIn.stop()
  const kept = await timed()
  console.log(`10 000 streams: ${Math.round(first)} ms from the server, ${Math.round(kept)} ms as kept`)
  // Of a machine that others use too, a few times what it takes.
  expect(first).toBeLessThan(10_000)
  expect(standIn.calls.filter((call) => call.endsWith('/connections'))).toHaveLength(10)
})

it('keeps what a server said, without what is secret; another address is another server', async () => {
  standIn.add({ name: 'Shop', streams: [{ name: 'orders' }] })
  await definitions()
  const folder = join(dir, '.millrace/airbyte-servers')
  expect(readdirSync(folder)).toEqual(['prod.json'])
  expect(readFileSync(join(folder, 'prod.json'), 'utf8')).not.toMatch(/secret|token|\*\*\*/)
  await standIn.stop()
  expect((await definitions()).assets).toHaveLength(1)
  const other = await AirbyteStandIn.start()
  onTestFinished(() => other.stop())
  const yaml = readFileSync(join(dir, 'millrace.yaml'), 'utf8')
  writeFileSync(join(dir, 'millrace.yaml'), yaml.replace(standIn.url, other.url))
  expect((await definitions()).assets).toEqual([])
})

it('an older server is asked where streams lie that its list does not tell', async () => {
  standIn.lacks.add('namespaces')
  standIn.add({ name: 'Shop', namespaceDefinition: 'source', streams: [{ name: 'orders', namespace: 'public' }] })
  standIn.add({ name: 'Other', streams: [{ name: 'people', namespace: 'public' }] })
  expect((await definitions()).assets.map(({ key }) => key).sort()).toEqual(['public/orders', 'raw/people'])
  expect(standIn.calls.filter((call) => call.endsWith('/connections/get'))).toHaveLength(1)
})

it('wrong credentials are a problem with its place, and a workspace that is not there is named', async () => {
  standIn.add({ name: 'Shop', streams: [{ name: 'orders' }] })
  env.AIRBYTE_SECRET = 'not-the-secret'
  const wrong = await definitions().finally(() => {
    env.AIRBYTE_SECRET = secret
  })
  expect(wrong.problems).toMatchObject([
    {
      code: 'AIRBYTE_LOGIN_REFUSED',
      at: { file: 'millrace.yaml', line: 3 },
      hint: expect.stringContaining('client_id'),
    },
  ])
  expect(JSON.stringify(wrong)).not.toContain('not-the-secret')
  const yaml = readFileSync(join(dir, 'millrace.yaml'), 'utf8')
  writeFileSync(join(dir, 'millrace.yaml'), yaml.replace('client_id', 'workspace: Mian, client_id'))
  const { problems } = await definitions()
  expect(problems).toMatchObject([{ code: 'AIRBYTE_WORKSPACE_NOT_FOUND', hint: expect.stringContaining('Main') }])
  writeFileSync(join(dir, 'millrace.yaml'), yaml.replace('client_id', 'workspace: Main, client_id'))
  expect((await definitions()).assets).toHaveLength(1)
})

const serverAt = (name: string, url: string): AirbyteServer => ({
  ...{ name, url, credentials: { type: 'application', clientId: 'app', clientSecret: secret } },
  ...{ workspace: undefined, connections: undefined, refreshMs: 10, pollMs: 100, patienceMs: 1_000 },
  ...{ schedules: new Map(), at: { file: 'millrace.yaml' } },
})
const another = async () => {
  const other = await AirbyteStandIn.start()
  onTestFinished(() => other.stop())
  return other
}
const isList = (call: string) => call === 'GET /api/public/v1/connections'

it('one that is slow holds up no other one', async () => {
  const slow = await another()
  slow.intercept = (call) => (isList(call) ? { delayMs: 60_000 } : undefined)
  const airbyte = [serverAt('slow', slow.url), serverAt('prod', standIn.url)]
  const clock = { ...systemClock, sleep: (_: number, options = {}) => systemClock.sleep(20, options) }
  const servers = new AirbyteServers({ project: { stateDir: dir, airbyte }, clock, asks: 'watches' })
  const ends = new AbortController()
  const watching = servers.watch(ends.signal)
  await eventually('the other one is asked again', () => standIn.calls.filter(isList).length > 2)
  expect(slow.calls.filter(isList)).toHaveLength(1)
  ends.abort()
  await watching
})

it('what a server answers after another one got its name is not told of that one', async () => {
  const former = await another()
  former.add({ name: 'Former', streams: [{ name: 'orders' }] })
  standIn.add({ name: 'New', streams: [{ name: 'orders' }] })
  former.intercept = (call) => (isList(call) ? { delayMs: 200 } : undefined)
  const [before, after] = [serverAt('prod', former.url), serverAt('prod', standIn.url)]
  const servers = new AirbyteServers({
    project: { stateDir: dir, airbyte: [before] },
    named: () => Promise.resolve([after]),
    clock: systemClock,
    asks: 'watches',
  })
  const asked = servers.refresh(before, { signal: new AbortController().signal })
  await servers.readSettings()
  await asked
  const [known] = await servers.read()
  expect(known?.catalogue?.connections.map(({ title }) => title)).toEqual(['New'])
})
