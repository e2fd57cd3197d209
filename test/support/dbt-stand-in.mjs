#!/usr/bin/env node
// Stands for a dbt: says what dbt-core 1.12.6 with dbt-duckdb 1.11.1 said of test/golden/dbt-core (scripts/record-dbt-core.mjs). `stand-in.json` above the dbt
// project says which recording, and what goes wrong besides.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const golden = new URL('../golden/dbt-core/', import.meta.url).pathname
const state = join(process.cwd(), '..', 'stand-in.json')
const {
  scenario = 'good',
  version,
  dieAt,
  hangAt,
  batchesOf,
  batchResults,
  unreachable,
} = existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : {}
const [command = '', ...args] = process.argv.slice(2)
const recorded = readFileSync(join(golden, scenario, 'log.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const target = process.env.DBT_TARGET_PATH
const partial = target && join(target, 'partial_parse.msgpack')
const known = partial && existsSync(partial) ? readFileSync(partial, 'utf8') : ''
appendFileSync(join(process.cwd(), '..', 'stand-in.log'), `${JSON.stringify({ command, args, known })}\n`)

if (command === 'debug') debug()

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)
// Ctrl-C: dbt cancels its queries, says so and ends.
process.on('SIGINT', () => {
  appendFileSync(join(process.cwd(), '..', 'stand-in.log'), `${JSON.stringify({ command: 'interrupted' })}\n`)
  process.exit(1)
})

const [head, ...rest] = recorded
say({ ...head, data: { ...head.data, version: `=${version ?? '1.12.6'}` } })
const failure = rest.find(({ info }) => info.name === 'MainEncounteredError')
if (failure) {
  say(failure)
  process.exit(2)
}
const manifest = JSON.parse(readFileSync(join(golden, scenario, 'manifest.json'), 'utf8'))
writeFileSync(partial, `${known}parsed `)
if (batchesOf)
  Object.assign(manifest.nodes[batchesOf].config, {
    ...{ materialized: 'incremental', incremental_strategy: 'microbatch' },
    ...{ begin: '2024-01-01', batch_size: 'day' },
  })
if (command === 'parse') writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest))
else if (command === 'build') await build()
else process.stdout.write(`dbt ${[command, ...args].join(' ')}\n`)

/** The lines of it that say something of the dbt and of its warehouse. */
function debug() {
  const lines = ['dbt version: 1.12.6', 'adapter type: duckdb', 'adapter version: 1.11.1']
  const end = unreachable ? ['1 check failed:', `dbt was unable to connect: ${unreachable}`] : ['All checks passed!']
  for (const line of [...lines, ...end]) process.stdout.write(`11:44:36  ${line}\n`)
  process.exit(unreachable ? 1 : 0)
}

/** Of three batches the second fails, where one does: as dbt-core 1.9 and 1.11 say it. */
function sayBatches({ info, data }) {
  const finished = (status, message) =>
    say({ info, data: { ...data, run_result: { ...data.run_result, status, message } } })
  const msg =
    'Unhandled error while executing \nException on worker thread. Runtime Error\n  Parser Error: no such batch'
  finished('success', 'OK')
  if (batchResults.failed.length === 0) return finished('success', 'SUCCESS')
  say({ info: { ...info, name: 'GenericExceptionOnRun', level: 'error', msg }, data: { node_info: data.node_info } })
  finished('error', 'ERROR')
  finished('success', 'OK')
  finished('partial success', 'PARTIAL SUCCESS (2/3)')
}

async function build() {
  const selected = new Set(
    args.slice(args.indexOf('--select') + 1).map((word) => word.replace(/^fqn:/, '').split(',')[0]),
  )
  const names = new Map(
    [...Object.values(manifest.nodes), ...Object.values(manifest.unit_tests)].map((node) => [
      node.unique_id,
      node.fqn.join('.'),
    ]),
  )
  let isBad = false
  for (const event of rest) {
    const id = event.data?.node_info?.unique_id
    if (id && !selected.has(names.get(id))) continue
    if (id && id === dieAt) process.kill(process.pid, 'SIGKILL')
    if (id && id === hangAt) await new Promise((resolve) => setTimeout(resolve, 3_600_000))
    isBad ||= ['error', 'fail'].includes(event.data?.run_result?.status)
    if (id && id === batchesOf && event.info.name === 'NodeFinished') sayBatches(event)
    else say(event)
  }
  const results = JSON.parse(readFileSync(join(golden, scenario, 'run_results.json'), 'utf8'))
  for (const result of results.results) if (result.unique_id === batchesOf) result.batch_results = batchResults
  writeFileSync(join(target, 'run_results.json'), JSON.stringify(results))
  process.exitCode = isBad ? 1 : 0
}
