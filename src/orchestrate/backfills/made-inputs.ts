import {
  type AssetKey,
  type Backfill,
  type BackfillRun,
  type Definitions,
  type OrchestrateStore,
  openStatuses,
  type SkippedRuns,
} from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import type { PartitionMoment } from '../partitions/partition-space.js'
import { unfinishedAssets } from '../runs/plan-run.js'
import { RunPartitions } from '../runs/run-partitions.js'
import type { BackfillLayout, Need } from './backfill-layout.js'

interface Surroundings {
  readonly store: Pick<OrchestrateStore, 'listSteps' | 'readEvents'>
  readonly definitions: Definitions
  readonly backfill: Pick<Backfill, 'createdAt' | 'runCount' | 'requestedRuns' | 'skippedRuns' | 'skipped'>
  readonly layout: BackfillLayout
  readonly moment: PartitionMoment
  /** Those that have not succeeded, or not yet. */
  readonly runs: readonly BackfillRun[]
}

/** Why a run is left out: what is lost of an asset, undefined where that has no partitions. */
interface Reason {
  readonly upstream: AssetKey
  readonly lost: PartitionSet | undefined
}

/** Runs that follow each other and are left out for the same asset. */
type Gap = Reason & Pick<SkippedRuns, 'place' | 'runs'>

/** By the assets of a failed run what it did not make: partitions, or `all` of what has none. */
type Unmade = ReadonlyMap<AssetKey, PartitionSet | 'all'>

/** Whether what a run of a backfill reads of its other runs was made. */
export class MadeInputs {
  readonly #around: Surroundings
  /** The assets with partitions. */
  readonly #cut: ReadonlySet<AssetKey>
  readonly #open: PartitionSet
  readonly #failed: ReadonlyMap<number, BackfillRun>
  readonly #failedPlaces: PartitionSet
  readonly #unmade = new Map<number, Unmade>()
  #skipped: PartitionSet
  readonly #gaps: Gap[] = []

  constructor(around: Surroundings) {
    this.#around = around
    this.#cut = new Set(around.definitions.assets.flatMap(({ key, partitions }) => (partitions ? [key] : [])))
    const isOpen = ({ status }: BackfillRun) => openStatuses.includes(status)
    const { requestedRuns, skippedRuns, runCount, skipped } = around.backfill
    const toCome = PartitionSet.of([[requestedRuns + skippedRuns, runCount]])
    this.#open = placesOf(around.runs.filter(isOpen)).union(toCome)
    const failed = around.runs.filter((run) => !isOpen(run))
    this.#failed = new Map(failed.map((run) => [run.place, run]))
    this.#failedPlaces = placesOf(failed)
    this.#skipped = PartitionSet.of(skipped.map(({ place, runs }) => [place, place + runs]))
  }

  /** All of it, some to come, or why never. */
  async of(place: number): Promise<'made' | 'open' | Reason> {
    const needs = this.#around.layout.needsOf(place)
    for (const need of needs) {
      const lost = await this.#lostOf(need)
      if (lost) return lost
    }
    return needs.some(({ places }) => !places.intersection(this.#open).isEmpty) ? 'open' : 'made'
  }

  skip(place: number, { upstream, lost }: Reason): void {
    this.#skipped = this.#skipped.union(PartitionSet.ofIndexes([place]))
    const last = this.#gaps.at(-1)
    const goesOn = last?.upstream === upstream && this.#around.layout.areSideBySide(last.place, place)
    if (!last || !goesOn || last.place + last.runs !== place) this.#gaps.push({ place, runs: 1, upstream, lost })
    else this.#gaps.splice(-1, 1, { ...last, runs: last.runs + 1, lost: lost && last.lost?.union(lost) })
  }

  /** What was left out by `skip`. */
  skipped(): SkippedRuns[] {
    const { layout } = this.#around
    return this.#gaps.map(({ place, runs, upstream, lost }) => {
      const { assets, partitions } = layout.at(place, runs)
      return { place, runs, assets, partitions, upstream, upstreamPartitions: lost && layout.textOf(upstream, lost) }
    })
  }

  async #lostOf({ upstream, set, places }: Need): Promise<Reason | undefined> {
    const { layout } = this.#around
    const lost: PartitionSet[] = []
    for (const place of places.intersection(this.#skipped).indexes()) {
      if (!set) return { upstream, lost: undefined }
      lost.push(layout.partitionsOf(upstream, place).intersection(set))
    }
    for (const place of places.intersection(this.#failedPlaces).indexes()) {
      const unmade = (await this.#unmadeBy(place)).get(upstream)
      if (unmade === undefined) continue
      if (!set || unmade === 'all') return { upstream, lost: undefined }
      lost.push(unmade.intersection(set))
    }
    const all = PartitionSet.of(lost.flatMap(({ ranges }) => ranges))
    return all.isEmpty ? undefined : { upstream, lost: all }
  }

  /** A run that failed may have made some: what none of its tries made counts. */
  async #unmadeBy(place: number): Promise<Unmade> {
    const known = this.#unmade.get(place)
    if (known) return known
    const run = this.#failed.get(place) as BackfillRun
    let unmade = this.#allOf(place)
    for (const runId of run.plannedRunIds) {
      const left = await this.#leftBy(runId, place)
      unmade = new Map(
        [...unmade].flatMap(([key, set]) => {
          const other = left.get(key)
          if (other === undefined) return []
          return [[key, set === 'all' || other === 'all' ? set : set.intersection(other)] as const]
        }),
      )
    }
    this.#unmade.set(place, unmade)
    return unmade
  }

  #allOf(place: number): Unmade {
    const { layout } = this.#around
    return new Map(
      layout
        .at(place)
        .assets.map((key) => [key, this.#cut.has(key) ? layout.partitionsOf(key, place) : 'all'] as const),
    )
  }

  async #leftBy(runId: string, place: number): Promise<Unmade> {
    const { store, definitions, backfill, layout, moment } = this.#around
    const { assets, partitions } = layout.at(place)
    const keys = new Set(assets)
    const run = { partitions, createdAt: backfill.createdAt }
    const parts = partitions === undefined ? undefined : new RunPartitions(definitions, run, keys, moment.dynamicKeys)
    const unfinished = await unfinishedAssets(store, runId, keys, parts)
    const left = new Map<AssetKey, PartitionSet | 'all'>()
    for (const key of unfinished) {
      const open = parts?.openOf(key)?.partitions
      const indexes = open?.flatMap((one) => layout.indexOf(key, one.key) ?? [])
      left.set(key, indexes ? PartitionSet.ofIndexes(indexes) : 'all')
    }
    return left
  }
}

const placesOf = (runs: readonly BackfillRun[]): PartitionSet => PartitionSet.ofIndexes(runs.map(({ place }) => place))
