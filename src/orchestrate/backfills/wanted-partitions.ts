import { isDeepStrictEqual } from 'node:util'
import { AssetGraph } from '../assets/select-assets.js'
import { upstreamFirst } from '../assets/upstream-first.js'
import type { AssetKey, AssetSpec, Definitions } from '../contract/index.js'
import { downstreamPartitions, upstreamPartitions } from '../partitions/mappings.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { type PartitionMoment, type PartitionSpace, partitionSpace } from '../partitions/partition-space.js'
import { mappingsOf } from '../partitions/reads.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import type { BackfillSpace } from './backfill-space.js'

export interface Wanted {
  readonly space: PartitionSpace
  readonly set: PartitionSet
}

/**
 * The partitions that each asset of a backfill is to make: those that are cut alike the chosen ones, the others what
 * reads these. Assets of which that is nothing are left out.
 */
export function wantedPartitions(
  definitions: Definitions,
  { assets, chosen, space }: BackfillSpace,
  set: PartitionSet,
  moment: PartitionMoment,
): ReadonlyMap<AssetKey, Wanted> {
  const text = partitionsText(space, set)
  const found = new Map<AssetKey, Wanted>()
  const spaces = spacesOf(assets, moment)
  for (const { key } of chosen) {
    const own = spaces.get(key) as PartitionSpace
    found.set(key, { space: own, set: isDeepStrictEqual(own.spec, space.spec) ? set : parsePartitions(own, text) })
  }
  const read = readOf(definitions, assets)
  const isChosen = new Set(found.keys())
  for (const asset of inOrder(assets, read)) {
    const own = spaces.get(asset.key)
    if (!own || isChosen.has(asset.key)) continue
    const ranges = [...(read.get(asset.key) ?? [])].flatMap((dep) => {
      const up = dep === asset.key ? undefined : found.get(dep)
      return up
        ? mappingsOf(asset, dep).flatMap((mapping) => downstreamPartitions(up.set, own, up.space, mapping).ranges)
        : []
    })
    const wanted = PartitionSet.of(ranges)
    if (!wanted.isEmpty) found.set(asset.key, { space: own, set: wanted })
  }
  return found
}

/** The other way round: the partitions of the chosen assets from which some of others follow. */
export function chosenFor(
  definitions: Definitions,
  { assets, chosen, space }: BackfillSpace,
  wanted: ReadonlyMap<AssetKey, PartitionSet>,
  moment: PartitionMoment,
): PartitionSet {
  const spaces = spacesOf(assets, moment)
  const isChosen = new Set(chosen.map(({ key }) => key))
  const read = readOf(definitions, assets)
  const found = new Map(wanted)
  for (const asset of inOrder(assets, read).reverse()) {
    const own = spaces.get(asset.key)
    const set = found.get(asset.key)
    if (!own || !set || set.isEmpty || isChosen.has(asset.key)) continue
    for (const dep of read.get(asset.key) ?? []) {
      const up = dep === asset.key ? undefined : spaces.get(dep)
      if (!up) continue
      for (const mapping of mappingsOf(asset, dep))
        found.set(dep, (found.get(dep) ?? PartitionSet.none).union(upstreamPartitions(set, own, up, mapping)))
    }
  }
  const ranges = chosen.flatMap(({ key }) => {
    const own = spaces.get(key) as PartitionSpace
    return inSpace(own, found.get(key) ?? PartitionSet.none, space).ranges
  })
  return PartitionSet.of(ranges)
}

/** The same partitions by their places among those of another asset that is cut alike; what is not there is left out. */
function inSpace(from: PartitionSpace, set: PartitionSet, to: PartitionSpace): PartitionSet {
  if (from.size === 0 || to.size === 0) return PartitionSet.none
  if (from.spec.type !== 'time') return set.intersection(PartitionSet.first(to.size))
  // Windows of one follow those of the other by a number that stays the same, unless the shorter one has none of the longer.
  const place = from.indexOf(to.keyAt(0))
  const shift = place === undefined ? (to.indexOf(from.keyAt(0)) ?? to.size) : -place
  return PartitionSet.of(set.ranges.map(([a, b]) => [a + shift, b + shift] as const)).intersection(
    PartitionSet.first(to.size),
  )
}

const spacesOf = (assets: readonly AssetSpec[], moment: PartitionMoment): ReadonlyMap<AssetKey, PartitionSpace> =>
  new Map(
    assets.flatMap(({ key, partitions }) => (partitions ? [[key, partitionSpace(partitions, moment)] as const] : [])),
  )

/** By each asset those with partitions that it reads, also through what has none. */
function readOf(
  { assets: all }: Definitions,
  assets: readonly AssetSpec[],
): ReadonlyMap<AssetKey, ReadonlySet<AssetKey>> {
  const graph = AssetGraph.of(all)
  const byKey = new Map(assets.map((asset) => [asset.key, asset]))
  const found = new Map<AssetKey, Set<AssetKey>>()
  const visit = (key: AssetKey): ReadonlySet<AssetKey> => {
    const known = found.get(key)
    if (known) return known
    const own = new Set<AssetKey>()
    found.set(key, own)
    for (const dep of graph.parents(key)) {
      if (!byKey.has(dep)) continue
      if (byKey.get(dep)?.partitions) own.add(dep)
      const beyond = dep === key ? own : visit(dep)
      if (!byKey.get(dep)?.partitions) for (const one of beyond) own.add(one)
    }
    return own
  }
  for (const { key } of assets) visit(key)
  return found
}

/** Each asset after those that it reads. */
function inOrder(assets: readonly AssetSpec[], read: ReadonlyMap<AssetKey, ReadonlySet<AssetKey>>): AssetSpec[] {
  const byKey = new Map(assets.map((asset) => [asset.key, asset]))
  return upstreamFirst(assets, ({ key }) => [...(read.get(key) ?? [])].map((dep) => byKey.get(dep) as AssetSpec))
}
