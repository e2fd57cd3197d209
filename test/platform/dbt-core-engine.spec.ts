import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { silentLogger, toMillraceError } from '../../src/base/index.js'
import type { StepContext } from '../../src/orchestrate/index.js'
import { DbtCoreExecutor } from '../../src/platform/engine/dbt-core/dbt-core-executor.js'
import { DbtCoreRuntime } from '../../src/platform/engine/dbt-core/dbt-core-runtime.js'
import { debugInstalledDbt } from '../../src/platform/engine/dbt-core/debug.js'
import { Warehouses } from '../../src/platform/engine/warehouses/warehouses.js'
import { findProject } from '../../src/platform/project/find-project.js'
import { eventually, removeProject, temporaryProject } from '../support/millrace.js'

const program = fileURLToPath(new URL('../support/dbt-stand-in.mjs', import.meta.url))
const golden = fileURLToPath(new URL('../golden/dbt-core', import.meta.url))
const steps = [
  ...[
    'seed.shop.raw_orders',
    'model.shop.orders',
    'model.shop.counts',
    'model.shop.behind_counts',
    'model.shop.totals',
  ],
  'test.shop.not_null_totals_total.cee0d24cc1',
]

let dir: string
beforeEach(async () => {
  dir = await temporaryProject({
    'millrace.yaml': `name: shop\ndbt: { dir: dbt, engine: dbt-core, command: [${process.execPath}, ${program}] }\n`,
  })
  cpSync(join(golden, 'project'), join(dir, 'dbt'), { recursive: true })
  onTestFinished(() => removeProject(dir))
})

const say = (what: object) => writeFileSync(join(dir, 'stand-in.json'), JSON.stringify(what))
const calls = (): { command: string; args: string[]; known: string }[] =>
  readFileSync(join(dir, 'stand-in.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

async function opened() {
  const { PATH, HOME } = process.env
  const project = await findProject(dir, { env: {} })
  const { dbtCore, dbtDir } = project
  if (!dbtCore || dbtDir === undefined) throw new Error('The project names no dbt.')
  const warehouses = new Warehouses()
  const options = { project, dbtCore, dbtDir, warehouses, logger: silentLogger, env: { PATH, HOME } }
  const runtime = new DbtCoreRuntime(options)
  const executor = new DbtCoreExecutor(runtime)
  onTestFinished(async () => {
    await runtime.close()
    await warehouses.close()
  })
  return { runtime, executor }
}

type Opened = Awaited<ReturnType<typeof opened>>

/** A step of a run, with what it tells. */
function step({ executor }: Opened, id: string, more: Partial<StepContext> = {}) {
  const told: string[] = []
  const metadata: Record<string, unknown>[] = []
  const isTest = /^(?:unit_)?test\./.test(id)
  const context = {
    runId: 'r1',
    step: { key: `dbt:${id}`, checks: isTest ? [{ asset: 'a', name: id }] : [] },
    assets: isTest ? [] : [id],
    attempt: 1,
    fullRefresh: false,
    signal: new AbortController().signal,
    partitionsOf: () => undefined,
    stepsAhead: (fits: (key: string) => boolean) =>
      steps.map((one) => `dbt:${one}`).filter((one) => one !== `dbt:${id}` && fits(one)),
    materialized: (asset: string, data: Record<string, unknown>, keys?: readonly string[], isAll = true) => {
      told.push(`made ${isAll ? '' : 'some of '}${asset}${keys ? `: ${keys.join(', ')}` : ''}`)
      metadata.push(data)
    },
    checked: (_: string, name: string, { passed, severity }: { passed: boolean; severity: string }) =>
      told.push(`${passed ? 'passed' : `failed (${severity})`} ${name}`),
    log: () => {},
    ...more,
  } as unknown as StepContext
  const ended = executor.execute(context).then(
    () => undefined,
    (error: unknown) => toMillraceError(error),
  )
  return { told, metadata, ended }
}

async function all(around: Opened, ids: readonly string[], more: Partial<StepContext> = {}) {
  const run = ids.map((id) => step(around, id, more))
  const errors = await Promise.all(run.map(({ ended }) => ended))
  return ids.map((id, i) => ({ id, ...run[i], error: errors[i] }))
}

it('one dbt makes all that can be made without anything else, and each step tells of its node', async () => {
  const around = await opened()
  const made = await all(around, steps)
  expect(made.map(({ told }) => told)).toEqual(
    steps.map((id) => [`${id.startsWith('test') ? 'passed' : 'made'} ${id}`]),
  )
  expect(made[0]?.metadata?.[0]).toMatchObject({
    rows_affected: 3,
    status: 'success',
    invocation_id: expect.any(String),
  })
  await around.executor.finishRun('r1')
  expect(calls().map(({ command }) => command)).toEqual(['parse', 'build'])
})

it('a node that fails has the words of dbt and its file, what hangs on it is not made, a test that fails says so', async () => {
  say({ scenario: 'broken' })
  const around = await opened()
  const [, , counts, behind, totals, test] = await all(around, steps)
  expect(counts?.error).toMatchObject({
    code: 'TRANSFORM_DBT_NODE',
    message: expect.stringContaining('Referenced column "nothing_here" not found'),
    at: { file: 'dbt/models/counts.sql' },
  })
  expect(behind).toMatchObject({
    told: [],
    error: { code: 'STEP_FAILED', message: expect.stringContaining('skipped') },
  })
  expect(totals?.told).toEqual(['made model.shop.totals'])
  expect(test?.told).toEqual(['failed (error) test.shop.not_null_totals_total.cee0d24cc1'])
})

const batch = (day: number) => [`2024-01-0${day}T00:00:00Z`, `2024-01-0${day + 1}T00:00:00Z`]

it('a model of which one batch fails is not made, whatever became of the first, and says why', async () => {
  const id = 'model.shop.counts'
  say({ batchesOf: id, batchResults: { successful: [batch(1), batch(3)], failed: [batch(2)] } })
  const [counts] = await all(await opened(), [id])
  expect(counts).toMatchObject({
    told: [`made some of ${id}: 2024-01-01, 2024-01-03`],
    error: { code: 'TRANSFORM_DBT_NODE', message: expect.stringMatching(/PARTIAL SUCCESS \(2\/3\): .*no such batch/s) },
  })
})

it('a model of batches is told of with those that dbt chose', async () => {
  const id = 'model.shop.counts'
  say({ batchesOf: id, batchResults: { successful: [batch(1), batch(2)], failed: [] } })
  const [counts] = await all(await opened(), [id])
  expect(counts).toMatchObject({ told: [`made ${id}: 2024-01-01, 2024-01-02`], error: undefined })
})

it('a test that only warns does not block', async () => {
  const id = 'test.shop.positive_orders_amount.82707cf259'
  const [warned] = await all(await opened(), [id])
  expect(warned).toMatchObject({ told: [`failed (warn) ${id}`], error: undefined })
})

it('another attempt, and a step that was not taken along, starts dbt for itself', async () => {
  const around = await opened()
  await all(around, steps)
  await all(around, ['model.shop.orders'], { attempt: 2 })
  const builds = calls().filter(({ command }) => command === 'build')
  expect(builds).toHaveLength(2)
  expect(builds[1]?.args.slice(-1)).toEqual(['fqn:shop.orders'])
})

it('what dbt knows of the parsed project is kept from one invocation to the next', async () => {
  const around = await opened()
  await all(around, steps)
  await all(around, ['model.shop.orders'], { attempt: 2 })
  expect(calls().map(({ known }) => known)).toEqual(['', 'parsed ', 'parsed parsed '])
})

it('the project is parsed again only when a file of it changed', async () => {
  await (await opened()).runtime.manifest()
  const { runtime } = await opened()
  await runtime.manifest()
  expect(calls()).toHaveLength(1)
  writeFileSync(join(dir, 'dbt/models/more.sql'), 'select 1')
  await runtime.reload()
  await runtime.manifest()
  expect(calls()).toHaveLength(2)
})

it('a dbt that cannot run says why, at its place', async () => {
  say({ scenario: 'lost' })
  await expect((await opened()).runtime.manifest()).rejects.toMatchObject({
    code: 'TRANSFORM_DBT_FAILED',
    message: expect.stringContaining("depends on a node named 'nowhere' which was not found"),
    at: { file: 'dbt/models/lost.sql' },
  })
})

it('a dbt that is too old is refused where it is named', async () => {
  say({ version: '1.5.9' })
  await expect((await opened()).runtime.manifest()).rejects.toMatchObject({
    code: 'TRANSFORM_DBT_TOO_OLD',
    message: expect.stringContaining('dbt 1.5.9 is too old'),
    at: { file: 'millrace.yaml', line: 2 },
  })
})

it.each([
  ['missing', './no-dbt', 'TRANSFORM_DBT_MISSING'],
  ['no dbt', 'echo', 'TRANSFORM_DBT_FAILED'],
])('a program that is %s is refused', async (_, command, code) => {
  writeFileSync(join(dir, 'millrace.yaml'), `name: shop\ndbt: { dir: dbt, engine: dbt-core, command: ${command} }\n`)
  await expect((await opened()).runtime.manifest()).rejects.toMatchObject({ code, hint: expect.any(String) })
})

it('when dbt is killed, what it made is made, and another run makes the rest', async () => {
  say({ dieAt: 'model.shop.counts' })
  const around = await opened()
  const [seed, orders, counts] = await all(around, steps.slice(0, 3))
  expect([seed?.told, orders?.told]).toEqual([['made seed.shop.raw_orders'], ['made model.shop.orders']])
  expect(counts?.error).toMatchObject({ code: 'TRANSFORM_DBT_DIED', retryable: true })
  say({})
  const [again] = await all(around, ['model.shop.counts'], { runId: 'r2' })
  expect(again?.told).toEqual(['made model.shop.counts'])
})

it('cancelling interrupts dbt as Ctrl-C does, and waits for it', async () => {
  say({ hangAt: 'model.shop.counts' })
  const around = await opened()
  const stop = new AbortController()
  const [seed, counts] = ['seed.shop.raw_orders', 'model.shop.counts'].map((id) =>
    step(around, id, { signal: stop.signal }),
  )
  await eventually('the seed is made while dbt works', () => seed?.told.length === 1)
  stop.abort()
  expect(await counts?.ended).toMatchObject({ code: 'ABORTED' })
  expect(calls().at(-1)?.command).toBe('interrupted')
})

it('a command line goes to dbt as it is', async () => {
  const { runtime } = await opened()
  const lines: string[] = []
  const io = { cwd: dir, env: { PATH: process.env.PATH, DBT_TARGET_PATH: dir }, isTty: false, stderr: () => {} }
  const code = await runtime.run({ ...io, argv: ['ls', '--select', 'orders'], stdout: (line) => lines.push(line) })
  expect([code, lines.at(-1)]).toEqual([0, 'dbt ls --select orders'])
  await expect(runtime.run({ ...io, argv: ['plan'], stdout: () => {} })).rejects.toMatchObject({
    code: 'DBT_CORE_UNSUPPORTED',
  })
})

it('models, and dbt’s selectors, are told from its manifest', async () => {
  const { runtime } = await opened()
  expect((await runtime.models()).map(({ name }) => name)).toContain('totals')
  expect(await runtime.select(['orders+1'])).toEqual({ 'orders+1': expect.arrayContaining(['model.shop.counts']) })
  expect(await runtime.fieldLineage()).toMatchObject({ isComplete: false, reason: expect.stringContaining('dbt-core') })
})

it('the doctor has dbt look at itself, and tells its last words where something is not in order', async () => {
  const { runtime } = await opened()
  const project = await findProject(dir, { env: {} })
  const look = () => debugInstalledDbt({ dbt: (call) => runtime.run(call) }, project, { PATH: process.env.PATH })
  expect(await look()).toBe('1.12.6 with duckdb 1.11.1, reaches its warehouse')
  say({ unreachable: 'IO Error: no such file' })
  await expect(look()).rejects.toMatchObject({
    code: 'DBT_CORE_NOT_READY',
    message: expect.stringContaining('IO Error: no such file'),
    at: { file: 'millrace.yaml', line: 2 },
  })
})
