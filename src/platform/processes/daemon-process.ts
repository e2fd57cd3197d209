import { systemClock } from '../../base/index.js'
import { keepPresence } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { LocalEngine } from '../engine/local-engine.js'
import { reconnectingEngine } from '../engine/remote/client.js'
import { socketPath } from '../engine/remote/socket-path.js'
import type { StackOptions } from './execution/engine-with-store.js'
import { warehouseCapabilities } from './execution/run-launching.js'
import { ownReport } from './presence/own-report.js'
import { runProjectDaemon } from './project-daemon.js'
import { openStore } from './store/open-store.js'
import { watchProject } from './watch/watch-project.js'

/**
 * The daemon as a process of its own. Sensors are code of the project: where the warehouse lets several processes in, it has an
 * engine of its own for them, which also says what the project defines; else it asks the engine that runs beside it.
 */
export async function runDaemonProcess(
  project: Project,
  options: StackOptions & { readonly signal: AbortSignal; readonly onStart: () => void },
): Promise<void> {
  const { env, logger, signal, version, onStart } = options
  const handle = await openStore(project, options)
  const { store } = handle
  try {
    const { servesSeveralProcesses } = await warehouseCapabilities(project, env)
    const own = servesSeveralProcesses
      ? new LocalEngine({ project, env, logger, openStore: async () => store })
      : undefined
    const engine = own ?? reconnectingEngine(socketPath(project))
    try {
      await own?.publish()
      onStart()
      await Promise.all([
        runProjectDaemon(project, { store, engine, address: project.server, logger, signal }),
        keepPresence(ownReport('daemon', version), { store, clock: systemClock, logger, signal }),
        own && watchProject(own, { signal, logger }),
      ])
    } finally {
      await own?.close()
    }
  } finally {
    await handle.close()
  }
}
