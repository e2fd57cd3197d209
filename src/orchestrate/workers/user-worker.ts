import { register as registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'
import { baseErrors, errorFromJson } from '../../base/index.js'
import type {
  CheckDefinition,
  Definition,
  Partition,
  ProjectDefinition,
  RunContext,
  SensorAnswer,
} from '../authoring/define.js'
import { requireKey } from '../authoring/partitions.js'
import type { DynamicPartitionChanges, Metadata, RunPartition, SensorResult } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { describeDefinitions } from './describe-definitions.js'
import { located } from './located.js'
import type { FromWorker, RunFacts, Task, ToWorker } from './messages.js'
import { plain, plainMetadata } from './plain.js'
import { Printed } from './printed.js'

const project = workerData as { readonly file: string; readonly projectDir: string }
const port = parentPort as NonNullable<typeof parentPort>
const send = (message: FromWorker) => port.postMessage(message)
const printed = new Printed((level, message) => send({ type: 'log', level, message }))
printed.capture()

// `import … from 'millrace'` means this very program, whatever is installed beside the user's file. The user's own
// TypeScript is ES modules, also where no package.json says so.
const self = new URL('../../index.js', import.meta.url).href
const own = `${pathToFileURL(project.projectDir).href}/`
const hook = `export async function resolve(specifier, context, next) {
  if (specifier === 'millrace') return { url: ${JSON.stringify(self)}, shortCircuit: true }
  const found = await next(specifier, context)
  const isOwn = found.url.startsWith(${JSON.stringify(own)}) && /\\.ts(\\?|$)/.test(found.url)
  return isOwn && !found.url.includes('/node_modules/') ? { ...found, format: 'module' } : found
}`
register()
registerHooks(`data:text/javascript,${encodeURIComponent(hook)}`)

let queries = 0
const waiting = new Map<number, (answer: Extract<ToWorker, { type: 'answer' }>) => void>()
let abort = new AbortController()

const loading: Promise<readonly Definition[]> = load()
loading.catch(() => {})

async function load(): Promise<readonly Definition[]> {
  try {
    const module = (await import(pathToFileURL(project.file).href)) as {
      default?: ProjectDefinition | { default?: ProjectDefinition }
    }
    const exported =
      module.default && 'default' in module.default
        ? module.default.default
        : (module.default as ProjectDefinition | undefined)
    if (exported?.type !== 'project')
      throw orchestrateErrors.create('DEFINITIONS_INVALID', {
        message: 'The file does not export a project.',
        hint: 'End it with: export default defineProject(…)',
      })
    return exported.definitions
  } catch (thrown) {
    throw located(thrown, 'DEFINITIONS_INVALID', project)
  }
}

async function query(sql: string): Promise<unknown> {
  const id = ++queries
  const answer = await new Promise<Extract<ToWorker, { type: 'answer' }>>((resolve) => {
    waiting.set(id, resolve)
    send({ type: 'query', query: id, sql })
  })
  if (answer.error) throw errorFromJson(answer.error)
  return answer.rows
}

function contextOf(run: RunFacts, metadata: Record<string, Metadata[string]>): RunContext {
  return {
    ...run,
    projectDir: project.projectDir,
    signal: abort.signal,
    metadata: (values) => Object.assign(metadata, values),
    log: (message) => printed.line('info', String(message)),
    query: <Row>(sql: string) => query(sql) as Promise<Row[]>,
  }
}

/** As the user's code sees them. */
const shownPartition = ({ key, dimensions = {}, window }: RunPartition): Partition => ({
  key,
  dimensions,
  window: window && { start: new Date(window.start), end: new Date(window.end) },
})

async function runStep({ asset, checks, run, partitions }: Extract<Task, { type: 'step' }>): Promise<void> {
  const definitions = await loading
  if (asset !== undefined) {
    const found = definitions.find((one) => one.type === 'asset' && one.key === asset)
    if (found?.type !== 'asset') throw gone('asset', asset)
    const metadata: Record<string, Metadata[string]> = {}
    const context = contextOf(run, metadata)
    const shown = partitions?.map(shownPartition)
    await found.run((shown ? { ...context, partition: shown[0], partitions: shown } : context) as never)
    send({ type: 'materialized', asset, metadata: plainMetadata(metadata) })
  }
  for (const check of checks) {
    const found = definitions.find(
      (one) => one.type === 'check' && one.asset === check.asset && one.name === check.name,
    )
    if (found?.type !== 'check') throw gone('check', check.name)
    await runCheck(found, run)
  }
}

async function runCheck(check: CheckDefinition, run: RunFacts): Promise<void> {
  const { asset, name } = check
  const outcome: unknown = await check.run(contextOf(run, {}))
  if (typeof (outcome as { passed?: unknown } | undefined)?.passed !== 'boolean')
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `The check ${name} answered ${JSON.stringify(plain(outcome)) ?? 'nothing'}.`,
      hint: 'A check answers { passed: true } or { passed: false, message: … }.',
    })
  const { passed, severity = 'error', message, metadata } = outcome as Awaited<ReturnType<CheckDefinition['run']>>
  send({ type: 'checked', check: { asset, name, passed, severity, message, metadata: plainMetadata(metadata) } })
}

async function runSensor({ name, cursor }: Extract<Task, { type: 'sensor' }>): Promise<SensorResult> {
  const found = (await loading).find((one) => one.type === 'sensor' && one.name === name)
  if (found?.type !== 'sensor') throw gone('sensor', name)
  const answer = (await found.evaluate({
    cursor: cursor ?? undefined,
    projectDir: project.projectDir,
    signal: abort.signal,
    query: <Row>(sql: string) => query(sql) as Promise<Row[]>,
  })) as SensorAnswer | undefined
  if (answer === null || typeof answer !== 'object' || (answer.runs !== undefined && !Array.isArray(answer.runs)))
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `The sensor ${name} answered ${JSON.stringify(plain(answer)) ?? 'nothing'}.`,
      hint: "A sensor answers { skip: 'why' } or { cursor: …, runs: [{ key: … }] }.",
    })
  return {
    cursor: plain(answer.cursor),
    skip: answer.skip,
    dynamicPartitions: changesOf(answer.dynamicPartitions),
    runs: (answer.runs ?? []).map(({ key, target, partitions, tags }) => ({
      key,
      selection: target,
      partitions,
      tags,
    })),
  }
}

/** @throws PARTITIONS_INVALID for keys that are none */
function changesOf(changes: SensorAnswer['dynamicPartitions']): DynamicPartitionChanges | undefined {
  if (changes === undefined) return undefined
  return Object.fromEntries(
    Object.entries(changes).map(([name, { add = [], remove = [] }]) => {
      for (const key of [...add, ...remove]) requireKey(key)
      return [name, { add: [...add], remove: [...remove] }]
    }),
  )
}

function gone(what: string, name: string) {
  return orchestrateErrors.create('DEFINITIONS_INVALID', {
    message: `definitions.ts has no ${what} ${name} any more.`,
    hint: 'It was removed after this was planned. Start it again.',
  })
}

async function perform(task: Task) {
  if (task.type === 'load') return describeDefinitions(await loading, project)
  if (task.type === 'sensor') return runSensor(task)
  await runStep(task)
  return null
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'answer') {
    waiting.get(message.query)?.(message)
    waiting.delete(message.query)
    return
  }
  if (message.type === 'abort') {
    abort.abort(baseErrors.create('ABORTED', { message: 'The run was cancelled.' }))
    return
  }
  abort = new AbortController()
  const code = message.task.type === 'load' ? 'DEFINITIONS_INVALID' : 'USER_CODE_FAILED'
  perform(message.task)
    .then((value): FromWorker => ({ type: 'done', value }))
    .catch((thrown: unknown): FromWorker => ({ type: 'failed', error: located(thrown, code, project).toJSON() }))
    .then((answer) => {
      printed.finish()
      send(answer)
    })
})

/** An error that nobody awaits ends the task; after it, the thread is not to be trusted. */
process.on('uncaughtException', (thrown) => {
  printed.finish()
  send({ type: 'failed', error: located(thrown, 'USER_CODE_FAILED', project).toJSON(), isFatal: true })
  setImmediate(() => process.exit(1))
})
