/**
 * Random schedules, sensors, conditions, backfills and edits while processes are killed, and afterwards an account of every
 * tick, run, event and row: `npm run soak -- --minutes 30 --seed 7`.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { auditStore, type Findings, missedInstants, sensorFindings } from '../support/audit-store.js'
import { freePort } from '../support/free-port.js'
import { eventually, removeProject, sleep, temporaryProject } from '../support/millrace.js'
import { startPostgres } from '../support/postgres-server.js'
import { Dice } from '../support/random-writes.js'
import { auditLedger } from './audit-ledger.js'
import { auditWarehouse } from './audit-warehouse.js'
import { Deliveries } from './deliveries.js'
import { Disturbances } from './disturbances.js'
import { connected, GrowingSources } from './growing-sources.js'
import { countKeys, definitionsText, makeLaunchingFolder, projectFiles } from './soak-files.js'
import { SoakProcesses } from './soak-processes.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '7' },
    /** Between two kills, on average. */
    every: { type: 'string', default: '8' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
const everyMs = Number(values.every) * 1000
const restMs = 5 * 60_000
/** What waits in the queue for longer, when nothing more is asked for, is cancelled. */
const patienceMs = 3 * 60_000

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

const server = await startPostgres({ max_connections: '100', shared_buffers: '64MB' })
const [source, warehouse] = [await server.database(), await server.database()]
const dir = await temporaryProject({
  ...projectFiles(source, warehouse),
  'orchestration/definitions.ts': definitionsText(1),
  'ledger.jsonl': '',
})
await makeLaunchingFolder(dir)
const sources = new GrowingSources(source, dir)
const processes = new SoakProcesses(dir, await freePort())
const deliveries = new Deliveries(processes.url)
const disturbances = new Disturbances(processes, dir, { dice: new Dice(seed), say })
const over = new AbortController()
let isClean = false
try {
  await sources.prepare(warehouse)
  await processes.start()
  say(`seed ${seed}, ${minutes} minutes, a kill every ${everyMs / 1000} s; the project: ${dir}`)
  const growing = Promise.all([
    sources.grow(new Dice(seed + 1), over.signal),
    deliveries.send(new Dice(seed + 4), over.signal),
  ])
  await disturb(Date.now() + minutes * 60_000)
  over.abort()
  await growing
  // What never comes to rest is looked at as it is.
  const stuck = await comeToRest().then(
    () => [],
    (error: unknown) => [String(error)],
  )
  const summary = await account({ 'everything comes to rest': stuck })
  isClean = summary.off === 0
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(summary, null, 2)}\n`)
} catch (error) {
  say(`seed ${seed}: ${String(error)}`)
} finally {
  over.abort()
  const left = await processes.stop()
  for (const line of left) say(`left over: ${line}`)
  if (left.length > 0) isClean = false
  if (isClean && !values.keep) await removeProject(dir)
  else {
    await writeFile(`${dir}/said.log`, processes.said())
    say(`seed ${seed}; what is left lies in ${dir}`)
  }
  await server.stop()
}
process.exit(isClean ? 0 : 1)

async function disturb(untilMs: number): Promise<void> {
  const dice = new Dice(seed + 2)
  const isOver = () => Date.now() >= untilMs || interrupted.signal.aborted
  const using = (async () => {
    while (!isOver()) {
      await sleep(500 + dice.below(4_000))
      await disturbances.use()
    }
  })()
  const pauses = new Dice(seed + 3)
  while (!isOver()) {
    await sleep(Math.min(everyMs / 2 + pauses.below(everyMs), Math.max(0, untilMs - Date.now())))
    if (!isOver()) await disturbances.kill()
    processes.followStore()
  }
  await using
}

/** Nobody is killed any more; what is due happens, and then nothing is. */
async function comeToRest(): Promise<void> {
  say('coming to rest')
  await disturbances.settle()
  const patient = (what: string, work: () => Promise<unknown>) =>
    eventually(
      what,
      () =>
        work().then(
          (answer) => answer ?? true,
          () => false,
        ),
      { withinMs: restMs, everyMs: 500 },
    )
  const store = () => withStore((client) => client.query('select 1'))
  await patient('the store answers', async () => {
    processes.followStore()
    return store()
  })
  // Conditions and sensors have their say once more.
  await sleep(5_000)
  await patient('deliveries are through', async () => {
    const waiting = await withStore((client) => deliveries.waiting(client))
    if (waiting > 0) throw new Error(`${waiting} wait`)
  })
  for (const name of ['each', 'queued', 'toggled', 'load', 'count', 'customers', 'delivered', 'arrivals', 'rows'])
    await patient(`${name} is switched off`, () =>
      processes.call(`/automation/${name}`, { method: 'PUT', body: { isOn: false } }),
    )
  await atRest('runs and backfills have ended', patienceMs).catch(async () => {
    // More was asked for than this machine can do.
    say(`after ${patienceMs / 60_000} minutes runs still wait: ${await cancelQueued()} are cancelled`)
    await atRest('runs and backfills have ended')
  })
  await patient('the last load is requested', () =>
    processes.call('/materialize', { body: { selection: 'raw/orders+ raw/lines+' } }),
  )
  await atRest('the last load has ended')
  await patient('asset_conditions is switched off', () =>
    processes.call('/automation/asset_conditions', { method: 'PUT', body: { isOn: false } }),
  )
  await atRest('what conditions asked for has ended')
}

function withStore<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return connected(new pg.Client({ connectionString: processes.storeUrl().replace(/\?.*/, '') }), work)
}

/** For some seconds nothing is open. */
async function atRest(what: string, withinMs = restMs): Promise<void> {
  const open = () =>
    withStore(async (client) => {
      const { rows } = await client.query(
        `select (select count(*) from runs where ended_at is null)::int + (select count(*) from backfills where ended_at is null)::int as n`,
      )
      return Number(rows[0].n)
    }).catch(() => 1)
  let restingMs = 0
  await eventually(
    what,
    async () => {
      restingMs = (await open()) === 0 ? restingMs + 500 : 0
      return restingMs >= 4_000
    },
    { withinMs, everyMs: 500 },
  )
}

async function cancelQueued(): Promise<number> {
  for (let count = 0; ; ) {
    const { runs } = await processes.call<{ runs: { id: string }[] }>('/runs?status=queued&limit=500')
    if (runs.length === 0) return count
    for (const { id } of runs) await processes.call(`/runs/${id}/cancel`, { body: {} })
    count += runs.length
  }
}

async function account(first: Findings) {
  const { findings, facts } = await withStore(async (client) => {
    const ledger = await auditLedger(client, dir, disturbances.frozen)
    const rows = await auditWarehouse(source, warehouse, sources.lines)
    const all: Findings = {
      ...first,
      ...(await auditStore(client)),
      'a schedule that catches up has a tick for every instant': await missedInstants(client, 'each', '*/5 * * * * *'),
      'the cursor of a sensor is what its ticks asked for': await sensorFindings(client, 'count', countKeys),
      ...(await deliveries.audit(client)),
      ...ledger.findings,
      ...rows.findings,
    }
    const { rows: counts } = await client.query(
      `select (select count(*) from runs)::int as runs, (select count(*) from runs where attempt > 1)::int as "runs taken up again",
         (select count(*) from runs where error->>'code' = 'RUN_LOST')::int as "runs given up",
         (select jsonb_object_agg(status, n) from (select status, count(*) as n from runs group by 1) s) as "runs by status",
         (select count(distinct run_id) from events where type = 'run_launched')::int as "runs launched",
         (select count(*) from ticks)::int as ticks, (select count(*) from events)::int as events,
         (select count(*) from events where type = 'asset_materialized')::int as materializations,
         (select count(*) from backfills)::int as backfills, (select count(*) from asset_partitions)::int as partitions`,
    )
    return {
      findings: all,
      facts: {
        ...counts[0],
        'executions of user code': ledger.executions,
        'of these again, after a kill or for another attempt': ledger.again,
        'deliveries that were taken': deliveries.taken.size,
        'of these sent again': deliveries.repeated,
        'rows in the warehouse': rows.rows,
      } as Record<string, unknown>,
    }
  })
  const off = Object.values(findings).reduce((sum, lines) => sum + lines.length, 0)
  const { counts } = disturbances
  say(`seed ${seed}, ${minutes} minutes`)
  for (const [what, n] of Object.entries(counts).sort()) console.log(`  ${String(n).padStart(7)}  ${what}`)
  for (const [what, n] of Object.entries(facts))
    console.log(`  ${typeof n === 'number' ? String(n).padStart(7) : JSON.stringify(n)}  ${what}`)
  for (const [name, lines] of Object.entries(findings)) {
    console.log(`${lines.length === 0 ? '   holds' : '     OFF'}  ${name}`)
    for (const line of lines.slice(0, 20)) console.log(`            ${line}`)
    if (lines.length > 20) console.log(`            and ${lines.length - 20} more`)
  }
  say(off === 0 ? 'everything is accounted for' : `${off} findings; seed ${seed}`)
  return { seed, minutes, disturbances: counts, facts, findings, off }
}
