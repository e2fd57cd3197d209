import type { AccessStore } from '../../access/index.js'
import type { OrchestrateStore } from '../../orchestrate/index.js'
import type { Engine, Project } from '../contract.js'
import { reconnectingEngine } from '../engine/remote/client.js'
import { socketPath } from '../engine/remote/socket-path.js'
import type { StackOptions } from './execution/engine-with-store.js'
import { openStore, openStorePatiently } from './store/open-store.js'

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
  const handle = await (options.isSupervised ? openStorePatiently : openStore)(project, options)
  return {
    store: handle.store,
    access: handle.access,
    engine: reconnectingEngine(socketPath(project)),
    close: () => handle.close(),
  }
}
