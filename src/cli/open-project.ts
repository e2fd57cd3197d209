import type { AccessStore } from '../access/index.js'
import type { OrchestrateStore } from '../orchestrate/index.js'
import type { Engine, Project, Stack, StackOptions } from '../platform/index.js'
import type { GlobalOptions } from './command.js'
import { interruptSignal } from './interrupt.js'
import { logSettings } from './output/log-settings.js'
import { stderrLogger } from './output/stderr-logger.js'
import { tellTakenUpRuns } from './output/taken-up-runs.js'
import { packageVersion } from './package-version.js'
import { isSupervised } from './supervised.js'

/** Half a second of modules: loaded by the commands that need a project, when they run. */
const platform = () => import('../platform/index.js')

export async function openProject(options: GlobalOptions): Promise<Project> {
  const { findProject } = await platform()
  return findProject(options.projectDir ?? process.cwd(), { env: process.env })
}

/** For commands that ask the engine and need no store. */
export async function withEngine<T>(options: GlobalOptions, use: (engine: Engine) => Promise<T>): Promise<T> {
  const { openEngine } = await platform()
  const engine = await openEngine(await openProject(options), stackOptions())
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

/** For commands that look at runs: without an engine, so that nothing is executed by the way. */
export const withStore = <T>(
  options: GlobalOptions,
  use: (store: OrchestrateStore, access: AccessStore) => Promise<T>,
): Promise<T> => withServices(options, ({ store, access }) => use(store, access))

/** For commands about users and tokens. They need the rights to the store, and no login. */
export const withAccess = <T>(options: GlobalOptions, use: (access: AccessStore) => Promise<T>): Promise<T> =>
  withServices(options, ({ access }) => use(access))

async function withServices<T>(
  options: GlobalOptions,
  use: (services: { readonly store: OrchestrateStore; readonly access: AccessStore }) => Promise<T>,
): Promise<T> {
  const { connectServices } = await platform()
  const services = await connectServices(await openProject(options), stackOptions())
  try {
    return await use(services)
  } finally {
    await services.close()
  }
}

export type RunQueue = Pick<Stack, 'engine' | 'store' | 'access'>

/** For commands that only queue a run: whatever engine is running takes it up, or the next one that starts. */
export async function withQueue<T>(options: GlobalOptions, use: (queue: RunQueue) => Promise<T>): Promise<T> {
  return withEngine(options, (engine) => withStore(options, (store, access) => use({ engine, store, access })))
}

/** For commands that request runs and follow them: without a running engine, this process executes them. */
export async function withStack<T>(options: GlobalOptions, use: (stack: RunQueue) => Promise<T>): Promise<T> {
  const { openStack } = await platform()
  const since = new Date()
  const settings = stackOptions()
  const stack = await openStack(await openProject(options), settings)
  try {
    interruptSignal().throwIfAborted()
    return await use(stack)
  } finally {
    // Whatever came of the command: where the store cannot be asked any more, that is said already.
    await tellTakenUpRuns(stack.store, since, settings.logger).catch(() => {})
    await stack.close()
  }
}

export function stackOptions(): StackOptions & { readonly signal: AbortSignal } {
  const logger = stderrLogger()
  return {
    env: process.env,
    logger,
    version: packageVersion(),
    // To people the page, or the command itself, shows runs; their terminal would show them twice.
    journal: logSettings().format === 'json' ? logger : undefined,
    signal: interruptSignal(),
    isSupervised,
    command: process.argv.slice(2).join(' '),
    onWait: ({ pid, command }) => logger.info(`Waiting for \`millrace ${command}\` (process ${pid}) …`),
    onLoading: ({ file, forMs }) => logger.info(`Still loading ${file} (${Math.round(forMs / 1_000)} s) …`),
  }
}
