import type { Engine, Project, Stack } from '../contract.js'
import { openOwnEngine, type StackOptions } from './execution/engine-with-store.js'
import { requireReachableStore } from './execution/run-launching.js'
import { openStore } from './store/open-store.js'

/** The running engine of the project, or one in this process. Whoever opens it closes it. */
export async function openEngine(project: Project, options: StackOptions): Promise<Engine> {
  return openOwnEngine(project, options, { mustOwn: false, kind: 'command', claimsRuns: true })
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
      access: handle.access,
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
