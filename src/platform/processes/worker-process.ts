import type { Project } from '../contract.js'
import type { LocalEngine } from '../engine/local-engine.js'
import { engineWithStore, openOwnEngine, type StackOptions } from './execution/engine-with-store.js'
import { requireReachableStore, warehouseCapabilities } from './execution/run-launching.js'
import { watchProject } from './watch/watch-project.js'

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
  const wish = { kind: 'worker' as const, claimsRuns: true, untilIdleMs: options.untilIdleMs }
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
