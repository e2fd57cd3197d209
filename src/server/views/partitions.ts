import { type AssetSpec, type OrchestrateStore, type PartitionsSpec, spaceOfAsset } from '../../orchestrate/index.js'
import type { PartitionDetail } from '../contract/index.js'
import { notFound } from '../routes/request.js'

/** One partition and how it stands. */
export async function partitionDetail(
  store: OrchestrateStore,
  asset: AssetSpec,
  key: string,
): Promise<PartitionDetail> {
  const space = await spaceOfAsset(store, asset)
  const index = space?.indexOf(key)
  if (!space || index === undefined)
    throw notFound(`partition \`${key}\` of \`${asset.key}\``, 'The asset page lists its partitions.')
  const state = await store.partitionState(asset.key, key)
  const window = space.windowAt(index)
  return {
    key,
    ...(window ? { window: { start: window.start.toISOString(), end: window.end.toISOString() } } : {}),
    madeAt: state?.madeAt,
    failedAt: state?.failedAt,
    runId: state?.runId,
  }
}

const cadences: readonly (readonly [RegExp, string])[] = [
  [/^\d+ \* \* \* \*$/, 'hourly'],
  [/^\d+ \d+ \* \* \*$/, 'daily'],
  [/^\d+ \d+ \* \* \d$/, 'weekly'],
  [/^\d+ \d+ \d+ \* \*$/, 'monthly'],
]

export const dimensionsOf = (spec: PartitionsSpec): number =>
  spec.type === 'multi' ? Object.keys(spec.dimensions).length : 1

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
