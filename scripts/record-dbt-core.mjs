// Records what a real dbt says of the projects in test/golden/dbt-core: `node scripts/record-dbt-core.mjs <program>`, with dbt-duckdb beside it.
// What is kept: the log, the manifest without the macros of dbt itself, the results.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = process.argv[2] ?? 'dbt'
const golden = new URL('../test/golden/dbt-core/', import.meta.url).pathname
const told = new Set([
  'MainReportVersion',
  'LogStartLine',
  'NodeStart',
  'NodeFinished',
  'SkippingDetails',
  'MainEncounteredError',
])
const isTold = ({ info }) => told.has(info.name) || /^Log\w+Result$/.test(info.name) || info.name === 'StatsLine'

for (const scenario of ['good', 'broken', 'lost']) {
  const dir = mkdtempSync(join(tmpdir(), 'record-dbt-'))
  cpSync(join(golden, 'project'), dir, { recursive: true })
  if (existsSync(join(golden, scenario, 'models')))
    cpSync(join(golden, scenario, 'models'), join(dir, 'models'), { recursive: true })
  const target = join(dir, 'target')
  const env = {
    ...process.env,
    DBT_LOG_FORMAT: 'json',
    DBT_LOG_LEVEL: 'debug',
    DBT_USE_COLORS: 'false',
    DBT_TARGET_PATH: target,
    DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
  }
  const { stdout, status } = spawnSync(program, ['build'], { cwd: dir, env, encoding: 'utf8', maxBuffer: 1e8 })
  const portable = (text) => text.replaceAll(dir, '/project')
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  const lines = events.filter(isTold).map((event) => JSON.stringify(event))
  mkdirSync(join(golden, scenario), { recursive: true })
  writeFileSync(join(golden, scenario, 'log.jsonl'), `${portable(lines.join('\n'))}\n`)
  console.log(scenario, 'exit code', status, lines.length, 'events')
  if (existsSync(join(target, 'manifest.json')) && scenario !== 'lost') {
    const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
    const own = Object.entries(manifest.macros).filter(([, macro]) => macro.package_name === 'shop')
    const kept = { ...manifest, macros: Object.fromEntries(own), docs: {} }
    writeFileSync(join(golden, scenario, 'manifest.json'), portable(JSON.stringify(kept)))
    const { metadata, results } = JSON.parse(readFileSync(join(target, 'run_results.json'), 'utf8'))
    writeFileSync(join(golden, scenario, 'run_results.json'), portable(JSON.stringify({ metadata, results, args: {} })))
  }
  rmSync(dir, { recursive: true })
}
