import type {
  AssetKey,
  CheckEvents,
  HistoryQuestion,
  Metadata,
  OrchestrateStore,
  Run,
  RunPartition,
} from '../contract/index.js'
import type { RunLog } from './run-log.js'
import type { RunPartitions } from './run-partitions.js'

interface FactsAround {
  readonly store: Pick<OrchestrateStore, 'readEvents'>
  readonly log: Pick<RunLog, 'flush'>
  readonly run: Pick<Run, 'id'>
  readonly partitions: RunPartitions | undefined
}

/** What this run told of an asset: the metadata of the last time, and all partitions. */
export async function toldOf(
  { store, log, run, partitions }: FactsAround,
  asset: AssetKey,
): Promise<{ metadata: Metadata; partitions: readonly RunPartition[] }> {
  await log.flush()
  const events = await store.readEvents({
    runId: run.id,
    asset,
    types: ['asset_materialized'],
    newestFirst: true,
    // What has no partitions is told of once.
    limit: partitions ? 1_000_000 : 1,
  })
  return {
    metadata: events[0]?.metadata ?? {},
    partitions:
      partitions?.toldOf(
        asset,
        events.map((event) => event.partitions),
      ) ?? [],
  }
}

/** See `StepContext.history`. @param isOwn whether the step makes the asset itself */
export async function historyOf(
  { store, log, run, partitions }: FactsAround,
  { asset, check, partition }: HistoryQuestion,
  { most, keys, isOwn }: { most: number; keys: readonly string[] | undefined; isOwn: boolean },
): Promise<CheckEvents> {
  // Other partitions that this run made are there by then.
  await log.flush()
  const others = isOwn && keys ? partitions?.eventOf(asset, keys).partitions : undefined
  const shared = { asset, partition, without: { runId: run.id, partitions: others }, newestFirst: true, limit: most }
  const [materializations, outcomes] = await Promise.all([
    store.readEvents({ ...shared, types: ['asset_materialized'] }),
    check === undefined ? [] : store.readEvents({ ...shared, types: ['check_evaluated'], check }),
  ])
  return { materializations, outcomes }
}
