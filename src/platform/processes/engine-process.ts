import type { Project } from '../contract.js'
import type { LocalEngine } from '../engine/local-engine.js'
import { openOwnEngine, type StackOptions } from './execution/engine-with-store.js'
import { requireReachableStore } from './execution/run-launching.js'
import { watchProject } from './watch/watch-project.js'

/** The engine process of `millrace up`: owns the project, executes runs and watches the project's files. */
export async function runEngineProcess(
  project: Project,
  options: StackOptions & { readonly signal: AbortSignal; readonly claimsRuns: boolean },
): Promise<void> {
  if (options.claimsRuns) requireReachableStore(project)
  const engine = await openOwnEngine(project, options, {
    mustOwn: true,
    kind: 'engine',
    claimsRuns: options.claimsRuns,
  })
  try {
    await engine.startRunLoop()
    await watchProject(engine as LocalEngine, { ...options, keepsTypes: true })
  } finally {
    await engine.close()
  }
}
