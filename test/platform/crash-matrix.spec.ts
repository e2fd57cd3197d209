import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { type Metastore, openMetastore, withOwnSchema } from '../../src/metastore/index.js'
import type { Run } from '../../src/orchestrate/index.js'
import { type TestDatabase, testDatabase } from '../orchestrate/database.js'
import { auditStore, missedInstants, sensorFindings } from '../support/audit-store.js'
import { type Command, eventually, millrace, removeProject, temporaryProject } from '../support/millrace.js'
import { type Held, holdAt, type Place } from './held-statement.js'

const definitions = `import { appendFileSync, existsSync } from 'node:fs'
import { asset, defineProject, schedule, sensor } from 'millrace'
const made = (key, deps = []) => asset(key, { deps, run: async ({ projectDir, runId }) => {
  appendFileSync(projectDir + '/ledger', runId + ' ' + key + '\\n')
  while (key === 'slow' && !existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 10))
} })
export default defineProject(made('a'), made('b', ['a']), made('slow'),
  schedule('often', { cron: '* * * * * *', target: 'a', overlap: 'allow', catchUp: 'all', on: false }),
  sensor('count', { every: '1s', target: 'a', on: false,
    evaluate: ({ cursor }) => ({ cursor: Number(cursor ?? 0) + 1, runs: [{ key: String(cursor ?? 0) }] }) }))
`

let database: TestDatabase
let dir: string
let store: Metastore
/** Of the store, and of the warehouse. */
let client: pg.Client
let warehouse: pg.Client
let server: Command
let engine: Command
let held: Held | undefined

const start = (command: 'serve' | 'engine') =>
  millrace(dir, [command, ...(command === 'serve' ? ['--port', '0'] : [])], { DATABASE_URL: database.server.url })
const kill = async (command: Command) => {
  command.process.kill('SIGKILL')
  await command.ended
}

beforeAll(async () => {
  database = await testDatabase()
  const { hostname, port, username, password } = new URL(database.server.url)
  const admin = new pg.Client({ connectionString: database.server.url })
  await admin.connect()
  await admin.query('create database warehouse')
  await admin.end()
  dir = await temporaryProject({
    'millrace.yaml': 'name: matrix\nwarehouse: { profile: matrix, target: dev }\n',
    'transformation/dbt/dbt_project.yml': "name: matrix\nversion: '1.0'\nprofile: matrix\nmodel-paths: [models]\n",
    'transformation/dbt/profiles.yml': `matrix:
  target: dev
  outputs:
    dev: { type: postgres, host: ${hostname}, port: ${port}, user: ${username}, password: '${password}', dbname: warehouse, schema: main, threads: 2 }
`,
    'extract_load/lines.yaml': `name: lines
source: { connector: file, config: { streams: [{ name: lines, path: data/*.csv }] } }
destination: { connector: warehouse, schema: raw }
streams: { lines: { sync_mode: incremental, destination_sync_mode: append } }
`,
    'data/0.csv': 'id\n1\n2\n',
    'orchestration/definitions.ts': definitions,
    ledger: '',
  })
  const url = withOwnSchema(database.server.url, 'matrix')
  store = await openMetastore({ url, logger: silentLogger })
  client = new pg.Client({ connectionString: database.server.url, options: '-c search_path=millrace_matrix' })
  await client.connect()
  warehouse = new pg.Client({ connectionString: database.server.url.replace(/\/postgres$/, '/warehouse') })
  await warehouse.connect()
  server = start('serve')
  engine = start('engine')
  await eventually('the project is known', async () => (await store.readDefinitions())?.assets.length === 4, {
    withinMs: 100_000,
  })
}, 120_000)
afterAll(async () => {
  for (const command of [server, engine]) command?.process.kill('SIGINT')
  await Promise.all([server?.ended, engine?.ended])
  for (const one of [client, warehouse]) await one?.end()
  await store?.close()
  await database?.stop()
  if (dir) await removeProject(dir)
})
afterEach(async () => {
  await held?.release().catch(() => {})
  held = undefined
})

/** Kills a process as soon as it hangs at a place, and starts it anew. */
async function killAt(who: 'server' | 'engine', place: Place, provoke: () => Promise<unknown>, on = client) {
  held = await holdAt(on, place)
  await provoke()
  await held.reached()
  await kill(who === 'server' ? server : engine)
  // A transaction is sent in few pieces, and its last one may have come whole: then it would be done for somebody who is dead.
  if (place.at !== 'commit') await held.end()
  await held.release()
  held = undefined
  if (who === 'server') server = start('serve')
  else engine = start('engine')
}

const request = async (selection: string) => (await store.requestRun({ selection, trigger: { type: 'manual' } })).run.id
const ended = (id: string): Promise<Run> =>
  eventually('the run ends', async () => {
    const run = await store.getRun(id)
    return run?.endedAt !== undefined && run
  })
const switchOn = (name: string) => store.setAutomation(name, name === 'often' ? 'schedule' : 'sensor', true)
const ticksOf = (automation: string) => store.listTicks({ automation, limit: 1000 })

/** What runs of one asset did, when no run is open any more. */
async function accounted(): Promise<void> {
  await eventually('every run ends', async () => {
    const { rows } = await client.query('select 1 from runs where ended_at is null limit 1')
    return rows.length === 0
  })
  for (const [what, found] of Object.entries(await auditStore(client)))
    expect({ [what]: found }).toEqual({ [what]: [] })
  const { rows } = await client.query("select id from runs where status <> 'succeeded'")
  expect(rows).toEqual([])
}

async function timesCarriedOut(runId: string, asset: string): Promise<number> {
  const lines = (await readFile(join(dir, 'ledger'), 'utf8')).split('\n')
  return lines.filter((line) => line === `${runId} ${asset}`).length
}

/** How often it was made, by the events. */
async function timesMade(runId: string, asset: string): Promise<number> {
  return (await store.readEvents({ runId, asset, types: ['asset_materialized'] })).length
}

/** Whoever is killed while its transaction is under way has done nothing of it; killed in the commit, all of it. */
const outcomes = [
  { at: 'after', what: 'in its transaction: nothing of it' },
  { at: 'commit', what: 'in its commit: all of it' },
] as const

describe('the server, killed', { timeout: 120_000 }, () => {
  it.each(outcomes)(
    'after tick created, $what is there, and every instant has one tick and one run',
    async ({ at }) => {
      const since = new Date()
      await killAt('server', { table: 'ticks', on: 'insert', at, row: "new.automation = 'often'" }, () =>
        switchOn('often'),
      )
      await eventually('more ticks', async () => (await ticksOf('often')).length > 3)
      await store.setAutomation('often', 'schedule', false)
      await accounted()
      expect(await missedInstants(client, 'often', '* * * * * *', since)).toEqual([])
      expect((await ticksOf('often')).every(({ runIds }) => runIds.length === 1)).toBe(true)
    },
  )

  it('after tick claimed (its automation is locked, nothing is written yet)', async () => {
    const before = (await ticksOf('often')).length
    await killAt(
      'server',
      {
        table: 'automations',
        on: 'update',
        at: 'after',
        row: "new.name = 'often' and new.last_tick_at > old.last_tick_at",
      },
      () => switchOn('often'),
    )
    await eventually('more ticks', async () => (await ticksOf('often')).length > before + 2)
    await store.setAutomation('often', 'schedule', false)
    await accounted()
    const ticks = await ticksOf('often')
    expect(new Set(ticks.map((tick) => tick.at)).size).toBe(ticks.length)
    expect(ticks.every(({ runIds }) => runIds.length === 1)).toBe(true)
  })

  it.each([
    { at: 'before', what: 'between cursor write and run insert' },
    { at: 'after', what: 'after run inserted, in its transaction' },
    { at: 'commit', what: 'after run inserted, in its commit' },
  ] as const)('$what: cursor and runs stay together', async ({ at }) => {
    const before = (await ticksOf('count')).length
    await killAt('server', { table: 'runs', on: 'insert', at, row: "new.trigger_name = 'count'" }, () =>
      switchOn('count'),
    )
    await eventually('more ticks', async () => (await ticksOf('count')).length > before + 1)
    await store.setAutomation('count', 'sensor', false)
    await accounted()
    expect(await sensorFindings(client, 'count', (cursor) => [String(cursor)])).toEqual([])
  })
})

describe('the engine, killed', { timeout: 120_000 }, () => {
  it.each(outcomes)('after run claimed, $what', async ({ at }) => {
    let id = ''
    const place = { table: 'runs', on: 'update', at, row: "old.status = 'queued' and new.status = 'starting'" } as const
    await killAt('engine', place, async () => {
      id = await request('a')
    })
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: at === 'commit' ? 2 : 1 })
    expect([await timesCarriedOut(id, 'a'), await timesMade(id, 'a')]).toEqual([1, 1])
    await accounted()
  })

  it('after step started: it is started again, and made once', async () => {
    const id = await request('slow')
    await eventually('the store knows the step', async () => (await store.listSteps(id))[0]?.status === 'running')
    await eventually('the step is at work', async () => (await timesCarriedOut(id, 'slow')) === 1)
    await kill(engine)
    await writeFile(join(dir, 'go'), '')
    engine = start('engine')
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    expect([await timesCarriedOut(id, 'slow'), await timesMade(id, 'slow')]).toEqual([2, 1])
    const started = await store.readEvents({ runId: id, types: ['step_started'] })
    expect(started.map(({ metadata }) => metadata?.attempt)).toEqual([1, 2])
    await accounted()
  })

  it.each([
    { at: 'after', times: 2, what: 'nothing of it is there, and what it told of is made again' },
    { at: 'commit', times: 1, what: 'all of it is there, and nothing is made again' },
  ] as const)('mid event batch, at $at: $what', async ({ at, times }) => {
    let id = ''
    const place = {
      table: 'events',
      on: 'insert',
      at,
      row: "new.type = 'asset_materialized' and new.asset = 'a'",
    } as const
    await killAt('engine', place, async () => {
      // What the last step of a run tells is written together with its end.
      id = await request('a b')
    })
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    expect([await timesCarriedOut(id, 'a'), await timesMade(id, 'a'), await timesMade(id, 'b')]).toEqual([times, 1, 1])
    await accounted()
  })

  it.each([
    { at: 'before', what: 'in its transaction: the run ends later' },
    { at: 'commit', what: 'in its commit: the run has ended' },
  ] as const)('after state commit and before run end, $what, and nothing is made again', async ({ at }) => {
    let id = ''
    const place = { table: 'runs', on: 'update', at, row: "new.status = 'succeeded'" } as const
    await killAt('engine', place, async () => {
      id = await request('a b')
    })
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: at === 'commit' ? 1 : 2 })
    expect([await timesMade(id, 'a'), await timesMade(id, 'b')]).toEqual([1, 1])
    expect(await timesCarriedOut(id, 'a')).toBe(1)
    await accounted()
  })
})

describe('the engine, killed in a sync', { timeout: 120_000 }, () => {
  const stateRow = { table: '_millrace.stream_state', on: 'insert or update' } as const
  const rows = async () =>
    (await warehouse.query('select id::int from raw.lines order by id')).rows.map(({ id }) => id as number)
  let count = 2
  const addLines = async () => {
    await writeFile(join(dir, `data/${count}.csv`), `id\n${count + 1}\n${count + 2}\n`)
    count += 2
  }
  const all = () => Array.from({ length: count }, (_, i) => i + 1)

  beforeAll(async () => {
    await ended(await request('raw/lines'))
    expect(await rows()).toEqual([1, 2])
  })

  it.each([
    { at: 'before', what: 'after the rows were written and before their state was: neither is there' },
    { at: 'commit', what: 'in the commit of both: both are there' },
  ] as const)('$what; then the table is the source', async ({ at }) => {
    await addLines()
    let id = ''
    await killAt(
      'engine',
      { ...stateRow, at },
      async () => {
        id = await request('raw/lines')
      },
      warehouse,
    )
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    expect(await rows()).toEqual(all())
    expect(await timesMade(id, 'raw/lines')).toBe(1)
    await accounted()
  })

  it('after data commit and before state commit (of the asset, in the store): the next attempt finds nothing new', async () => {
    await addLines()
    let id = ''
    const place = { table: 'events', on: 'insert', at: 'before', row: "new.type = 'asset_materialized'" } as const
    await killAt('engine', place, async () => {
      id = await request('raw/lines')
    })
    expect(await rows()).toEqual(all())
    expect(await ended(id)).toMatchObject({ status: 'succeeded', attempt: 2 })
    expect(await rows()).toEqual(all())
    expect(await timesMade(id, 'raw/lines')).toBe(1)
    await accounted()
  })
})
