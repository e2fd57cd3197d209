/**
 * Random schedules, sensors, webhooks, conditions, backfills and edits while processes are killed and networks are cut, and afterwards
 * an account of every tick, run, delivery, event and row: `npm run soak -- --minutes 30 --seed 7`.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../support/free-port.js'
import { eventually, removeProject, sleep, temporaryProject } from '../support/millrace.js'
import { startPostgres } from '../support/postgres-server.js'
import { Dice } from '../support/random-writes.js'
import { type Account, account } from './account.js'
import { comeToRest, withStore } from './come-to-rest.js'
import { Counts } from './counts.js'
import { Deliveries } from './deliveries.js'
import { GrowingSources } from './growing-sources.js'
import { Killing } from './killing.js'
import { report } from './report.js'
import { definitionsText, projectFiles } from './soak-files.js'
import { SoakProcesses } from './soak-processes.js'
import { Using } from './using.js'

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
const counts = new Counts()
const sources = new GrowingSources(source, dir)
const processes = new SoakProcesses(dir, await freePort())
const killing = new Killing(processes, { dice: new Dice(seed), counts, say })
const using = new Using(processes, dir, { dice: new Dice(seed + 2), counts })
const deliveries = new Deliveries(processes.url, { dice: new Dice(seed + 4), counts })
const over = new AbortController()
let off = Number.NaN
try {
  await sources.prepare(warehouse)
  await processes.start()
  say(`seed ${seed}, ${minutes} minutes, a kill every ${everyMs / 1000} s; the project: ${dir}`)
  const growing = [sources.grow(new Dice(seed + 1), over.signal), deliveries.send(over.signal)]
  await disturb(Date.now() + minutes * 60_000)
  over.abort()
  await Promise.all(growing)
  const found = await accounted()
  const findings = { ...found.findings, 'no process is left': await left() }
  say(`seed ${seed}, ${minutes} minutes`)
  off = report({ ...found, findings }, counts.all)
  say(off === 0 ? 'everything is accounted for' : `${off} findings; seed ${seed}`)
  const summary = { seed, minutes, disturbances: counts.all, facts: found.facts, findings, off }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(summary, null, 2)}\n`)
} catch (error) {
  say(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`)
} finally {
  over.abort()
  await left()
  if (off === 0 && !values.keep) await removeProject(dir)
  else {
    await writeFile(`${dir}/said.log`, processes.said())
    say(`seed ${seed}; what is left lies in ${dir}`)
  }
  await server.stop()
}
process.exit(off === 0 ? 0 : 1)

async function disturb(untilMs: number): Promise<void> {
  const dice = new Dice(seed + 5)
  const isOver = () => Date.now() >= untilMs || interrupted.signal.aborted
  const used = (async () => {
    while (!isOver()) {
      await sleep(500 + dice.below(4_000))
      await using.next()
    }
  })()
  const pauses = new Dice(seed + 3)
  while (!isOver()) {
    await sleep(Math.min(everyMs / 2 + pauses.below(everyMs), Math.max(0, untilMs - Date.now())))
    if (!isOver()) await killing.next()
  }
  await used
}

/** What never comes to rest is looked at as it is. */
async function accounted(): Promise<Account> {
  say('coming to rest')
  await killing.mended()
  await using.settle()
  await deliveries.settle()
  const stuck = await comeToRest(processes, say).then(
    () => [],
    (error: unknown) => [String(error)],
  )
  const done = { dir, source, warehouse, sources, killing, using, deliveries }
  const { facts, findings } = await withStore(processes, (client) => account(client, done))
  return { facts, findings: { 'everything comes to rest': stuck, ...findings } }
}

/** Asks all processes to end; those that did not, or that nobody ended, are told, and killed. */
async function left(): Promise<string[]> {
  const late = await processes.stop()
  await eventually('all have ended', async () => (await processes.all()).length === 0).catch(() => {})
  const lines: string[] = []
  for (const { pid, line } of await processes.all()) {
    lines.push(`${pid} ${line}`)
    process.kill(pid, 'SIGKILL')
  }
  return [...late, ...lines]
}
