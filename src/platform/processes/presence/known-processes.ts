import { isProcessGone } from '../../../base/index.js'
import type { KnownProcess, OrchestrateStore } from '../../../orchestrate/index.js'

/** The processes of the installation. One of this very machine that was killed is lost at once, not only when it was silent for too long. */
export async function knownProcesses(store: Pick<OrchestrateStore, 'processes'>): Promise<readonly KnownProcess[]> {
  const all = await store.processes()
  return all.map((one) => (!one.isLost && isProcessGone(one.name) ? { ...one, isLost: true } : one))
}
