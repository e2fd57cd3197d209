/**
 * Two hundred browsers that look around and listen, while runs are requested at a steady rate:
 * `npm run load -- --minutes 10 --clients 200 --rate 50`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { memoryOf, processTree } from '../bench/idle-memory.js'
import { eventually, removeProject, sleep, startUp, temporaryProject } from '../support/millrace.js'
import { Dice } from '../support/random-writes.js'
import { type Answers, LiveClient } from './live-client.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '200' },
    /** Runs a second. */
    rate: { type: 'string', default: '50' },
    json: { type: 'string' },
  },
})
const [minutes, clientCount, rate] = [Number(values.minutes), Number(values.clients), Number(values.rate)]
const assets = 50
/** A browser reads a page for so long, on average. */
const readingMs = 4_000
const restMs = 10 * 60_000

const dir = await temporaryProject({
  'millrace.yaml': 'name: load\nmax_concurrent_runs: 16\n',
  'orchestration/definitions.ts': `import { asset, defineProject } from 'millrace'
const all = Array.from({ length: ${assets} }, (_, i) => asset('load/a' + i, { run: ({ metadata }) => metadata({ n: i }) }))
export default defineProject(...all)
`,
})
const answers: Answers = { count: 0, errors: [], pagesMs: new Map() }
const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)
const up = await startUp(dir)
const clients: LiveClient[] = []
/** What a client heard last, since that may be before the answer that says which run it was. */
class Recent {
  readonly #runs: string[] = []
  readonly #atMs: number[] = []
  #next = 0

  note(runId: string): void {
    this.#runs[this.#next] = runId
    this.#atMs[this.#next] = performance.now()
    this.#next = (this.#next + 1) % 4_000
  }

  firstMs(runId: string): number | undefined {
    const times = this.#runs.flatMap((one, i) => (one === runId ? (this.#atMs[i] as number) : []))
    return times.length > 0 ? Math.min(...times) : undefined
  }
}

interface LookedFor {
  /** When it was asked for. */
  readonly atMs: number
  /** Which clients have heard of it. */
  readonly by: Set<Recent>
}
const heard = new Map<string, LookedFor>()
const heardAfterMs: number[] = []
const recents: Recent[] = []
try {
  for (let i = 0; i < clientCount; i++) clients.push(newClient())
  await Promise.all(clients.map((client) => client.listen()))
  say(`${clientCount} clients, ${rate} runs/s, ${minutes} minutes`)
  const before = await memory()
  const [requested, after] = await load(before)
  const summary = await account(requested, before, after)
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(summary, null, 2)}\n`)
} finally {
  for (const client of clients) client.close()
  await up.stop()
  await removeProject(dir)
}
process.exit(answers.errors.length === 0 ? 0 : 1)

function newClient(maxSockets?: number): LiveClient {
  const recent = new Recent()
  recents.push(recent)
  const onRun = (runId: string) => {
    recent.note(runId)
    const run = heard.get(runId)
    if (run) hear(run, recent, performance.now())
  }
  return new LiveClient(up.url, answers, onRun, maxSockets)
}

function hear(run: LookedFor, by: Recent, atMs: number): void {
  if (run.by.has(by)) return
  run.by.add(by)
  heardAfterMs.push(atMs - run.atMs)
}

async function load(before: Readonly<Record<string, number>>) {
  const untilMs = performance.now() + minutes * 60_000
  const looking = clients.map((client, i) => lookAround(client, new Dice(i + 1), untilMs))
  // Nobody waits until an earlier request was answered.
  const requester = newClient(64)
  clients.push(requester)
  const dice = new Dice(99)
  const open: Promise<void>[] = []
  const startedMs = performance.now()
  let requested = 0
  let saidMs = startedMs
  while (performance.now() < untilMs) {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * rate)
    for (; requested < due; requested++) open.push(requestRun(requester, dice, requested))
    if (performance.now() - saidMs > 30_000) {
      saidMs = performance.now()
      say(
        `${requested} runs requested, ${answers.count} answers, ${answers.errors.length} errors; ${inWords(await memory(), before)}`,
      )
    }
    await sleep(20)
  }
  await Promise.all([...open, ...looking])
  return [requested, await memory()] as const
}

async function requestRun(client: LiveClient, dice: Dice, number: number): Promise<void> {
  const atMs = performance.now()
  const text = await client.call('/materialize', { selection: `load/a${dice.below(assets)}` })
  // One of a hundred is looked for by every client.
  if (number % 100 > 0 || text === '') return
  const { runId } = JSON.parse(text)
  const run: LookedFor = { atMs, by: new Set() }
  heard.set(runId, run)
  for (const recent of recents) {
    const heardMs = recent.firstMs(runId)
    if (heardMs !== undefined) hear(run, recent, heardMs)
  }
}

async function lookAround(client: LiveClient, dice: Dice, untilMs: number): Promise<void> {
  await sleep(dice.below(readingMs))
  while (performance.now() < untilMs) {
    const page = dice.one(['overview', 'runs', 'run', 'assets', 'asset'] as const)
    if (page === 'overview') await client.open(page, ['/session', '/health', '/overview'])
    if (page === 'runs') await client.open(page, ['/health', '/runs?limit=50', '/backfills'])
    if (page === 'assets') await client.open(page, ['/health', '/assets'])
    if (page === 'asset') await client.open(page, [`/assets/load%2Fa${dice.below(assets)}`])
    if (page === 'run') {
      const text = await client.call('/runs?limit=20')
      const runs = text === '' ? [] : (JSON.parse(text) as { runs: { id: string }[] }).runs
      const run = runs.length > 0 ? dice.one(runs).id : undefined
      if (run !== undefined) await client.open(page, [`/runs/${run}`, `/runs/${run}/events`])
    }
    await sleep(readingMs / 2 + dice.below(readingMs))
  }
}

/** Megabytes by process; those of PostgreSQL together. */
async function memory(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  const postgres = Number((await readFile(join(dir, '.millrace/postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  const trees = await Promise.all([processTree(up.process.pid as number), processTree(postgres)])
  for (const pid of new Set(trees.flat())) {
    const { name, mb } = await memoryOf(pid)
    const role = trees[1]?.includes(pid) ? 'postgres' : name
    found[role] = (found[role] ?? 0) + mb
  }
  return found
}

function inWords(now: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>): string {
  return Object.entries(now)
    .map(([name, mb]) => `${name} ${(before[name] ?? 0).toFixed(0)} → ${mb.toFixed(0)} MB`)
    .join(', ')
}

function both(list: readonly number[]) {
  const sorted = [...list].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { p50: at(0.5), p99: at(0.99), most: at(1) }
}

async function account(requested: number, before: Record<string, number>, after: Record<string, number>) {
  const { port, password } = JSON.parse(await readFile(join(dir, '.millrace/postgres.access.json'), 'utf8'))
  const client = new pg.Client({ connectionString: `postgresql://millrace:${password}@127.0.0.1:${port}/postgres` })
  await client.connect()
  try {
    const going = async () =>
      Number((await client.query('select count(*) as n from runs where ended_at is null')).rows[0].n)
    const backlog = await going()
    await eventually('the last runs end', async () => (await going()) === 0, { withinMs: restMs, everyMs: 500 })
    const { rows } = await client.query(
      'select extract(epoch from ended_at - created_at) * 1000 as ms, status from runs order by created_at',
    )
    const { rows: sizes } = await client.query(
      'select (select count(*) from events)::int as events, pg_database_size(current_database()) / 1000000 as mb',
    )
    const listening = clients.length - 1
    const summary = {
      minutes,
      clients: clientCount,
      rate,
      requested,
      runs: rows.length,
      succeeded: rows.filter((row) => row.status === 'succeeded').length,
      backlogAtTheEnd: backlog,
      runMs: both(rows.map((row) => Number(row.ms))),
      answers: answers.count,
      errors: answers.errors.length,
      pagesMs: Object.fromEntries(
        [...answers.pagesMs].map(([page, list]) => [page, { ...both(list), count: list.length }]),
      ),
      heardOf: `${[...heard.values()].reduce((sum, run) => sum + Math.min(listening, run.by.size), 0)} of ${heard.size * listening}`,
      heardAfterMs: both(heardAfterMs),
      memoryMb: Object.fromEntries(
        Object.entries(after).map(([name, mb]) => [name, [before[name] ?? 0, mb].map(Math.round)]),
      ),
      events: sizes[0].events,
      storeMb: Number(sizes[0].mb),
    }
    say(JSON.stringify(summary, null, 2))
    const kinds = new Set(answers.errors)
    for (const kind of [...kinds].slice(0, 20))
      console.log(`  ${answers.errors.filter((one) => one === kind).length}  ${kind}`)
    return summary
  } finally {
    await client.end()
  }
}
