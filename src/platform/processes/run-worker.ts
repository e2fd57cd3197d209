import { executeClaimedRun, leaseMs, orchestrateErrors, runWorkerName } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { LocalEngine } from '../engine/local-engine.js'
import { platformErrors } from '../errors.js'
import { execution, type StackOptions } from './execution/engine-with-store.js'
import { requireSharedWarehouse } from './execution/run-launching.js'
import { openStorePatiently } from './store/open-store.js'

export interface RunWorkerOutcome {
  /** `queued` where it was given back. */
  readonly status: string
}

/**
 * Executes one run that a launcher has claimed, and nothing else.
 * @throws RUN_WORKER_LATE, RUN_WORKER_WITHOUT_STORE, LAUNCHER_NEEDS_SERVERS
 */
export async function runRunWorker(
  project: Project,
  claim: { readonly runId: string; readonly token: number },
  options: StackOptions & { readonly signal: AbortSignal },
): Promise<RunWorkerOutcome> {
  const { env, logger, journal, signal } = options
  if (project.metastoreUrl === undefined)
    throw platformErrors.create('RUN_WORKER_WITHOUT_STORE', {
      message: 'A run worker needs the address of the metadata store that its run is in, and was given none.',
      hint: 'Hand it DATABASE_URL: in Kubernetes by `env_secrets` or `secret_env` below `runs.launcher` in millrace.yaml.',
    })
  await requireSharedWarehouse(project, env, '`millrace run-worker`')
  // Who launched it keeps the run meanwhile.
  const handle = await openStorePatiently(project, options)
  try {
    const { store } = handle
    const worker = runWorkerName(claim)
    const claimed = await store.takeLease(claim, worker, leaseMs)
    if (!claimed)
      throw orchestrateErrors.create('RUN_WORKER_LATE', {
        message: `The run ${claim.runId} does not wait for this run worker (token ${claim.token}): another one has it, or it has ended.`,
        hint: 'There is nothing to do: a run is executed once, whoever comes late. The page of the run tells what became of it.',
      })
    const engine = new LocalEngine({ project, env, logger, openStore: async () => store })
    try {
      await executeClaimedRun(
        // Its definitions are not published: the processes that stay say what the project defines.
        { ...execution(engine, { store, logger, journal, signal }), worker },
        claimed,
      )
    } finally {
      await engine.close()
    }
    return { status: (await store.getRun(claim.runId))?.status ?? 'deleted' }
  } finally {
    await handle.close()
  }
}
