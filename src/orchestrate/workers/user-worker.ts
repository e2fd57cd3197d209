import { ChildProcess } from 'node:child_process'
import { register as registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { baseErrors, errorFromJson, workVariable } from '../../base/index.js'
import type { Definition, ProjectDefinition } from '../authoring/project.js'
import type { ListedFile } from '../authoring/sensor.js'
import { provideNames } from '../authoring/tables.js'
import type { CheckEvents } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import type { CodeSurroundings, ListFiles } from './code-context.js'
import { describeDefinitions } from './describe-definitions.js'
import { evaluateSensor } from './evaluate-sensor.js'
import { hostOfThis } from './host-of-this.js'
import { keptCode } from './kept-code.js'
import { located } from './located.js'
import type { FromWorker, Task, ToWorker } from './messages.js'
import { ownFolders } from './own-folders.js'
import { Printed } from './printed.js'
import { runStep } from './run-step.js'

const { place, send, receive } = await hostOfThis()
const { names, keptIn, ...project } = place
const printed = new Printed((level, message) => send({ type: 'log', level, message }))
printed.capture()

// `import … from 'millrace'` means this very program, whatever is installed beside the user's file.
const self = new URL('../../index.js', import.meta.url).href
// Whatever is wrong with what is kept, the files themselves can be loaded.
const kept =
  keptIn === undefined
    ? undefined
    : await keptCode(keptIn, { ...project, library: self }, fileURLToPath(import.meta.url)).catch(() => undefined)
if (kept === undefined) await loadFileByFile()
else {
  process.setSourceMapsEnabled(true)
  // A package, or one that it uses, may import it as well.
  if (kept.importsPackages) registerHook(`return next(specifier, context)`)
}

/** @param otherwise what an import of anything but this program does */
function registerHook(otherwise: string): void {
  const hook = `export async function resolve(specifier, context, next) {
  if (specifier === 'millrace') return { url: ${JSON.stringify(self)}, shortCircuit: true }
  ${otherwise}
}`
  registerHooks(`data:text/javascript,${encodeURIComponent(hook)}`)
}

/**
 * The user's own TypeScript is ES modules, also where no package.json says so. There tsx marks the address of what is imported, as it would
 * make CommonJS of it, whose `require` never comes by here: the file itself is meant.
 */
async function loadFileByFile(): Promise<void> {
  const own = ownFolders(project).map((folder) => `${pathToFileURL(folder).href}/`)
  const { register } = await import('tsx/esm/api')
  register()
  registerHook(`const found = await next(specifier, context)
  const url = found.url.replace(/(?:%3F|\\?)tsx-commonjs-.*/, '')
  const isOwn = ${JSON.stringify(own)}.some((folder) => url.startsWith(folder)) && /\\.ts(\\?|$)/.test(url)
  return isOwn && !url.includes('/node_modules/') ? { ...found, url, format: 'module' } : found`)
}

provideNames(names)

/** What spawns; `envPairs` are the variables of the new process, `NAME=value` each. */
const processes = ChildProcess.prototype as unknown as { spawn(options: { envPairs?: string[] }): unknown }
const { spawn } = processes
// Also where code gives a process other variables than its own.
processes.spawn = function (options) {
  const mark = process.env[workVariable]
  if (mark !== undefined && !options.envPairs?.some((pair) => pair.startsWith(`${workVariable}=`)))
    options.envPairs?.push(`${workVariable}=${mark}`)
  return spawn.call(this, options)
}

let queries = 0
const waiting = new Map<number, (answer: Extract<ToWorker, { type: 'answer' }>) => void>()
let abort = new AbortController()

const loading: Promise<readonly Definition[]> = load()
loading.catch(() => {})

async function load(): Promise<readonly Definition[]> {
  try {
    const module = (await imported()) as { default?: ProjectDefinition | { default?: ProjectDefinition } }
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

async function imported(): Promise<unknown> {
  const itself = pathToFileURL(project.file).href
  if (kept === undefined) return import(itself)
  try {
    return await import(kept.address)
  } catch (thrown) {
    // A name that a module does not export is found before any code runs, and told better of the file itself.
    if (!(thrown instanceof SyntaxError)) throw thrown
    await loadFileByFile()
    return import(itself)
  }
}

const query = (sql: string) => ask((id) => ({ type: 'query', query: id, sql }))

async function ask(question: (id: number) => FromWorker): Promise<unknown> {
  const id = ++queries
  const answer = await new Promise<Extract<ToWorker, { type: 'answer' }>>((resolve) => {
    waiting.set(id, resolve)
    send(question(id))
  })
  if (answer.error) throw errorFromJson(answer.error)
  return answer.rows
}

const files: ListFiles = async (path, places) =>
  (await ask((id) => ({ type: 'files', query: id, path, places }))) as readonly ListedFile[]

async function* read(sql: string): AsyncIterable<readonly object[]> {
  const reader = ++queries
  try {
    for (;;) {
      const rows = await ask((id) => ({ type: 'read', query: id, reader, sql }))
      if (rows === undefined) return
      yield rows as readonly object[]
    }
  } finally {
    send({ type: 'stopReading', reader })
  }
}

const surroundings = async (): Promise<CodeSurroundings> => ({
  definitions: await loading,
  project,
  signal: abort.signal,
  query,
  read,
  files,
  print: (level, message) => printed.line(level, message),
  tell: send,
  history: async (check, most) => (await ask((query) => ({ type: 'history', query, check, most }))) as CheckEvents,
})

async function perform(task: Task) {
  if (task.type === 'load') return describeDefinitions(await loading, project)
  if (task.type === 'sensor') return evaluateSensor(await surroundings(), task.name, task)
  await runStep(await surroundings(), task)
  return null
}

receive((message) => {
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
  process.env[workVariable] = message.mark
  const code = message.task.type === 'load' ? 'DEFINITIONS_INVALID' : 'USER_CODE_FAILED'
  perform(message.task)
    .then((value): FromWorker => ({ type: 'done', value }))
    .catch((thrown: unknown): FromWorker => ({ type: 'failed', error: located(thrown, code, project).toJSON() }))
    .then((answer) => {
      printed.finish()
      send(answer)
    })
})

/** An error that nobody awaits ends the task; after it, nothing here is to be trusted. */
process.on('uncaughtException', (thrown) => {
  printed.finish()
  const error = located(thrown, 'USER_CODE_FAILED', project).toJSON()
  send({ type: 'failed', error, isFatal: true }, () => process.exit(1))
})
