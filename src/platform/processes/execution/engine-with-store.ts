import { isProcessGone, type Logger, processName, systemClock } from '../../../base/index.js'
import {
  type Definitions,
  keepPresence,
  type OrchestrateStore,
  type ProcessKind,
  type ProcessReport,
  type RunEngineOptions,
  runEngine,
  withDbtSelections,
} from '../../../orchestrate/index.js'
import type { Engine, Project } from '../../contract.js'
import { type LongLoad, tellLoads } from '../../engine/connections/tell-loads.js'
import { LocalEngine } from '../../engine/local-engine.js'
import { openProjectEngine } from '../../engine/open-engine.js'
import { ownReport } from '../presence/own-report.js'
import { openStore, openStorePatiently, type StoreHandle } from '../store/open-store.js'
import { openLaunchedRuns } from './run-launching.js'

export interface StackOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** Of Millrace, for who looks at the processes of the installation. */
  readonly version: string
  /** Is told of every run that the engine executes, where nobody follows them. */
  readonly journal?: Logger | undefined
  readonly signal?: AbortSignal | undefined
  /** A child of `millrace up`: the store that it is given may still be starting. */
  readonly isSupervised?: boolean | undefined
  /** What the user typed, for others who find the project in use. */
  readonly command?: string | undefined
  readonly onWait?: ((holder: { pid: number; command: string }) => void) | undefined
  /** Of a command: is told every few seconds that it waits for the project's code to be loaded. */
  readonly onLoading?: ((load: LongLoad) => void) | undefined
}

const engineAnswersWithinMs = 15_000
/** Most files are loaded in a second. */
const runsWaitMs = 10_000
const projectIsFreeWithinMs = 24 * 3600_000

interface EngineWish {
  /** It must be the engine itself, and waits until the project is free. */
  readonly mustOwn: boolean
  readonly kind: ProcessKind
  readonly claimsRuns: boolean
  /** Claims no more once there was nothing to do for so long. */
  readonly untilIdleMs?: number | undefined
}

/** The engine of the project: in this process, or the running one where that will do. */
export async function openOwnEngine(project: Project, options: StackOptions, wish: EngineWish): Promise<Engine> {
  const engine = await openProjectEngine(project, {
    signal: options.signal,
    command: options.command ?? 'millrace',
    patienceMs: wish.mustOwn ? projectIsFreeWithinMs : engineAnswersWithinMs,
    onWait: options.onWait,
    mustOwn: wish.mustOwn,
    create: () => engineWithStore(project, options, wish),
  })
  return options.onLoading && !wish.mustOwn ? tellLoads(engine, options.onLoading) : engine
}

/** An engine that opens the store when it needs it, and closes it when it is closed. */
export function engineWithStore(
  project: Project,
  options: StackOptions,
  wish: Omit<EngineWish, 'mustOwn'>,
): LocalEngine {
  let handle: Promise<StoreHandle> | undefined
  const openHandle = () => {
    const open = options.isSupervised ? openStorePatiently : openStore
    handle ??= open(project, options).catch((error: unknown) => {
      handle = undefined
      throw error
    })
    return handle
  }
  return new LocalEngine({
    project,
    env: options.env,
    logger: options.logger,
    asks: wish.kind === 'command' ? 'commands' : 'watches',
    openStore: async () => (await openHandle()).store,
    openRunLoop: async (local, store) => {
      const { url: metastoreUrl } = await openHandle()
      return openRunLoop(local, store, { ...options, ...wish, metastoreUrl })
    },
    onClose: async () => (await handle)?.close(),
  })
}

async function openRunLoop(
  engine: LocalEngine,
  store: OrchestrateStore,
  options: StackOptions & Omit<EngineWish, 'mustOwn'> & { readonly metastoreUrl: string },
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { env, logger, journal, metastoreUrl, untilIdleMs, kind, version, claimsRuns } = options
  const { project } = engine
  const around = { store, clock: systemClock, logger }
  if (!claimsRuns) return (signal) => keepPresence(ownReport(kind, version), { ...around, signal })
  const launched = await openLaunchedRuns(project, { env, logger, store, metastoreUrl })
  const { maxConcurrentRuns } = project
  const report = ownReport(kind, version, { runs: launched ? 'launches' : 'executes', capacity: maxConcurrentRuns })
  return (signal) =>
    whilePresent(report, { ...around, signal }, () =>
      runEngine({
        ...execution(engine, { store, logger, journal, signal }),
        isGone: isProcessGone,
        maxConcurrentRuns,
        launched,
        untilIdleMs,
      }),
    )
}

/** Present is who claims runs: what is still given back after that takes no slot from others. */
async function whilePresent(
  report: ProcessReport,
  options: Parameters<typeof keepPresence>[1],
  work: () => Promise<void>,
): Promise<void> {
  const ended = new AbortController()
  const presence = keepPresence(report, { ...options, signal: AbortSignal.any([options.signal, ended.signal]) })
  try {
    await work()
  } finally {
    ended.abort()
    await presence
  }
}

/** What is known where the project's code takes longer to be loaded than runs should wait. */
async function loadedInTime(engine: LocalEngine): Promise<Definitions> {
  const ended = new AbortController()
  const reloaded = engine.reloadIfChanged()
  const inTime = systemClock.sleep(runsWaitMs, { signal: ended.signal }).then(() => engine.definitions())
  try {
    return await Promise.race([reloaded, inTime])
  } finally {
    for (const other of [reloaded, inTime]) other.catch(() => {})
    ended.abort()
  }
}

/** How an engine executes runs, whoever claims them. */
export function execution(
  engine: LocalEngine,
  { store, logger, journal, signal }: Pick<RunEngineOptions, 'store' | 'logger' | 'journal' | 'signal'>,
) {
  return {
    store,
    executors: engine.executors,
    // A run works on the project as it stands when the run starts: an edit needs no restart, and one that cannot be loaded in time holds up nothing.
    definitions: async (selection = '') =>
      withDbtSelections(await loadedInTime(engine), selection, (selectors) => engine.selectDbt(selectors)),
    lastDefinitions: () => engine.definitions(),
    worker: processName(),
    limits: engine.project.limits,
    takesTurns: () => engine.sharesWarehouse(),
    clock: systemClock,
    logger,
    journal,
    signal,
  } satisfies Partial<RunEngineOptions>
}
