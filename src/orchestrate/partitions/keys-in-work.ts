import type { AssetKey, Definitions, OrchestrateStore } from '../contract/index.js'
import { chosenOf } from './asset-partitions.js'
import { boxes, partitionSpace } from './partition-space.js'

/** A run that makes partitions of a key now. */
export interface KeyInWork {
  readonly key: string
  readonly asset: AssetKey
  readonly runId: string
}

/** Which of these keys of dynamic partitions runs are making, of all assets that have them. */
export async function keysInWork(
  store: Pick<OrchestrateStore, 'dynamicPartitions' | 'listRuns'>,
  { assets }: Pick<Definitions, 'assets'>,
  { name, keys }: { readonly name: string; readonly keys: readonly string[] },
): Promise<readonly KeyInWork[]> {
  const moment = { now: new Date(), dynamicKeys: await store.dynamicPartitions() }
  const found = assets.map(async ({ key: asset, partitions }): Promise<readonly KeyInWork[]> => {
    if (!partitions) return []
    const space = partitionSpace(partitions, moment)
    const places = space.dimensions.flatMap(({ space: { spec } }, i) =>
      spec.type === 'dynamic' && spec.name === name ? [i] : [],
    )
    if (places.length === 0) return []
    const runs = await store.listRuns({ asset, statuses: ['running', 'cancelling'], limit: 100 })
    return runs.flatMap(({ id, partitions: chosen }) => {
      if (chosen === undefined) return []
      const all = [...boxes(space, chosenOf(space, chosen))]
      const isMade = (key: string) =>
        places.some((i) => {
          const index = space.dimensions[i]?.space.indexOf(key)
          return index !== undefined && all.some((box) => box[i]?.has(index))
        })
      return keys.filter(isMade).map((key) => ({ key, asset, runId: id }))
    })
  })
  return (await Promise.all(found)).flat()
}
