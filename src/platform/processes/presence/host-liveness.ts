import { hostname } from 'node:os'
import { type Logger, toMillraceError } from '../../../base/index.js'
import type { ProcessKind } from '../../../orchestrate/index.js'
import type { Project } from '../../contract.js'
import { openStore } from '../store/open-store.js'
import { knownProcesses } from './known-processes.js'

export interface HostLiveness {
  readonly host: string
  readonly status: 'alive' | 'lost' | 'unknown'
  /** Of `unknown`: what the store's client said. */
  readonly why?: string
}

/** Whether a process of that kind on this host was heard of, which containers are asked by their probes. */
export async function hostLiveness(
  project: Project,
  kind: ProcessKind,
  options: { readonly logger: Logger },
): Promise<HostLiveness> {
  const host = hostname()
  try {
    const handle = await openStore(project, options)
    try {
      const all = await knownProcesses(handle.store)
      const isThere = all.some((one) => one.kind === kind && one.host === host && !one.isLost)
      return { host, status: isThere ? 'alive' : 'lost' }
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    if (error.code !== 'METASTORE_UNREACHABLE') throw error
    return { host, status: 'unknown', why: error.message }
  }
}
