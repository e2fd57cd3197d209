import { type ErrorJson, toMillraceError } from '../../base/index.js'
import { requireExecutable } from '../assets/broken-parts.js'
import { whyLeftOut, withSiblings } from '../assets/select-for-run.js'
import type { AssetKey, ClaimedRun, Definitions, OrchestrateStore, PlannedStep, RunStep } from '../contract/index.js'
import { isProjectBroken } from '../limits/standing-runs.js'
import { assetsForRun, planRun, unfinishedAssets } from './plan-run.js'
import type { RunLog } from './run-log.js'
import { RunPartitions } from './run-partitions.js'
import { isStoreAway } from './stop.js'
import { openSteps } from './take-up.js'

interface PlanOptions extends ClaimedRun {
  readonly store: OrchestrateStore
  readonly definitions: Definitions
  readonly signal: AbortSignal
}

/** What a claimed run is to do. */
interface ClaimedPlan {
  readonly steps: readonly RunStep[]
  /** Undefined where nothing of it has any. */
  readonly partitions: RunPartitions | undefined
  /** Why there is no plan. */
  readonly error: ErrorJson | undefined
}

/** Plans a fresh run; one whose engine died keeps the plan it has. @throws what the store throws, and what is no fault of the run */
export async function planClaimedRun(options: PlanOptions, log: RunLog): Promise<ClaimedPlan> {
  const { store, lease, run, definitions } = options
  // Whether there is a plan says the run itself: most of them are new.
  const known = Object.values(run.stepCounts).some((count) => count > 0) ? await store.listSteps(run.id) : []
  requireExecutable(definitions, openSteps(known))
  if (known.length > 0) {
    const steps = await store.startRun(lease, [], undefined)
    const assets = new Set(steps.flatMap((step) => step.assets))
    return { steps, partitions: await partitionsOf(options, assets), error: undefined }
  }
  const why = whyLeftOut(definitions, run.selection)
  if (why !== undefined) log.event({ type: 'log', level: 'warn', message: why })
  const { plan, partitions, error } = await freshPlan(options)
  const steps = await store.startRun(lease, plan, partitions?.textOf(plan.flatMap(({ assets }) => assets)))
  return { steps, partitions, error }
}

interface FreshPlan extends Omit<ClaimedPlan, 'steps'> {
  readonly plan: readonly PlannedStep[]
}

async function freshPlan(options: PlanOptions): Promise<FreshPlan> {
  const { store, run, definitions } = options
  const parentId = run.rerun === 'from_failure' ? run.parentRunId : undefined
  let partitions: RunPartitions | undefined
  try {
    const chosen = await assetsForRun(store, definitions, run)
    partitions = await partitionsOf(options, chosen)
    const selected = partitions?.makeable(chosen) ?? chosen
    const assets = parentId
      ? withSiblings(definitions, await unfinishedAssets(store, parentId, selected, partitions))
      : selected
    // Of what holds nothing there is nothing to check.
    const { checks, ...rest } = definitions
    const plan = planRun({ ...rest, checks: run.clearData ? [] : checks }, assets)
    return { plan, partitions, error: undefined }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    // No fault of the run: whoever takes it up plans it.
    if (isStoreAway(error) || isProjectBroken(error)) throw error
    return { plan: [], partitions, error: error.toJSON() }
  }
}

/** @throws PARTITIONS_INVALID */
async function partitionsOf(options: PlanOptions, assets: ReadonlySet<AssetKey>): Promise<RunPartitions | undefined> {
  const { run, definitions } = options
  const isCut =
    run.partitions !== undefined || definitions.assets.some(({ key, partitions }) => partitions && assets.has(key))
  return isCut ? new RunPartitions(definitions, run, assets, await dynamicPartitions(options)) : undefined
}

/** As long as the run is ours, a store that does not answer for a moment is waited for. */
export async function dynamicPartitions({
  store,
  signal,
}: Pick<PlanOptions, 'store' | 'signal'>): ReturnType<OrchestrateStore['dynamicPartitions']> {
  for (;;) {
    try {
      return await store.dynamicPartitions()
    } catch (thrown) {
      if (signal.aborted || !isStoreAway(toMillraceError(thrown))) throw thrown
    }
  }
}
