import type { Definitions, OrchestrateStore } from '../contract/index.js'
import { partitionSpace } from './partition-space.js'

/** A check that found something of a partition that is gone (a key that was removed, a window before a later start) can never find it good again. */
export async function forgetGonePartitions(
  store: Pick<OrchestrateStore, 'badPartitions' | 'forgetBadPartitions' | 'dynamicPartitions'>,
  { assets }: Pick<Definitions, 'assets'>,
  now: Date,
): Promise<void> {
  const bad = await store.badPartitions()
  if (bad.length === 0) return
  const dynamicKeys = await store.dynamicPartitions()
  const specOf = new Map(assets.map(({ key, partitions }) => [key, partitions]))
  for (const { asset, keys } of bad) {
    // Of an asset that is not there now nobody knows: it may be in a part that cannot be read.
    if (!specOf.has(asset)) continue
    const spec = specOf.get(asset)
    const space = spec && partitionSpace(spec, { now, dynamicKeys })
    const gone = keys.filter((key) => space?.indexOf(key) === undefined)
    if (gone.length > 0) await store.forgetBadPartitions(asset, gone)
  }
}
