import { isView } from '../assets/is-view.js'
import { AssetGraph } from '../assets/select-assets.js'
import { upstreamFirst } from '../assets/upstream-first.js'
import type { AssetKey, AssetSpec, Definitions } from '../contract/index.js'
import { alikeName } from '../partitions/alike.js'
import { mappingsOf, readsSame } from '../partitions/reads.js'
import { partitionsText } from '../partitions/selection.js'
import type { Wanted } from './wanted-partitions.js'

/** Assets that the runs of a backfill make together, and which partitions of them; undefined where they have none. */
export interface PlannedPart {
  readonly assets: readonly AssetSpec[]
  readonly wanted: Wanted | undefined
  /** Some read earlier partitions that other runs of the same part make. */
  readonly readsItself: boolean
}

/** What one function makes at once, or a single asset. */
interface Unit {
  readonly assets: AssetSpec[]
  /** Units of one kind have the same partitions to make. */
  kind: string
  level: number
  /** The part of its level; of those that read each other it is one. */
  part: { units: Unit[] }
}

const withoutPartitions = ''

/**
 * Cuts what a backfill makes into parts that come one after the other. A part is of assets that are made partition by partition, each from the
 * same partition of the others; what reads other partitions, or is cut in another way, is in a later one. What has no partitions is
 * made once; only views between others are made by each run, since they hold nothing.
 */
export function planParts(
  definitions: Pick<Definitions, 'assets' | 'steps'>,
  assets: readonly AssetSpec[],
  wanted: ReadonlyMap<AssetKey, Wanted>,
): PlannedPart[] {
  return new Parts(definitions, assets, wanted).all()
}

class Parts {
  readonly #graph: AssetGraph
  readonly #wanted: ReadonlyMap<AssetKey, Wanted>
  readonly #units: readonly Unit[]
  readonly #unitOf = new Map<AssetKey, Unit>()

  constructor(
    { assets: all, steps }: Pick<Definitions, 'assets' | 'steps'>,
    assets: readonly AssetSpec[],
    wanted: ReadonlyMap<AssetKey, Wanted>,
  ) {
    this.#graph = AssetGraph.of(all)
    this.#wanted = wanted
    const together = new Set(steps.flatMap(({ key, isSubsettable }) => (isSubsettable ? [] : [key])))
    const units = new Map<string, Unit>()
    for (const asset of assets) {
      // Of one that is cut there may be nothing to make.
      if (asset.partitions && !wanted.has(asset.key)) continue
      const name = asset.step && together.has(asset.step) ? `step ${asset.step}` : `asset ${asset.key}`
      const unit = units.get(name) ?? { assets: [], kind: withoutPartitions, level: 0, part: { units: [] } }
      unit.assets.push(asset)
      units.set(name, unit)
      this.#unitOf.set(asset.key, unit)
    }
    this.#units = upstreamFirst(units.values(), (unit) => this.#upstream(unit))
  }

  all(): PlannedPart[] {
    for (const unit of this.#units) unit.kind = this.#kindOf(unit)
    for (const unit of this.#units) if (unit.assets.every(isView)) unit.kind = this.#kindOfView(unit)
    for (const unit of this.#units) {
      unit.level = Math.max(0, ...this.#upstream(unit).map((up) => up.level + (this.#isMadeTogether(unit, up) ? 0 : 1)))
      unit.part = { units: [unit] }
      for (const { level, part } of this.#upstream(unit)) {
        if (level !== unit.level || part === unit.part) continue
        for (const other of part.units) other.part = unit.part
        unit.part.units.push(...part.units)
      }
    }
    const parts = new Map<string, { level: number; units: Set<Unit> }>()
    for (const unit of this.#units) {
      // Parts that wait for just the same are one: fewer runs, each with more to do.
      const { level } = unit
      const name = `${level} ${unit.kind} ${this.#readsOf(unit.part.units)}`
      const part = parts.get(name) ?? { level, units: new Set() }
      part.units.add(unit)
      parts.set(name, part)
    }
    return (
      [...parts.values()]
        .map(({ level, units }) => ({ level, ...this.#planned([...units]) }))
        // One run after the other comes last of its level: the others need not wait for it.
        .sort((a, b) => a.level - b.level || Number(a.readsItself) - Number(b.readsItself))
    )
  }

  #planned(units: readonly Unit[]): PlannedPart {
    const assets = units.flatMap((unit) => unit.assets)
    const cut = assets.find(({ key }) => this.#wanted.has(key))
    return {
      assets,
      wanted: cut && this.#wanted.get(cut.key),
      readsItself: units.some((unit) => this.#readsItself(unit)),
    }
  }

  #upstream(unit: Unit): Unit[] {
    const found = new Set(
      unit.assets.flatMap(({ key }) => this.#graph.parents(key).flatMap((dep) => this.#unitOf.get(dep) ?? [])),
    )
    found.delete(unit)
    return [...found]
  }

  #kindOf(unit: Unit): string {
    const cut = unit.assets.find(({ key }) => this.#wanted.has(key))
    if (cut) {
      const { space, set } = this.#wanted.get(cut.key) as Wanted
      return `${alikeName(space.spec)} ${partitionsText(space, set)}`
    }
    return withoutPartitions
  }

  /** A view is of the kind of what it reads, where that is one, and what reads the view is of it, too. */
  #kindOfView(unit: Unit): string {
    const [first = withoutPartitions, ...others] = new Set(this.#upstream(unit).map(({ kind }) => kind))
    if (unit.kind !== withoutPartitions || first === withoutPartitions || others.length > 0) return unit.kind
    const keys = unit.assets.map(({ key }) => key)
    const below = this.#graph.reach(keys, 'down', Number.POSITIVE_INFINITY)
    return [...below].some((key) => this.#wanted.has(key) && this.#unitOf.get(key)?.kind === first)
      ? first
      : withoutPartitions
  }

  /** Whether a run can make both: then each partition follows from the same one, and from nothing else. */
  #isMadeTogether(unit: Unit, up: Unit): boolean {
    if (unit.kind !== up.kind || this.#readsItself(unit)) return false
    return this.#mappings(unit, up).every(
      ({ asset, read, mapping }) =>
        !asset.partitions || !read.partitions || readsSame(asset.partitions, read.partitions, mapping),
    )
  }

  /** What fails then holds back what follows of itself. */
  #readsItself(unit: Unit): boolean {
    return this.#mappings(unit, unit).some(
      ({ asset, read, mapping }) =>
        asset.partitions !== undefined && !readsSame(asset.partitions, read.partitions, mapping),
    )
  }

  #mappings(unit: Unit, up: Unit) {
    return unit.assets.flatMap((asset) =>
      up.assets
        .filter(({ key }) => asset.deps.includes(key))
        .flatMap((read) => mappingsOf(asset, read.key).map((mapping) => ({ asset, read, mapping }))),
    )
  }

  /** Everything that some units read of others, or of their own earlier partitions. */
  #readsOf(units: readonly Unit[]): string {
    const own = new Set(units)
    const found = units.flatMap((unit) => [
      ...this.#upstream(unit)
        .filter((up) => !own.has(up))
        .flatMap((up) => this.#mappings(unit, up)),
      ...(this.#readsItself(unit) ? this.#mappings(unit, unit) : []),
    ])
    return [...new Set(found.map(({ read, mapping }) => JSON.stringify([read.key, mapping])))].sort().join()
  }
}
