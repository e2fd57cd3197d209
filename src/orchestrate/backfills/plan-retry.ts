import type { Backfill, Definitions, OrchestrateStore } from '../contract/index.js'
import { missingPartitions } from './missing-partitions.js'
import { type BackfillPlan, planBackfill } from './plan-backfill.js'

/** Another backfill with what one did not make; undefined where all of it was made. @throws SELECTION_INVALID, PARTITIONS_INVALID where the project has changed so */
export async function planRetry(
  store: Pick<OrchestrateStore, 'partitionStates' | 'dynamicPartitions'>,
  definitions: Definitions,
  { selection, partitions: wanted, fullRefresh, tags, partitionsPerRun, parts }: Backfill,
  now: Date,
): Promise<BackfillPlan | undefined> {
  const partitions = await missingPartitions(store, definitions, selection, wanted)
  if (partitions === undefined) return undefined
  // Where its parts had other numbers in a run, each has its own again.
  const isOne = parts.every((part) => part.partitions === undefined || part.partitionsPerRun === partitionsPerRun)
  const perRun = isOne ? partitionsPerRun : undefined
  return planBackfill(
    definitions,
    { selection, partitions, perRun, fullRefresh, tags },
    await store.dynamicPartitions(),
    now,
  )
}
