import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { logicalLog, startPostgres } from '../../support/postgres-server.js'
import { Dice } from '../../support/random-writes.js'
import { readCatalogue } from './catalogue.js'
import { type Comparison, compareTable } from './compare.js'
import { FollowedProject } from './followed-project.js'
import { dropViews, loadDump } from './load-dump.js'
import {
  endSessions,
  openPostgresSession,
  type ReadLoaded,
  readPostgres,
  readSource,
  withDuckDb,
} from './read-tables.js'
import { Gate, type Written, writeAnything } from './writer.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    every: { type: 'string' },
    writers: { type: 'string' },
  },
})
const dump = positionals[0] ?? process.env.FOLLOWED_DUMP ?? fileURLToPath(new URL('own-database.sql', import.meta.url))
const minutes = Number(values.minutes ?? 5)
const seed = Number(values.seed ?? 1)
const everyMinutes = Number(values.every ?? 3)
const writers = Number(values.writers ?? 2)

const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`)
const written: Written = { transactions: 0, statements: 0, refused: 0, tableChanges: 0 }
const compared: Comparison = { rows: 0, noted: 0, differences: [] }
let comparisons = 0

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

const server = await startPostgres({
  ...logicalLog,
  max_worker_processes: '4',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
})
const projects: FollowedProject[] = []
const writing = new AbortController()
const gate = new Gate()
try {
  await run()
} finally {
  writing.abort()
  gate.open()
  for (const project of projects) await project.remove()
  await endSessions(server.url)
  await server.stop()
}
const count = (of: 'kills' | 'ended' | 'failed') =>
  projects.map(({ name, synced }) => `${synced[of]} ${name}`).join(' + ')
say(
  `${written.transactions} transactions (${written.statements} statements, ${written.refused} refused, ${written.tableChanges} that changed tables); killed: ${count('kills')}; syncs that ended: ${count('ended')}; failed: ${count('failed')}; ${comparisons} comparisons of ${compared.rows} rows; ${compared.noted} values without a place; ${compared.differences.length} differences`,
)
process.exit(compared.differences.length > 0 ? 1 : 0)

async function run(): Promise<void> {
  const source = await server.database()
  const { host, port, database, user, password } = source
  const options = { host, port, database, user, password }
  const refused = await loadDump(dump, source)
  for (const line of refused.filter((one) => !one.startsWith('role ')).slice(0, 9)) say(`refused of the dump: ${line}`)
  const client = await openPostgresSession(options)
  await client.query(dropViews)
  await client.query('analyze')
  const relations = await readCatalogue(client)
  const schemas = [...new Set(relations.map(({ schema }) => schema))]
  say(
    `${dump}: ${relations.length} tables and views in ${schemas.join(', ')}; ${refused.length} statements refused; seed ${seed}`,
  )
  const warehouse = await server.database()
  projects.push(
    await FollowedProject.create(
      'duckdb',
      '{ type: duckdb, path: ../../.millrace/warehouse.duckdb }',
      options,
      schemas,
    ),
    await FollowedProject.create(
      'postgres',
      `{ type: postgres, host: ${host}, port: ${port}, user: ${user}, password: '${warehouse.password}', dbname: ${warehouse.database}, schema: public }`,
      options,
      schemas,
    ),
  )
  const loaded = await openPostgresSession({ host, port, database: warehouse.database, user, password })
  const writersEnd = Array.from({ length: writers }, (_, i) =>
    writeAnything(options, new Dice(seed * 100 + i), gate, writing.signal, written).catch((error: Error) => {
      compared.differences.push(`a writer ended: ${error.message}`)
      interrupted.abort()
    }),
  )
  const end = Date.now() + minutes * 60_000
  const dice = projects.map((_, i) => new Dice(seed * 100 + 50 + i))
  while (Date.now() < end && !interrupted.signal.aborted) {
    const next = Math.min(end, Date.now() + everyMinutes * 60_000)
    await Promise.all(
      projects.map(async (project, i) => {
        while (Date.now() < next && !interrupted.signal.aborted) {
          await addStreams(project)
          if ((dice[i] as Dice).below(4) === 0) await project.sync()
          else await project.killedSync(dice[i] as Dice)
        }
      }),
    )
    await gate.close()
    for (const project of projects) await addStreams(project)
    const ended = await Promise.all(projects.map((project) => project.sync()))
    await compareAll(ended)
    gate.open()
  }
  writing.abort()
  gate.open()
  await Promise.all(writersEnd)
  await client.end()
  await loaded.end()

  async function addStreams(project: FollowedProject): Promise<void> {
    const all = await readCatalogue(client)
    await project.addStreams(all, (one) => (schemas.length === 1 ? one.name : `${one.schema}.${one.name}`))
  }

  async function compareAll(ended: readonly boolean[]): Promise<void> {
    const all = await readCatalogue(client)
    const into = async (name: string, read: ReadLoaded) => {
      const before = compared.differences.length
      for (const relation of all)
        compareTable(relation, await readSource(client, relation), await read(relation), compared)
      const found = compared.differences.slice(before)
      say(
        `${name}: ${found.length === 0 ? 'equal' : `${found.length} differences`}, ${all.length} tables; so far ${written.transactions} transactions, ${written.tableChanges} changes of tables, ${projects.map(({ synced }) => synced.kills).join(' + ')} kills, ${compared.noted} without a place`,
      )
      for (const line of found.slice(0, 20)) console.log(`         ${line}`)
    }
    for (const { name, synced } of projects)
      for (const text of synced.failures.splice(0)) {
        compared.differences.push(`${name}: a sync failed`)
        say(`${name}: a sync failed:\n${text}`)
      }
    if (ended[0])
      await withDuckDb(join((projects[0] as FollowedProject).dir, '.millrace/warehouse.duckdb'), (read) =>
        into('duckdb', read),
      )
    if (ended[1]) await into('postgres', readPostgres(loaded))
    comparisons++
  }
}
