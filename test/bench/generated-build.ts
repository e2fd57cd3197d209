import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { silentLogger } from '../../src/base/index.js'
import { startEmbeddedPostgres } from '../../src/metastore/index.js'
import { cli, median, run, seconds } from './example-copy.js'
import { dbtCore, type Figure, secondsBesidePeers } from './figure.js'
import { duckdbTarget, generateDbtProject, type TargetLine } from './generated-project.js'

const rounds = 5
const modelCount = 100

/** `dbt build` of 100 generated models, their tests and 20 seeds, into an empty database and with nothing cached. */
export async function generatedBuildFigures(): Promise<readonly Figure[]> {
  const duckdb = await measure(duckdbTarget, async (dir) => {
    for (const file of ['warehouse.duckdb', 'warehouse.duckdb.wal']) await rm(join(dir, file), { force: true })
  })
  const postgres = await onPostgres((target, empty) => measure(target, empty))
  return [
    secondsBesidePeers(`\`dbt build\` of ${modelCount} models on DuckDB, nothing cached`, duckdb.ours, [
      [dbtCore, duckdb.theirs],
    ]),
    secondsBesidePeers('The same on PostgreSQL', postgres.ours, [[dbtCore, postgres.theirs]]),
  ]
}

/** Ours and theirs take turns, each in a project of its own with one database for both. */
async function measure(
  target: TargetLine,
  emptyDatabase: (dir: string) => Promise<void>,
): Promise<{ readonly ours: number; readonly theirs: number | undefined }> {
  const ours = await generateDbtProject(modelCount, target)
  const theirs = await generateDbtProject(modelCount, target)
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' }
  const fresh = async (dir: string) => {
    await rm(join(dir, 'target'), { recursive: true, force: true })
    await emptyDatabase(dir)
  }
  const build = (dir: string, command: string, ...args: string[]) =>
    seconds(() =>
      run(command, [...args, 'build'], { cwd: dir, env: { ...env, DBT_PROFILES_DIR: dir }, maxBuffer: 1e8 }),
    )
  const times: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] }
  try {
    for (let round = 0; round < rounds; round++) {
      await fresh(ours.dir)
      times.ours.push(await build(ours.dir, process.execPath, cli, 'dbt'))
      if (dbtCore.command === undefined) continue
      await fresh(theirs.dir)
      times.theirs.push(await build(theirs.dir, dbtCore.command))
    }
    return { ours: median(times.ours), theirs: times.theirs.length === 0 ? undefined : median(times.theirs) }
  } finally {
    await ours.remove()
    await theirs.remove()
  }
}

/** A PostgreSQL of its own for as long as the work takes. */
async function onPostgres<T>(work: (target: TargetLine, empty: () => Promise<void>) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-bench-postgres-'))
  // As root PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  const server = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), logger: silentLogger })
  const { hostname, port, username, password, pathname } = new URL(server.url)
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    return await work(
      () =>
        `{type: postgres, host: ${hostname}, port: ${port}, user: ${username}, password: '${password}', dbname: ${pathname.slice(1)}, schema: bench, threads: 4}`,
      async () => void (await client.query('drop schema if exists bench cascade')),
    )
  } finally {
    await client.end()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
