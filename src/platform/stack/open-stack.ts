import type { AccessStore } from '../../access/index.js'
import { isProcessGone, type Logger, processName, systemClock } from '../../base/index.js'
import { type OrchestrateStore, runEngine } from '../../orchestrate/index.js'
import type { Engine, Project, Stack } from '../contract.js'
import { reconnectingEngine } from '../engine/client.js'
import { LocalEngine } from '../engine/local-engine.js'
import { openProjectEngine } from '../engine/open-engine.js'
import { socketPath } from '../engine/socket-path.js'
import { openStore, type StoreHandle } from './open-store.js'
import { openLaunchedRuns, requireReachableStore, warehouseCapabilities } from './run-launching.js'
import { watchProject } from './watch-project.js'

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
  return openOwnEngine(project, options, { mustOwn: false, claimsRuns: true })
}

interface EngineWish {
  /** It must be the engine itself, and waits until the project is free. */
  readonly mustOwn: boolean
  readonly claimsRuns: boolean
  /** Claims no more once there was nothing to do for so long. */
  readonly untilIdleMs?: number | undefined
}

function openOwnEngine(project: Project, options: StackOptions, wish: EngineWish): Promise<Engine> {
  return openProjectEngine(project, {
    signal: options.signal,
    command: options.command ?? 'millrace',
    patienceMs: wish.mustOwn ? projectIsFreeWithinMs : engineAnswersWithinMs,
    onWait: options.onWait,
    mustOwn: wish.mustOwn,
    create: () => engineWithStore(project, options, wish),
  })
}

/** An engine that opens the store when it needs it, and closes it when it is closed. */
function engineWithStore(project: Project, options: StackOptions, wish: Omit<EngineWish, 'mustOwn'>): LocalEngine {
  let handle: Promise<StoreHandle> | undefined
  const openHandle = () => {
    handle ??= openStore(project, options)
    return handle
  }
  const engine = new LocalEngine({
    project,
    env: options.env,
    logger: options.logger,
    openStore: async () => (await openHandle()).store,
    openRunLoop: wish.claimsRuns
      ? async (local, store) => {
          const { url: metastoreUrl } = await openHandle()
          return openRunLoop(local, store, { ...options, metastoreUrl, untilIdleMs: wish.untilIdleMs })
        }
      : undefined,
  })
  const close = engine.close.bind(engine)
  engine.close = async () => {
    await close()
    await (await handle)?.close()
  }
  return engine
}

async function openRunLoop(
  engine: LocalEngine,
  store: OrchestrateStore,
  options: StackOptions & { readonly metastoreUrl: string; readonly untilIdleMs?: number | undefined },
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { env, logger, journal, metastoreUrl, untilIdleMs } = options
  const { project } = engine
  const launched = await openLaunchedRuns(project, { env, logger, store, metastoreUrl })
  return (signal) =>
    runEngine({
      store,
      executors: engine.executors,
      // A run works on the project as it stands when the run starts: an edit needs no restart.
      definitions: () => engine.reloadIfChanged(),
      worker: processName(),
      isGone: isProcessGone,
      maxConcurrentRuns: project.maxConcurrentRuns,
      limits: project.limits,
      takesTurns: () => engine.sharesWarehouse(),
      clock: systemClock,
      logger,
      journal,
      signal,
      launched,
      untilIdleMs,
    })
}

/** Engine and store, with somebody who executes what is queued: for commands that request runs and follow them. */
export async function openStack(project: Project, options: StackOptions): Promise<Stack> {
  requireReachableStore(project)
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
  options: StackOptions & { readonly signal: AbortSignal; readonly claimsRuns: boolean },
): Promise<void> {
  if (options.claimsRuns) requireReachableStore(project)
  const engine = await openOwnEngine(project, options, { mustOwn: true, claimsRuns: options.claimsRuns })
  try {
    await engine.startRunLoop()
    await watchProject(engine as LocalEngine, options)
  } finally {
    await engine.close()
  }
}

/**
 * A process that claims runs, until the signal aborts or there was nothing to do for so long. Where the warehouse lets several
 * processes in, any number of them may run, also beside each other; else it is the engine of the project.
 */
export async function runWorkerProcess(
  project: Project,
  options: StackOptions & {
    readonly signal: AbortSignal
    readonly untilIdleMs?: number | undefined
    readonly onStart: () => void
  },
): Promise<void> {
  requireReachableStore(project)
  const { servesSeveralProcesses } = await warehouseCapabilities(project, options.env)
  const wish = { claimsRuns: true, untilIdleMs: options.untilIdleMs }
  const engine = servesSeveralProcesses
    ? engineWithStore(project, options, wish)
    : ((await openOwnEngine(project, options, { ...wish, mustOwn: true })) as LocalEngine)
  const idle = new AbortController()
  try {
    await engine.startRunLoop()
    options.onStart()
    const watching = watchProject(engine, { ...options, signal: AbortSignal.any([options.signal, idle.signal]) })
    await Promise.race([engine.runLoopEnded(), watching])
    idle.abort()
    await watching
  } finally {
    await engine.close()
  }
}
