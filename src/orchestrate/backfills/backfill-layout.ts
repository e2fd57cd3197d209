import { isDeepStrictEqual } from 'node:util'
import { selectionOf } from '../assets/select-assets.js'
import { selectForRun } from '../assets/select-for-run.js'
import type { AssetKey, AssetSpec, Backfill, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { upstreamPartitions, wholeMapping } from '../partitions/mappings.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { type PartitionMoment, type PartitionSpace, partitionSpace } from '../partitions/partition-space.js'
import { mappingsOf, readsSame } from '../partitions/reads.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { backfillSpace } from './backfill-space.js'

interface Part {
  readonly assets: readonly AssetSpec[]
  readonly selection: string
  /** The place of its first run among all of the backfill. */
  readonly from: number
  readonly runCount: number
  readonly perRun: number
  /** Its partitions, and where these are; undefined where it has none. */
  readonly space: PartitionSpace | undefined
  readonly set: PartitionSet
  readonly reads: readonly Read[]
}

/** That an asset reads another one, or itself, in other runs of the backfill. */
interface Read {
  readonly asset: AssetSpec
  readonly upstream: AssetKey
}

/** A run of a backfill. */
export interface Piece {
  readonly assets: readonly AssetKey[]
  readonly selection: string
  /** Written out; undefined where it makes no partitions. */
  readonly partitions: string | undefined
}

/** What a run reads of an asset that other runs of the same backfill make. */
export interface Need {
  readonly upstream: AssetKey
  /** Undefined where all of it, or what has no partitions. */
  readonly set: PartitionSet | undefined
  /** The runs that make it. */
  readonly places: PartitionSet
}

/** The runs of a backfill by their places, and what each reads of others. */
export class BackfillLayout {
  readonly #parts: readonly Part[]
  readonly #partOf = new Map<AssetKey, Part>()
  readonly #spaces = new Map<AssetKey, PartitionSpace>()
  readonly #wanted = new Map<AssetKey, PartitionSet>()
  readonly #moment: PartitionMoment

  /**
   * @param moment when it was asked for: it is about the partitions that there were then
   * @throws SELECTION_INVALID, PARTITIONS_INVALID where what it is about is there no more
   */
  constructor(
    definitions: Definitions,
    backfill: Pick<Backfill, 'selection' | 'partitions' | 'partitionsPerRun' | 'runCount' | 'parts'>,
    moment: PartitionMoment,
  ) {
    this.#moment = moment
    const byKey = new Map(definitions.assets.map((asset) => [asset.key, asset]))
    const parts = partsOf(definitions, backfill, moment)
    const made = new Set(parts.flatMap((part) => part.assets))
    let from = 0
    this.#parts = parts.map(({ assets: keys, selection, partitions, partitionsPerRun, runCount }) => {
      const assets = keys.map((key) => byKey.get(key) ?? gone(key))
      const first = assets.find((asset) => asset.partitions)
      const space = partitions === undefined || !first?.partitions ? undefined : this.#spaceOf(first)
      const set = space && partitions !== undefined ? parsePartitions(space, partitions) : PartitionSet.none
      const own = new Set(keys)
      const reads = assets.flatMap((asset) =>
        asset.deps
          .filter((dep) => made.has(dep) && (!own.has(dep) || readsOthers(asset, byKey.get(dep))))
          .map((upstream) => ({ asset, upstream })),
      )
      const part = { assets, selection, from, runCount, perRun: partitionsPerRun, space, set, reads }
      from += runCount
      for (const asset of assets) this.#partOf.set(asset.key, part)
      return part
    })
  }

  /** Whether runs have to wait for others. */
  get hasNeeds(): boolean {
    return this.#parts.some(({ reads }) => reads.length > 0)
  }

  /** @param runs of the same part: all of them as one */
  at(place: number, runs = 1): Piece {
    const part = this.#partAt(place)
    return {
      assets: part.assets.map(({ key }) => key),
      selection: part.selection,
      partitions: part.space && partitionsText(part.space, sliceOf(part, place, runs)),
    }
  }

  /** Whether two runs make other partitions of the same assets. */
  areSideBySide(place: number, other: number): boolean {
    return this.#partAt(place) === this.#partAt(other)
  }

  needsOf(place: number): Need[] {
    const part = this.#partAt(place)
    return part.reads.flatMap(({ asset, upstream }) => {
      const up = this.#partOf.get(upstream) as Part
      const need = this.#need(asset, upstream, up, sliceOf(part, place))
      // Of its own part it may read what comes before it.
      const places = up === part ? need.places.intersection(PartitionSet.first(place)) : need.places
      return places.isEmpty ? [] : [{ ...need, places }]
    })
  }

  /** What a run makes of an asset with partitions. */
  partitionsOf(key: AssetKey, place: number): PartitionSet {
    const part = this.#partAt(place)
    return this.#wantedOf(key).slice(...ranksOf(part, place))
  }

  textOf(key: AssetKey, set: PartitionSet): string {
    return partitionsText(this.#spaces.get(key) as PartitionSpace, set)
  }

  indexOf(key: AssetKey, partition: string): number | undefined {
    return this.#spaces.get(key)?.indexOf(partition)
  }

  /** What the runs from a place on are to make: of assets with partitions these, of others undefined. */
  *waitingFrom(place: number): Generator<readonly [AssetKey, PartitionSpace | undefined, PartitionSet]> {
    for (const part of this.#parts) {
      if (part.from + part.runCount <= place) continue
      const done = Math.max(0, place - part.from) * part.perRun
      for (const asset of part.assets)
        if (!asset.partitions) yield [asset.key, undefined, PartitionSet.none]
        else {
          const wanted = this.#wantedOf(asset.key)
          yield [asset.key, this.#spaceOf(asset), wanted.slice(done, wanted.size)]
        }
    }
  }

  #need(asset: AssetSpec, upstream: AssetKey, up: Part, slice: PartitionSet): Need {
    const read = up.assets.find(({ key }) => key === upstream) as AssetSpec
    const all = PartitionSet.of([[up.from, up.from + up.runCount]])
    if (!read.partitions) return { upstream, set: undefined, places: all }
    const wanted = this.#wantedOf(upstream)
    const space = this.#spaceOf(read)
    const set = PartitionSet.of(
      mappingsOf(asset, upstream).flatMap((mapping) => {
        const read = asset.partitions
          ? upstreamPartitions(this.#ownOf(asset, slice), this.#spaceOf(asset), space, mapping)
          : (wholeMapping(space, mapping) ?? PartitionSet.first(space.size))
        return read.intersection(wanted).ranges
      }),
    )
    const places = wanted.placesOf(set).ranges.map(([from, to]) => {
      return [up.from + Math.floor(from / up.perRun), up.from + Math.floor((to - 1) / up.perRun) + 1] as const
    })
    return { upstream, set, places: PartitionSet.of(places) }
  }

  /** Partitions of a part as those of one of its assets, which may begin at another time than the others. */
  #ownOf(asset: AssetSpec, slice: PartitionSet): PartitionSet {
    const { space, set } = this.#partOf.get(asset.key) as Part
    const own = this.#wantedOf(asset.key)
    if (space && isDeepStrictEqual(space.spec, asset.partitions)) return slice
    return PartitionSet.of(set.placesOf(slice).ranges.flatMap(([from, to]) => own.slice(from, to).ranges))
  }

  #wantedOf(key: AssetKey): PartitionSet {
    let found = this.#wanted.get(key)
    if (!found) {
      const { assets, space, set } = this.#partOf.get(key) as Part
      const asset = assets.find((one) => one.key === key) as AssetSpec
      const own = this.#spaceOf(asset)
      const isSame = isDeepStrictEqual(own.spec, space?.spec)
      found = isSame || !space ? set : parsePartitions(own, partitionsText(space, set))
      this.#wanted.set(key, found)
    }
    return found
  }

  #spaceOf({ key, partitions }: AssetSpec): PartitionSpace {
    const space = this.#spaces.get(key) ?? (partitions ? partitionSpace(partitions, this.#moment) : gone(key))
    this.#spaces.set(key, space)
    return space
  }

  #partAt(place: number): Part {
    return this.#parts.findLast(({ from }) => from <= place) as Part
  }
}

const ranksOf = ({ from, perRun }: Part, place: number, runs = 1) =>
  [(place - from) * perRun, (place - from + runs) * perRun] as const
const sliceOf = (part: Part, place: number, runs = 1): PartitionSet => part.set.slice(...ranksOf(part, place, runs))

const readsOthers = (asset: AssetSpec, read: AssetSpec | undefined): boolean =>
  asset.partitions !== undefined &&
  read?.partitions !== undefined &&
  mappingsOf(asset, read.key).some((mapping) => !readsSame(asset.partitions, read.partitions, mapping))

/** The selection of a part that is all of it is the one that was asked for. @throws SELECTION_INVALID, PROJECT_BROKEN */
function partsOf(
  definitions: Definitions,
  { selection, partitions, partitionsPerRun, runCount, parts }: ConstructorParameters<typeof BackfillLayout>[1],
  moment: PartitionMoment,
) {
  // One that an older version was asked for.
  if (parts.length === 0) {
    const assets = backfillSpace(definitions, selection, moment).chosen.map(({ key }) => key)
    return [{ assets, selection, partitions, partitionsPerRun, runCount }]
  }
  const selected = selectForRun(definitions, selection)
  const all = definitions.assets.filter(({ key, isExecutable }) => isExecutable && selected.has(key))
  const isWhole = parts.length === 1 && parts[0]?.assets.length === all.length
  return parts.map((part) => ({ ...part, selection: isWhole ? selection : selectionOf(part.assets) }))
}

function gone(key: AssetKey): never {
  throw orchestrateErrors.create('PARTITIONS_INVALID', {
    message: `${key} is not there any more as it was when the backfill began.`,
    hint: 'Start another one: millrace backfills create.',
  })
}
