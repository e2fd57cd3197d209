import type { Clock, ErrorJson } from '../../base/index.js'
import {
  type ClaimedRun,
  type NewRunEvent,
  type OrchestrateStore,
  type Run,
  type RunStep,
  type StepChange,
  unbegunStatuses,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { assetFailed } from './execute-step.js'
import { isOfAll, RunPartitions } from './run-partitions.js'

/** A run that was lost this often with its engine is not tried again: it is likely what ends the engine. */
export const maxLostAttempts = 3

/** Ends a run that took its engine down again and again, instead of doing it once more. */
export async function giveUp(store: OrchestrateStore, { run, lease }: ClaimedRun, clock: Clock): Promise<void> {
  const steps = await store.listSteps(run.id)
  const suspects = steps.filter((step) => step.status === 'running' || step.status === 'retrying')
  const named = suspects.map((step) => step.key).join(', ')
  const error: ErrorJson = orchestrateErrors
    .create('RUN_LOST', {
      message: `The engine ended ${run.attempt - 1} times in the middle of this run${named === '' ? '' : `, while it ran ${named}`}.`,
      hint: 'The lines of `millrace up` say how it ended. Run the steps one by one to find the one that ends it.',
    })
    .toJSON()
  const endedAt = clock.now().toISOString()
  const failed = suspects.map(({ key }): StepChange => ({ key, status: 'failed', endedAt, error }))
  const reason = 'the run was given up'
  const pending = steps.filter((step) => unbegunStatuses.includes(step.status))
  const skipped = pending.map(({ key }): StepChange => ({ key, status: 'skipped', endedAt, reason }))
  const events = [
    ...(await failedAssets(store, run, suspects, error)),
    ...suspects.map(
      ({ key }): NewRunEvent => ({ type: 'step_failed', step: key, level: 'error', message: error.message, error }),
    ),
    ...pending.map(({ key }): NewRunEvent => ({ type: 'step_skipped', step: key, message: reason })),
  ]
  // In one transaction: who dies here names the same steps the next time.
  await store.endRun(lease, 'failed', error, { record: { events, steps: [...failed, ...skipped] } })
}

/** What the steps that were lost did not come to make: each of their assets that the run neither made nor told as failed. */
async function failedAssets(
  store: OrchestrateStore,
  run: Run,
  suspects: readonly RunStep[],
  error: ErrorJson,
): Promise<NewRunEvent[]> {
  const assets = suspects.flatMap((step) => step.assets)
  if (assets.length === 0) return []
  const [told, partitions] = await Promise.all([
    store.readEvents({ runId: run.id, types: ['asset_materialized', 'asset_failed'], limit: 1_000_000 }),
    partitionsOf(store, run, new Set(assets)),
  ])
  const decided = new Set<string>()
  for (const event of told) {
    const { type, asset = '' } = event
    if (type === 'asset_failed' || (partitions?.madeBy(asset, event) ?? isOfAll(event))) decided.add(asset)
  }
  return suspects.flatMap((step) =>
    step.assets
      .filter((asset) => !decided.has(asset))
      .map((asset) => ({ ...assetFailed(run, step, asset, error), ...partitions?.eventOf(asset) })),
  )
}

/** By what was told of the project last: to read it anew may be what ends the engine. Undefined where its partitions are others by now. */
async function partitionsOf(
  store: OrchestrateStore,
  run: Run,
  assets: ReadonlySet<string>,
): Promise<RunPartitions | undefined> {
  const definitions = await store.readDefinitions()
  if (!definitions) return undefined
  try {
    return new RunPartitions(definitions, run, assets, await store.dynamicPartitions())
  } catch {
    return undefined
  }
}
