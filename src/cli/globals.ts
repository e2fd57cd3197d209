import { createLogger, type Logger } from '../base/index.js'
import type { OrchestrateStore } from '../orchestrate/index.js'
import {
  connectServices,
  type Engine,
  findProject,
  openEngine,
  openStack,
  type Project,
  type Stack,
  type StackOptions,
} from '../platform/index.js'
import { aboveLiveArea } from './output/live-area.js'

/** Options that every command understands. */
export interface GlobalOptions {
  readonly projectDir?: string
  readonly json?: boolean
  readonly debug?: boolean
}

export function stderrLogger({ debug }: GlobalOptions): Logger {
  return createLogger((record) => {
    if (record.level === 'debug' && !debug) return
    aboveLiveArea(() => console.error(record.level === 'info' ? record.message : `${record.level}: ${record.message}`))
  })
}

let interrupt: AbortController | undefined

/** Aborts at the first Ctrl-C; the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  if (interrupt) return interrupt.signal
  interrupt = new AbortController()
  const abort = interrupt
  let count = 0
  const onSignal = () => {
    if (++count > 1) process.exit(130)
    // `millrace up` speaks for its children.
    if (!process.env.MILLRACE_SUPERVISED)
      aboveLiveArea(() => console.error('Stopping … (Ctrl-C again ends it at once)'))
    abort.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return abort.signal
}

export function project(options: GlobalOptions): Promise<Project> {
  return findProject(options.projectDir ?? process.cwd(), { env: process.env })
}

/** For commands that ask the engine and need no store. */
export async function withEngine<T>(options: GlobalOptions, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(await project(options), stackOptions(options))
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

/** For commands that look at runs: without an engine, so that nothing is executed by the way. */
export async function withStore<T>(options: GlobalOptions, use: (store: OrchestrateStore) => Promise<T>): Promise<T> {
  const services = await connectServices(await project(options), stackOptions(options))
  try {
    return await use(services.store)
  } finally {
    await services.close()
  }
}

export type RunQueue = Pick<Stack, 'engine' | 'store'>

/** For commands that only queue a run: whatever engine is running takes it up, or the next one that starts. */
export async function withQueue<T>(options: GlobalOptions, use: (queue: RunQueue) => Promise<T>): Promise<T> {
  return withEngine(options, (engine) => withStore(options, (store) => use({ engine, store })))
}

/** For commands that request runs and follow them: without a running engine, this process executes them. */
export async function withStack<T>(options: GlobalOptions, use: (stack: RunQueue) => Promise<T>): Promise<T> {
  const stack = await openStack(await project(options), stackOptions(options))
  try {
    interruptSignal().throwIfAborted()
    return await use(stack)
  } finally {
    await stack.close()
  }
}

export function stackOptions(options: GlobalOptions): StackOptions {
  return {
    env: process.env,
    logger: stderrLogger(options),
    signal: interruptSignal(),
    command: process.argv.slice(2).join(' '),
    onWait: ({ pid, command }) => console.error(`Waiting for \`millrace ${command}\` (process ${pid}) …`),
  }
}
