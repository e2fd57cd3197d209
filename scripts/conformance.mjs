// `npm run conformance -- dbt-postgres [tests/functional/… | pytest arguments]`: runs dbt's own functional tests against this
// checkout's command line and compares them, test by test, with what the real dbt does there. It needs Python and
// PostgreSQL, so it is no part of `npm test`; test/conformance/dbt/README.md says how the folder outside is set up. With `--write` the
// table goes into docs/compatibility.md.
// `npm run conformance -- mysql [arguments of vitest]`: the MySQL connector against a real server; see test/conformance/mysql/README.md.
// `npm run conformance -- airbyte-destination [arguments of vitest]`: streams into destinations of Airbyte as they are published; see
// test/conformance/airbyte-destination/README.md.
// `npm run conformance -- airbyte-source [arguments of vitest]`: what sources are given, read by Airbyte's own models; see
// test/conformance/airbyte-source/README.md.
// `npm run conformance -- spark [arguments of vitest]`: a dbt project on a cluster of two workers; see test/conformance/spark/README.md.
// `npm run conformance -- compose [arguments of vitest]`: the image and deploy/compose with an engine of containers; see
// test/conformance/compose/README.md.
// `npm run conformance -- containers [arguments of vitest]`: connectors of Airbyte in containers, by Docker or Podman; see
// test/conformance/containers/README.md.
// `npm run conformance -- followed-database [dump] [--minutes 60] [--seed 1]`: a database is followed while syncs are killed; see
// test/conformance/followed-database/README.md.
// `npm run conformance -- declarative [scenarios]`: every recorded scenario of a declarative connector by the command line of a connector,
// driven by the program that recorded it; see test/conformance/declarative/README.md. With `--alternate` the CDK and ours go on from each
// other's states, both ways round; then ORACLE_PYTHON has the CDK.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ensureInstalled, prepare, root } from './prepare.mjs'

const harness = join(root, 'test', 'conformance', 'dbt')
const suites = ['dbt-postgres', 'dbt-core', 'dbt-duckdb']
const writes = process.argv.includes('--write')
const [suite, ...rest] = process.argv.slice(2).filter((one) => one !== '--write')
const folder = process.env.CONFORMANCE_ROOT

function refuse(message) {
  console.error(message)
  process.exit(2)
}

if (suite === 'mysql') {
  if (!existsSync(process.env.MILLRACE_MYSQL_SERVER ?? ''))
    refuse('MILLRACE_MYSQL_SERVER names no server. Set it to the path of a mariadbd or mysqld program.')
  await runSpecs(suite)
}
if (suite === 'airbyte-source' || suite === 'airbyte-destination') {
  if (!existsSync(process.env.MILLRACE_AIRBYTE_PYTHON ?? ''))
    refuse('MILLRACE_AIRBYTE_PYTHON names no Python. Set it to the path of one that has the package airbyte-cdk.')
  await runSpecs(suite)
}
if (suite === 'spark') {
  if (!existsSync(process.env.SPARK_HOME ?? ''))
    refuse(
      'SPARK_HOME names no folder of Spark. Set it to a distribution, or to the folder in which pip puts `pyspark`.',
    )
  await runSpecs(suite)
}
if (suite === 'compose') {
  if (!process.env.MILLRACE_DOCKER)
    refuse('MILLRACE_DOCKER names no engine. Set it to a program whose `compose` is Docker Compose, such as docker.')
  await runSpecs(suite)
}
if (suite === 'containers') {
  if (!process.env.MILLRACE_DOCKER)
    refuse(
      'MILLRACE_DOCKER names no engine. Set it to docker, or to a program that takes the same words, such as podman.',
    )
  // It uses the built command line.
  await prepare()
  await runSpecs(suite)
}
if (suite === 'followed-database') await runFollowedDatabase()
if (suite === 'declarative') await runDeclarative()
if (!suites.includes(suite))
  refuse(
    `usage: npm run conformance -- ${suites.join('|')} [paths and arguments of pytest]\n       npm run conformance -- mysql|airbyte-source|airbyte-destination|spark|compose|containers|declarative\n       npm run conformance -- followed-database [dump] [--minutes 60] [--seed 1]`,
  )
if (folder === undefined || !existsSync(join(folder, 'venv')))
  refuse(
    `CONFORMANCE_ROOT names no folder that was set up. Once:\n  ${join(harness, 'setup.sh')} ROOT DBT_CORE_TREE DBT_ADAPTERS_TREE DBT_DUCKDB_TREE\nthen: CONFORMANCE_ROOT=ROOT npm run conformance -- ${suite}`,
  )

await prepare()
const python = join(resolve(folder), 'venv', 'bin', 'python')
const out = resolve(process.env.OUT ?? join(tmpdir(), 'millrace-conformance'))
const run = (command, args) =>
  spawnSync(command, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      OUT: out,
      CONFORMANCE_ROOT: resolve(folder),
      MILLRACE_DBT_CLI: process.env.MILLRACE_DBT_CLI ?? `node ${join(root, 'dist', 'cli', 'main.js')} dbt`,
    },
  }).status ?? 1

run('bash', [join(harness, 'run.sh'), suite, ...rest])
const report = join(out, `${suite}.json`)
if (!existsSync(report)) refuse(`The run left no report; ${join(out, `${suite}.log`)} says why.`)
const compare = [join(harness, 'compare.py'), join(harness, 'list.json'), report, '--suite', suite]
if (writes) writeTable()
process.exit(run(python, compare))

/** Tests that are skipped where what they need is not named. */
async function runSpecs(name) {
  await ensureInstalled()
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--no-file-parallelism', `test/conformance/${name}`, ...rest]
  process.exit(spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1)
}

/** It uses the built command line, as somebody would who has it installed. */
async function runFollowedDatabase() {
  await prepare()
  const main = join(root, 'test', 'conformance', 'followed-database', 'main.ts')
  // Ctrl-C reaches it too: it cleans up, and this one waits for it.
  process.once('SIGINT', () => {})
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', main, ...rest], { stdio: 'inherit' })
  process.exit(status ?? 1)
}

/** The oracle needs a Python, its comparison nothing beyond the standard library. */
async function runDeclarative() {
  await ensureInstalled()
  const { buildSync } = await import('esbuild')
  const oracle = join(root, 'test', 'conformance', 'declarative')
  const golden = join(root, 'test', 'golden', 'declarative')
  const all = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'scenario.json')))
  const named = rest.filter((one) => one !== '--alternate')
  const scenarios = (named.length > 0 ? named : all).map((name) => (existsSync(name) ? name : join(golden, name)))
  // It is started once for each of some hundred steps: as one file it starts in a third of the time.
  const program = join(root, 'node_modules', '.cache', 'run-manifest.mjs')
  const entryPoints = [join(oracle, 'run-manifest.ts')]
  buildSync({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
  const command = `${process.execPath} ${program}`
  const args = [
    '-B',
    join(oracle, 'oracle.py'),
    rest.includes('--alternate') ? 'alternate' : 'compare',
    ...scenarios,
    '--exec',
    command,
    '--known',
    join(golden, 'known-differences.json'),
  ]
  process.exit(spawnSync(process.env.ORACLE_PYTHON ?? 'python3', args, { stdio: 'inherit' }).status ?? 1)
}

/** The table and the reasons between this suite's marks in the page. */
function writeTable() {
  const { stdout, status } = spawnSync(python, [...compare, '--markdown'], { encoding: 'utf8' })
  if (status !== 0) refuse('The table could not be made.')
  const page = join(root, 'docs', 'compatibility.md')
  const text = readFileSync(page, 'utf8')
  const marks = new RegExp(`(<!-- ${suite} -->\\n)[\\s\\S]*?(<!-- end -->)`)
  writeFileSync(
    page,
    text.replace(marks, (_, start, end) => `${start}\n${stdout}\n${end}`),
  )
}
