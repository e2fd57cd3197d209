import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { register as registerHooks } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'
import { codeFrame, errorFromJson, toMillraceError } from '../../base/index.js'
import type {
  AssetDefinition,
  CheckDefinition,
  Definition,
  ProjectDefinition,
  RunContext,
  SensorDefinition,
} from '../authoring/define.js'
import type { Metadata } from '../contract.js'
import { orchestrateErrors } from '../errors.js'
import { durationMs } from '../sensors/new-files.js'
import type { FromWorker, ToWorker, UserDefinitions } from './messages.js'

const { file, projectDir } = workerData as { file: string; projectDir: string }
const port = parentPort as NonNullable<typeof parentPort>
const send = (message: FromWorker) => port.postMessage(message)

// `import … from 'millrace'` means this very program, whatever is installed beside the user's file. The user's own
// TypeScript is ES modules, also where no package.json says so.
const self = new URL('../../index.js', import.meta.url).href
const own = `${pathToFileURL(projectDir).href}/`
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
const loading: Promise<readonly Definition[]> = load()
loading.catch(() => {})

async function load(): Promise<readonly Definition[]> {
  try {
    const module = (await import(pathToFileURL(file).href)) as {
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
    throw located(thrown, 'DEFINITIONS_INVALID')
  }
}

/** The user's error with the line of the user's file where it happened. */
function located(thrown: unknown, code: 'DEFINITIONS_INVALID' | 'USER_CODE_FAILED') {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  const escaped = fileURLToPath(pathToFileURL(file))
  const place = stack
    .split('\n')
    .map((line) => /(?:file:\/\/)?(\/[^\s():]+|[A-Z]:[^\s():]+):(\d+):(\d+)/.exec(line))
    .find((match) => match?.[1] === escaped)
  const known = toMillraceError(thrown)
  const line = place ? Number(place[2]) : Number(/:(\d+):(\d+): ERROR/.exec(known.message)?.[1] ?? Number.NaN)
  const hasLine = Number.isInteger(line)
  return orchestrateErrors.create(code, {
    message: withoutPlace(known.message),
    at: {
      file: relative(projectDir, file),
      ...(hasLine ? { line } : {}),
      // esbuild counts columns from 0, V8 from 1.
      ...(place ? { column: Number(place[3]) + (known.message.includes(': ERROR: ') ? 1 : 0) } : {}),
    },
    frame: hasLine ? codeFrame(readFileSync(file, 'utf8'), line) : undefined,
    hint: known.kind === 'user' ? known.hint : 'Mend the code there and try again.',
    cause: thrown,
  })
}

/** esbuild's message without its heading and the absolute path, which `at` tells better. */
function withoutPlace(message: string): string {
  return /:\d+:\d+: ERROR: (.*)/.exec(message)?.[1] ?? message
}

function describe(definitions: readonly Definition[]): UserDefinitions {
  const shown = relative(projectDir, file)
  const text = readFileSync(file, 'utf8')
  const source = (name: string) => ({
    file: shown,
    line: Math.max(
      1,
      text.split('\n').findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`)) + 1,
    ),
  })
  const assets = definitions.filter((one): one is AssetDefinition => one.type === 'asset')
  const checks = definitions.filter((one): one is CheckDefinition => one.type === 'check')
  return {
    assets: assets.map((asset) => ({
      key: asset.key,
      kinds: asset.kinds ?? ['typescript'],
      group: asset.group ?? 'typescript',
      description: asset.description ?? '',
      owners: asset.owners ?? [],
      tags: asset.tags ?? [],
      deps: (asset.deps ?? []).map((dep) => (typeof dep === 'string' ? dep : dep.key)),
      columns: [],
      isExecutable: true,
      step: `ts:${asset.key}`,
      source: source(asset.key),
      code: { language: 'typescript', text: asset.run.toString() },
      codeVersion: createHash('sha256').update(asset.run.toString()).digest('hex').slice(0, 16),
    })),
    checks: checks.map((check) => ({
      asset: check.asset,
      name: check.name,
      description: check.description,
      isBlocking: check.blocking,
      deps: [],
      step: `ts:${check.asset}`,
      source: source(check.name),
    })),
    steps: assets.map((asset) => ({
      key: `ts:${asset.key}`,
      kind: 'typescript',
      assets: [asset.key],
      checks: checks
        .filter((check) => check.asset === asset.key)
        .map((check) => ({ asset: asset.key, name: check.name })),
      isSubsettable: false,
      ...(asset.retry
        ? {
            retry: {
              max: asset.retry.max,
              delayMs: asset.retry.delayMs ?? 1_000,
              backoff: asset.retry.backoff ?? 'constant',
            },
          }
        : {}),
    })),
    schedules: definitions.flatMap((one) =>
      one.type === 'schedule'
        ? [
            {
              name: one.name,
              cron: one.cron,
              timezone: one.timezone ?? 'UTC',
              target: one.target,
              description: one.description ?? '',
              catchUp: one.catchUp ?? 'latest',
              overlap: one.overlap ?? 'skip',
              isOnByDefault: one.on ?? true,
              source: source(one.name),
            },
          ]
        : [],
    ),
    sensors: definitions.flatMap((one) =>
      one.type === 'sensor'
        ? [
            {
              name: one.name,
              intervalMs: durationMs(one.every) ?? 30_000,
              target: one.target,
              description: one.description ?? '',
              isOnByDefault: one.on ?? true,
              source: source(one.name),
            },
          ]
        : [],
    ),
  }
}

function contextOf(id: number, metadata: Record<string, Metadata[string]>): RunContext {
  return {
    projectDir,
    signal: new AbortController().signal,
    metadata: (values) => Object.assign(metadata, values),
    log: (message) => send({ type: 'log', id, message: String(message) }),
    query: async <Row>(sql: string) => {
      const query = ++queries
      const answer = await new Promise<Extract<ToWorker, { type: 'answer' }>>((resolve) => {
        waiting.set(query, resolve)
        send({ type: 'query', id, query, sql })
      })
      if (answer.error) throw errorFromJson(answer.error)
      return answer.rows as Row[]
    },
  }
}

async function runAsset(id: number, key: string, checkNames: readonly string[]): Promise<null> {
  const definitions = await loading
  const found = definitions.find((one): one is AssetDefinition => one.type === 'asset' && one.key === key)
  if (!found)
    throw orchestrateErrors.create('DEFINITIONS_INVALID', { message: `definitions.ts has no asset ${key} any more.` })
  const metadata: Record<string, Metadata[string]> = {}
  try {
    await found.run(contextOf(id, metadata))
    send({ type: 'materialized', id, metadata })
    for (const one of definitions) {
      if (one.type !== 'check' || one.asset !== key || !checkNames.includes(one.name)) continue
      const outcome = await one.run(contextOf(id, {}))
      send({
        type: 'checked',
        id,
        check: {
          name: one.name,
          passed: outcome.passed,
          severity: outcome.severity ?? 'error',
          message: outcome.message,
          metadata: outcome.metadata,
        },
      })
    }
  } catch (thrown) {
    throw located(thrown, 'USER_CODE_FAILED')
  }
  return null
}

async function runSensor(name: string, cursor: unknown) {
  const found = (await loading).find((one): one is SensorDefinition => one.type === 'sensor' && one.name === name)
  if (!found)
    throw orchestrateErrors.create('DEFINITIONS_INVALID', { message: `definitions.ts has no sensor ${name} any more.` })
  try {
    const answer = await found.evaluate({ cursor, projectDir, signal: new AbortController().signal })
    return {
      cursor: answer.cursor,
      skip: answer.skip,
      runs: (answer.runs ?? []).map((run) => ({ key: run.key, selection: run.target, tags: run.tags })),
    }
  } catch (thrown) {
    throw located(thrown, 'USER_CODE_FAILED')
  }
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'answer') {
    waiting.get(message.query)?.(message)
    waiting.delete(message.query)
    return
  }
  const work =
    message.type === 'load'
      ? loading.then(describe)
      : message.type === 'asset'
        ? runAsset(message.id, message.key, message.checks)
        : runSensor(message.name, message.cursor)
  work.then(
    (value) => send({ type: 'done', id: message.id, value }),
    (error: unknown) => send({ type: 'failed', id: message.id, error: toMillraceError(error).toJSON() }),
  )
})
