import type { AccessStore } from '../../access/index.js'
import type { Logger } from '../../base/index.js'
import type { Project } from '../contract.js'
import { openStore } from '../processes/store/open-store.js'

/** Users and tokens of a project, in the store that runs or that is started for as long. */
export async function withAccess<T>(
  project: Project,
  logger: Logger,
  work: (access: AccessStore) => Promise<T>,
): Promise<T> {
  const handle = await openStore(project, { logger })
  try {
    return await work(handle.access)
  } finally {
    await handle.close()
  }
}
