import {
  type AssetSpec,
  type OrchestrateStore,
  PartitionSet,
  type PartitionSpace,
  type PartitionsSpec,
  parsePartitions,
  partitionSpace,
  partitionsText,
} from '../../orchestrate/index.js'
import type { AssetPartitions, PartitionDetail } from '../contract/index.js'
import { notFound } from '../routes/request.js'

/** More are not shown one by one: a page has not so many pixels. */
const mostStretches = 2_000

async function spaceOf(store: OrchestrateStore, { key, partitions }: AssetSpec): Promise<PartitionSpace> {
  if (!partitions) throw notFound(`partition of \`${key}\``, 'The asset is not cut into partitions.')
  const dynamic = await store.dynamicPartitions()
  return partitionSpace(partitions, { now: new Date(), dynamicKeys: (name) => dynamic.get(name) ?? [] })
}

/** What is known of an asset's partitions. */
export async function assetPartitions(store: OrchestrateStore, asset: AssetSpec): Promise<AssetPartitions> {
  const [space, states, running] = await Promise.all([
    spaceOf(store, asset),
    store.partitionStates(asset.key),
    store.listRuns({ asset: asset.key, statuses: ['running', 'cancelling'], limit: 100 }),
  ])
  const setOf = (keys: readonly string[]) =>
    PartitionSet.ofIndexes(keys.flatMap((key) => space.indexOf(key) ?? []).sort((a, b) => a - b))
  const all = PartitionSet.first(space.size)
  const made = setOf(states.made)
  const failed = setOf(states.failed)
  const inWork = PartitionSet.of(
    running.flatMap(({ partitions }) => (partitions === undefined ? [] : chosen(space, partitions).ranges)),
  ).without(made)
  const missing = all.without(made).without(failed).without(inWork)
  const sets = { made, failed: failed.without(inWork), running: inWork, missing }
  const stretches = Object.entries(sets)
    .flatMap(([status, set]) => set.ranges.map(([from, to]) => ({ status: status as keyof typeof sets, from, to })))
    .sort((a, b) => a.from - b.from)
  return {
    size: space.size,
    dimensions: space.dimensions.map(({ name, space: { size } }) => ({ name, size })),
    counts: { made: made.size, failed: sets.failed.size, running: inWork.size, missing: missing.size },
    stretches: stretches.slice(-mostStretches).map(({ status, from, to }) => ({
      status,
      from,
      count: to - from,
      first: space.keyAt(from),
      last: space.keyAt(to - 1),
    })),
    unmade: partitionsText(space, missing.union(sets.failed)),
  }
}

/** What was chosen of partitions of which some are gone since. */
function chosen(space: PartitionSpace, text: string): PartitionSet {
  try {
    return parsePartitions(space, text)
  } catch {
    return PartitionSet.none
  }
}

/** One partition and what happened to it. */
export async function partitionDetail(
  store: OrchestrateStore,
  asset: AssetSpec,
  key: string,
): Promise<PartitionDetail> {
  const space = await spaceOf(store, asset)
  const index = space.indexOf(key)
  if (index === undefined)
    throw notFound(`partition \`${key}\` of \`${asset.key}\``, 'The asset page lists its partitions.')
  const [state, events] = await Promise.all([
    store.partitionState(asset.key, key),
    store.readEvents({
      asset: asset.key,
      types: ['asset_materialized', 'asset_failed'],
      newestFirst: true,
      limit: 1000,
    }),
  ])
  const window = space.windowAt(index)
  return {
    key,
    ...(window ? { window: { start: window.start.toISOString(), end: window.end.toISOString() } } : {}),
    madeAt: state?.madeAt,
    failedAt: state?.failedAt,
    runId: state?.runId,
    events: events
      .filter(({ partitions }) => partitions !== undefined && chosen(space, partitions).has(index))
      .slice(0, 20),
  }
}

const cadences: readonly (readonly [RegExp, string])[] = [
  [/^\d+ \* \* \* \*$/, 'hourly'],
  [/^\d+ \d+ \* \* \*$/, 'daily'],
  [/^\d+ \d+ \* \* \d$/, 'weekly'],
  [/^\d+ \d+ \d+ \* \*$/, 'monthly'],
]

/** `daily from 2024-01-01`, `3 keys`, `daily from 2024-01-01 × 3 keys`. */
export function partitionsWords(spec: PartitionsSpec): string {
  switch (spec.type) {
    case 'time': {
      const cadence = cadences.find(([pattern]) => pattern.test(spec.cron))?.[1] ?? spec.cron
      return `${cadence} from ${spec.start}${spec.end ? ` to ${spec.end}` : ''}${spec.timezone === 'UTC' ? '' : ` (${spec.timezone})`}`
    }
    case 'static':
      return `${spec.keys.length} key${spec.keys.length === 1 ? '' : 's'}`
    case 'dynamic':
      return `keys of ${spec.name}`
    case 'multi':
      return Object.values(spec.dimensions).map(partitionsWords).join(' × ')
  }
}
