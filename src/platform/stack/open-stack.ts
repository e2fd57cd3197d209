import { hostname } from 'node:os'
import type { AccessStore } from '../../access/index.js'
import { isProcessAlive, type Logger, systemClock } from '../../base/index.js'
import { type OrchestrateStore, runEngine } from '../../orchestrate/index.js'
import type { Engine, Project, Stack } from '../contract.js'
import { reconnectingEngine } from '../engine/client.js'
import { LocalEngine } from '../engine/local-engine.js'
import { openProjectEngine } from '../engine/open-engine.js'
import { socketPath } from '../engine/socket-path.js'
import { openStore, type StoreHandle } from './open-store.js'

export interface StackOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** Is told of every run that the engine executes, where nobody follows them. */
  readonly journal?: Logger | undefined
  readonly signal?: AbortSignal | undefined
  /** What the user typed, for others who find the project in use. */
  readonly command?: string | undefined
  readonly onWait?: ((holder: { pid: number; command: string }) => void) | undefined
}

const engineAnswersWithinMs = 15_000
const projectIsFreeWithinMs = 24 * 3600_000

/** The running engine of the project, or one in this process. Whoever opens it closes it. */
export async function openEngine(project: Project, options: StackOptions): Promise<Engine> {
  return openOwnEngine(project, options, false)
}

async function openOwnEngine(project: Project, options: StackOptions, mustOwn: boolean): Promise<Engine> {
  let handle: Promise<StoreHandle> | undefined
  const engine = await openProjectEngine(project, {
    signal: options.signal,
    command: options.command ?? 'millrace',
    patienceMs: mustOwn ? projectIsFreeWithinMs : engineAnswersWithinMs,
    onWait: options.onWait,
    mustOwn,
    create: () =>
      new LocalEngine({
        project,
        env: options.env,
        logger: options.logger,
        openStore: async () => {
          handle ??= openStore(project, options)
          return (await handle).store
        },
        executeRuns: (local, store, signal) => executeRuns(local, store, options, signal),
      }),
  })
  const close = engine.close.bind(engine)
  engine.close = async () => {
    await close()
    await (await handle)?.close()
  }
  return engine
}

async function executeRuns(
  engine: LocalEngine,
  store: OrchestrateStore,
  { logger, journal }: Pick<StackOptions, 'logger' | 'journal'>,
  signal: AbortSignal,
): Promise<void> {
  await runEngine({
    store,
    executors: engine.executors,
    // A run works on the project as it stands when the run starts: an edit needs no restart.
    definitions: () => engine.reloadIfChanged(),
    worker: `${hostname()}:${process.pid}`,
    isGone: isGoneHere,
    maxConcurrentRuns: engine.project.maxConcurrentRuns,
    limits: engine.project.limits,
    clock: systemClock,
    logger,
    journal,
    signal,
  })
}

/** Whether a worker of this machine has ended. Of other machines only their leases tell. */
function isGoneHere(worker: string): boolean {
  const [host, pid] = worker.split(':')
  return host === hostname() && !isProcessAlive(Number(pid))
}

/** Engine and store, with somebody who executes what is queued: for commands that request runs and follow them. */
export async function openStack(project: Project, options: StackOptions): Promise<Stack> {
  const handle = await openStore(project, options)
  try {
    const engine = await openEngine({ ...project, metastoreUrl: handle.url }, options)
    try {
      await engine.startRunLoop()
    } catch (error) {
      await engine.close()
      throw error
    }
    return {
      project,
      engine,
      store: handle.store,
      async close() {
        await engine.close()
        await handle.close()
      },
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** For the server process: the store, and an engine client that survives a restart of the engine. */
export async function connectServices(
  project: Project,
  options: StackOptions,
): Promise<{
  readonly store: OrchestrateStore
  readonly access: AccessStore
  readonly engine: Engine
  close(): Promise<void>
}> {
  const handle = await openStore(project, options)
  return {
    store: handle.store,
    access: handle.access,
    engine: reconnectingEngine(socketPath(project)),
    close: () => handle.close(),
  }
}

/** The engine process of `millrace up`: owns the project, executes runs and watches the project's files. */
export async function runEngineProcess(
  project: Project,
  options: StackOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const engine = await openOwnEngine(project, options, true)
  try {
    await engine.startRunLoop()
    await watchProject(engine as LocalEngine, options)
  } finally {
    await engine.close()
  }
}

/** Between two looks. A look at ten thousand files takes some 50 ms: it must not be what an idle engine is busy with. */
const watchPauseMs = { least: 1_000, most: 5_000, perMsOfLooking: 50 }

/** Looks for changed files every second or two and publishes what they now define, until the signal aborts. */
async function watchProject(
  engine: LocalEngine,
  { signal, logger }: { signal: AbortSignal; logger: Logger },
): Promise<void> {
  let pauseMs = watchPauseMs.least
  while (!signal.aborted) {
    await systemClock.sleep(pauseMs, { signal }).catch(() => {})
    if (signal.aborted) return
    const startedMs = systemClock.monotonicMs()
    await engine.reloadIfChanged().catch((error: unknown) => logger.error('The project could not be read', { error }))
    const lookedMs = (systemClock.monotonicMs() - startedMs) * watchPauseMs.perMsOfLooking
    pauseMs = Math.min(watchPauseMs.most, Math.max(watchPauseMs.least, lookedMs))
  }
}
