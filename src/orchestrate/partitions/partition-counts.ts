import { Semaphore } from '../../base/index.js'
import type { AssetKey, AssetSpec, AssetState, OrchestrateStore, PartitionsSpec } from '../contract/index.js'
import { type DynamicKeys, partitionSpace, setOfKeys } from './partition-space.js'

export interface PartitionCounts {
  readonly made: number
  /** Failed since they were made, or never made. */
  readonly failed: number
  /** Never made, and not tried in vain. */
  readonly missing: number
}

interface Known {
  /** What the counts depend on: where it is another, they are worked out anew. */
  readonly version: string
  readonly spec: PartitionsSpec
  readonly counts: PartitionCounts
}

interface Moment {
  readonly assets: readonly AssetSpec[]
  readonly states: ReadonlyMap<AssetKey, AssetState>
  readonly now: Date
}

const mostQueries = 8

/** Counts the partitions of all assets; of those to which nothing happened since it was asked last, nothing is read. */
export class PartitionCounter {
  readonly #store: Pick<OrchestrateStore, 'dynamicPartitions' | 'partitionStates'>
  readonly #known = new Map<AssetKey, Known>()

  constructor(store: Pick<OrchestrateStore, 'dynamicPartitions' | 'partitionStates'>) {
    this.#store = store
  }

  /** By asset, of those that are cut into partitions. */
  async count({ assets, states, now }: Moment): Promise<ReadonlyMap<AssetKey, PartitionCounts>> {
    const cut = assets.filter(({ partitions, isExecutable }) => partitions && isExecutable)
    if (cut.length === 0) return new Map()
    const dynamicKeys = cut.some(({ partitions }) => partitions && dynamicNames(partitions).length > 0)
      ? await this.#store.dynamicPartitions()
      : new Map()
    const queries = new Semaphore(mostQueries)
    const counted = cut.map(
      async ({ key, partitions }) =>
        [
          key,
          await this.#countOf(key, partitions as PartitionsSpec, states.get(key), { now, dynamicKeys, queries }),
        ] as const,
    )
    return new Map(await Promise.all(counted))
  }

  async #countOf(
    key: AssetKey,
    spec: PartitionsSpec,
    state: AssetState | undefined,
    { now, dynamicKeys, queries }: { now: Date; dynamicKeys: DynamicKeys; queries: Semaphore },
  ): Promise<PartitionCounts> {
    const space = partitionSpace(spec, { now, dynamicKeys })
    if (!state) return { made: 0, failed: 0, missing: space.size }
    // Whatever becomes of a partition is written together with the state of its asset.
    const happened = [state.lastMaterializedAt, state.lastFailedAt, state.lastRunId]
    const version = JSON.stringify([happened, space.size, dynamicNames(spec).map((name) => dynamicKeys.get(name))])
    const known = this.#known.get(key)
    if (known?.version === version && known.spec === spec) return known.counts
    const { made, failed } = await queries.run(() => this.#store.partitionStates(key))
    const [madeCount, failedCount] = [setOfKeys(space, made).size, setOfKeys(space, failed).size]
    const counts = { made: madeCount, failed: failedCount, missing: space.size - madeCount - failedCount }
    this.#known.set(key, { version, spec, counts })
    return counts
  }
}

/** The dynamic partitions that a definition is made of. */
export function dynamicNames(spec: PartitionsSpec): readonly string[] {
  if (spec.type === 'multi') return Object.values(spec.dimensions).flatMap(dynamicNames)
  return spec.type === 'dynamic' ? [spec.name] : []
}
