import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { silentLogger } from '../../src/base/index.js'
import { openMetastore } from '../../src/metastore/index.js'
import { testDatabase } from '../orchestrate/database.js'
import { sleep } from '../support/millrace.js'
import { dagsterEvents } from './dagster.js'
import { besideDagster, dagster, type Figure, pgbench, times } from './figure.js'

const runCount = 10_000
const workers = 4
const runsOfWorker = 32
const clients = 8
const commitsForMs = 5_000
const peerRuns = 200
const workerProgram = fileURLToPath(new URL('queue-worker.ts', import.meta.url))

/** pgbench's simple updates (an account, its balance, a line of history), each a transaction, a second. */
async function pgbenchRate(url: string): Promise<number | undefined> {
  const { command } = pgbench
  if (command === undefined) return undefined
  const run = promisify(execFile)
  await run(command, ['-i', '-q', '-s', '10', url])
  const seconds = String(commitsForMs / 1_000)
  const { stdout } = await run(command, ['-N', '-c', String(clients), '-j', '2', '-T', seconds, url])
  return Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
}

/** Updates of one row each, with nothing else in their transactions: the most that the store can commit in a second. */
async function commitRate(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: clients })
  await pool.query('create table bench_rows as select g as id, 0 as n from generate_series(1, 100000) g')
  await pool.query('create unique index on bench_rows (id)')
  const startedMs = performance.now()
  let commits = 0
  const client = async () => {
    while (performance.now() - startedMs < commitsForMs) {
      await pool.query('update bench_rows set n = n + 1 where id = $1', [1 + Math.floor(Math.random() * 100_000)])
      commits++
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  await pool.end()
  return commits / (commitsForMs / 1_000)
}

/** What one materialization takes in all tables of Dagster's, in a database of its own of this server. */
async function dagsterBytes(url: string): Promise<number | undefined> {
  if (dagster.command === undefined) return undefined
  const own = new URL(url)
  own.pathname = '/dagster'
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query('create database dagster')
  await admin.end()
  const client = new pg.Client({ connectionString: own.href })
  await client.connect()
  const size = async () =>
    Number(
      (
        await client.query<{ n: string }>(
          "select sum(pg_total_relation_size(oid)) as n from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
        )
      ).rows[0]?.n ?? 0,
    )
  try {
    // Its tables and their first pages count for nobody.
    await dagsterEvents(own.href, 1)
    const before = await size()
    await dagsterEvents(own.href, peerRuns)
    return ((await size()) - before) / peerRuns
  } finally {
    await client.end()
  }
}

/** Ready to begin when it is sent anything. */
async function startWorker(url: string, worker: number): Promise<ChildProcess> {
  const args = [url, String(worker), String(runsOfWorker)]
  // As the program starts itself where cores are few, see `cli/bundled-program.ts`.
  const execArgv = [...process.execArgv, '--interrupt-budget=135168']
  const started = fork(workerProgram, args, { execArgv })
  await once(started, 'message')
  return started
}

async function stopped(process: ChildProcess): Promise<void> {
  const exited = once(process, 'exit')
  process.kill('SIGTERM')
  await exited
}

/** Runs of an asset that does nothing, from the queue to their end, by four workers, a process each; and what a run leaves there. */
export async function queueFigures(): Promise<readonly Figure[]> {
  const { server, stop: stopDatabase } = await testDatabase({ isDurable: true })
  const store = await openMetastore({ url: server.url, logger: silentLogger })
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const one = async (sql: string) => Number((await client.query<{ n: string }>(sql)).rows[0]?.n)
  try {
    for (let queued = 0; queued < runCount; queued += 50)
      await Promise.all(
        Array.from({ length: 50 }, () => store.requestRun({ selection: 'a', trigger: { type: 'manual' } })),
      )
    const simple = await pgbenchRate(server.url)
    const commits = await commitRate(server.url)
    const processes = await Promise.all(Array.from({ length: workers }, (_, worker) => startWorker(server.url, worker)))
    const startedMs = performance.now()
    for (const process of processes) process.send('go')
    while ((await one("select count(*) as n from runs where status = 'succeeded'")) < runCount) await sleep(50)
    const rate = runCount / ((performance.now() - startedMs) / 1_000)
    await Promise.all(processes.map(stopped))
    const bytes =
      (await one(
        "select pg_total_relation_size('events') + pg_total_relation_size('runs') + pg_total_relation_size('run_steps') as n",
      )) / runCount
    const theirs = await dagsterBytes(server.url)
    return [
      {
        what: `Drain of ${runCount.toLocaleString('en-US')} queued empty runs by ${workers} worker processes, ${runsOfWorker} runs at once each`,
        millrace: `${rate.toFixed(0)} runs/s`,
        comparedWith: `aim: half of the store's own commits; ${pgbench.name}: ${simple === undefined ? `not measured: name it in ${pgbench.variable}` : `${simple.toFixed(0)}/s`}, of one row each: ${commits.toFixed(0)}/s`,
        ratio: [simple, commits].flatMap((theirs) => (theirs === undefined ? [] : times(rate / theirs))).join(', '),
      },
      {
        what: 'What the log, the run and its step of one materialization take in the store',
        millrace: `${(bytes / 1_000).toFixed(1)} kB`,
        comparedWith: besideDagster(
          'a fifth',
          theirs === undefined ? undefined : `${(theirs / 1_000).toFixed(1)} kB in the same PostgreSQL`,
        ),
        ratio: theirs === undefined ? '' : times(bytes / theirs),
      },
    ]
  } finally {
    await client.end()
    await store.close()
    await stopDatabase()
  }
}
