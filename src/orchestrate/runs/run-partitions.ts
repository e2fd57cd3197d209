import { isDeepStrictEqual } from 'node:util'
import type {
  AssetKey,
  AssetSpec,
  Definitions,
  Run,
  RunEvent,
  RunPartition,
  StepPartitions,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { isAlike } from '../partitions/alike.js'
import { PartitionSet } from '../partitions/partition-set.js'
import {
  type DynamicKeys,
  keySeparator,
  type PartitionSpace,
  partitionSpace,
  setOfKeys,
} from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'

interface Part {
  readonly space: PartitionSpace
  readonly make: StepPartitions['make']
  /** Each partition reads earlier ones of the asset itself. */
  readonly readsItself: boolean
  /** Undefined as long as whoever makes the asset has the choice. */
  wanted: PartitionSet | undefined
  open: PartitionSet
  /** By check: of which it was asked, and of which it found something. */
  readonly asked: Map<string, PartitionSet>
  readonly bad: Map<string, PartitionSet>
}

/** What an event tells of an asset that was made. */
export type ToldMade = Pick<RunEvent, 'partitions' | 'level'>

/** Whether that is the asset, and not some of it in front of what failed. */
export const isOfAll = ({ level }: ToldMade): boolean => level !== 'warn'

/** The partitions that a run makes of its assets, and which of them it has made. */
export class RunPartitions {
  readonly #parts = new Map<AssetKey, Part>()

  /**
   * They are those that there were when the run was asked for, or at the instant of its schedule, however late it comes to it.
   * @throws PARTITIONS_INVALID
   */
  constructor(
    definitions: Pick<Definitions, 'assets'>,
    run: Pick<Run, 'partitions' | 'createdAt' | 'asOf'>,
    assets: ReadonlySet<AssetKey>,
    dynamicKeys: DynamicKeys,
  ) {
    const moment = { now: new Date(run.asOf ?? run.createdAt), dynamicKeys }
    const cut = definitions.assets.filter((asset) => assets.has(asset.key) && asset.isExecutable && asset.partitions)
    if (run.partitions !== undefined) requireAlike(cut)
    for (const { key, deps, partitions, makesPartitions = 'each', choosesPartitions } of cut) {
      if (!partitions) continue
      const space = partitionSpace(partitions, moment)
      const chosen = run.partitions === undefined ? undefined : parsePartitions(space, run.partitions)
      const wanted = chosen ?? (choosesPartitions ? undefined : usual(space))
      const open = wanted ?? PartitionSet.none
      const readsItself = deps.includes(key)
      const part = { space, make: makesPartitions, readsItself, wanted, open, asked: new Map(), bad: new Map() }
      this.#parts.set(key, part)
    }
  }

  /**
   * Of some assets those of which there is something to make: one whose partitions are all still to come is left out of a run.
   * @throws PARTITIONS_INVALID when that leaves nothing
   */
  makeable(assets: ReadonlySet<AssetKey>): Set<AssetKey> {
    const found = new Set([...assets].filter((asset) => !(this.#parts.get(asset)?.wanted?.isEmpty ?? false)))
    const [first] = assets
    if (found.size > 0 || first === undefined) return found
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: `${first} has no partition yet.`,
      hint: 'The first window of time has to end, or a key has to be added, before one can be made.',
    })
  }

  /**
   * What is still to be made of an asset; undefined for one without partitions, or without a choice of them.
   * @param checks that whoever makes it asks of each: what one of them was not asked of is made once more
   */
  openOf(asset: AssetKey, checks: readonly string[] = []): StepPartitions | undefined {
    const part = this.#parts.get(asset)
    if (!part?.wanted) return undefined
    const open = checks.reduce((found, check) => found.union(unasked(part, check)), part.open)
    return {
      make: part.make,
      ...(part.readsItself ? { readsItself: true } : {}),
      partitions: partitionsIn(part.space, open),
    }
  }

  /** Those that some events tell of. */
  toldOf(asset: AssetKey, texts: readonly (string | undefined)[]): readonly RunPartition[] {
    const part = this.#parts.get(asset)
    if (!part) return []
    const sets = texts.flatMap((text) => (text === undefined ? [] : parsePartitions(part.space, text)))
    return partitionsIn(part.space, PartitionSet.of(sets.flatMap(({ ranges }) => ranges)))
  }

  /** Notes that some were made, all that are open where nothing is said. Answers whether that leaves none. */
  made(asset: AssetKey, keys?: readonly string[]): boolean {
    const part = this.#parts.get(asset)
    if (!part) return true
    part.open = keys ? part.open.without(setOfKeys(part.space, keys)) : PartitionSet.none
    return part.open.isEmpty
  }

  /** The same by an event. Answers whether the asset is there with it. */
  madeBy(asset: AssetKey, told: ToldMade): boolean {
    const part = this.#parts.get(asset)
    if (part && told.partitions !== undefined)
      part.open = part.open.without(parsePartitions(part.space, told.partitions))
    return isOfAll(told) && (part?.open.isEmpty ?? true)
  }

  /**
   * Notes what a check found of some that were made. Answers what it finds of all that this run makes: undefined while it found
   * nothing, and was not asked of each.
   */
  checked(asset: AssetKey, check: string, of: readonly string[] | string, isGood: boolean): boolean | undefined {
    const part = this.#parts.get(asset)
    if (!part) return isGood
    const set = typeof of === 'string' ? parsePartitions(part.space, of) : setOfKeys(part.space, of)
    const bad = (part.bad.get(check) ?? PartitionSet.none).without(set).union(isGood ? PartitionSet.none : set)
    part.bad.set(check, bad)
    part.asked.set(check, (part.asked.get(check) ?? PartitionSet.none).union(set))
    if (!bad.isEmpty) return false
    return part.open.isEmpty && unasked(part, check).isEmpty ? true : undefined
  }

  /**
   * Takes those that a former run made from what is open, but for those that it found bad. Answers whether that leaves nothing: then
   * they stay open, for whoever makes the asset anew all the same.
   */
  leaveOut(asset: AssetKey, made: readonly ToldMade[], badTexts: readonly (string | undefined)[] = []): boolean {
    const part = this.#parts.get(asset)
    if (!part?.wanted) return made.some(isOfAll)
    const wanted = part.open
    for (const told of made) this.madeBy(asset, told)
    for (const text of badTexts)
      if (text !== undefined) part.open = part.open.union(parsePartitions(part.space, text).intersection(wanted))
    const isComplete = part.open.isEmpty
    if (isComplete) part.open = wanted
    else part.wanted = part.open
    return isComplete
  }

  /** What all these assets together make, written out; undefined where they are cut in different ways, or not at all. */
  textOf(assets: Iterable<AssetKey>): string | undefined {
    const parts = [...assets].flatMap((asset) => this.#parts.get(asset) ?? [])
    const [first] = parts
    if (!first || parts.some(({ space, wanted }) => !wanted || !isAlike(space.spec, first.space.spec))) return undefined
    const texts = new Set(parts.map(({ space, wanted }) => partitionsText(space, wanted ?? PartitionSet.none)))
    if (texts.size === 1) return [...texts][0]
    if (parts.some(({ space }) => !isDeepStrictEqual(space.spec, first.space.spec))) return undefined
    const all = PartitionSet.of(parts.flatMap(({ wanted }) => wanted?.ranges ?? []))
    return partitionsText(first.space, all)
  }

  /** How many partitions it makes, of all assets. */
  get count(): number {
    return [...this.#parts.values()].reduce((sum, { wanted }) => sum + (wanted?.size ?? 0), 0)
  }

  /** What an event says of some, all that are open where nothing is said. */
  eventOf(asset: AssetKey, keys?: readonly string[]): { partitions?: string; partitionKeys?: readonly string[] } {
    const part = this.#parts.get(asset)
    if (!part) return {}
    const set = keys ? setOfKeys(part.space, keys) : part.open
    if (set.isEmpty) return {}
    return {
      partitions: partitionsText(part.space, set),
      partitionKeys: keys ?? [...set.indexes()].map((index) => part.space.keyAt(index)),
    }
  }
}

/** What was made, and a check was not asked of. */
const unasked = ({ wanted = PartitionSet.none, open, asked }: Part, check: string): PartitionSet =>
  wanted.without(open).without(asked.get(check) ?? PartitionSet.none)

const partitionsIn = (space: PartitionSpace, set: PartitionSet): RunPartition[] =>
  [...set.indexes()].map((index) => partitionAt(space, index))

/** Without a choice: of time the latest window, of other partitions all; of those there may be none yet. */
const usual = (space: PartitionSpace): PartitionSet =>
  PartitionSet.of([[space.spec.type === 'time' ? Math.max(0, space.size - 1) : 0, space.size]])

/** One choice of partitions means all of them. @throws PARTITIONS_INVALID where they are cut in different ways, or not at all */
export function requireAlike(assets: readonly AssetSpec[]): void {
  const [first] = assets
  if (!first)
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: 'None of the selected assets has partitions.',
      hint: 'Leave the partitions out, or select an asset that has some.',
    })
  const other = assets.find(({ partitions }) => !isAlike(partitions, first.partitions))
  if (other)
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: `${first.key} and ${other.key} are cut in different ways, so that one choice of partitions cannot mean both.`,
      hint: 'Select assets with the same partitions, one run for each kind.',
    })
}

export function partitionAt(space: PartitionSpace, index: number): RunPartition {
  const key = space.keyAt(index)
  const window = space.windowAt(index)
  const parts = key.split(keySeparator)
  return {
    key,
    ...(space.dimensions.length > 1
      ? { dimensions: Object.fromEntries(space.dimensions.map(({ name }, i) => [name, parts[i] as string])) }
      : {}),
    ...(window ? { window: { start: window.start.toISOString(), end: window.end.toISOString() } } : {}),
  }
}
