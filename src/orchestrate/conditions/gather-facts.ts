import { selectAssets } from '../assets/select-assets.js'
import { BackfillLayout } from '../backfills/backfill-layout.js'
import type {
  AssetKey,
  Backfill,
  CheckSpec,
  CheckState,
  ConditionCursor,
  ConditionNews,
  Definitions,
  OrchestrateStore,
  PartitionStates,
} from '../contract/index.js'
import { freshnessOf } from '../freshness/freshness-of.js'
import { chosenOf } from '../partitions/asset-partitions.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { type DynamicKeys, type PartitionSpace, partitionSpace, setOfKeys } from '../partitions/partition-space.js'
import type { AssetUpdate, ConditionFacts } from './facts.js'

/** What is known of partitions: read once, and again where something happened to an asset. */
export type KnownPartitions = Map<AssetKey, PartitionStates>

export type FactStore = Pick<
  OrchestrateStore,
  'conditionNews' | 'partitionStates' | 'dynamicPartitions' | 'checkStates' | 'listBackfills'
>

export interface FactWish {
  readonly definitions: Definitions
  readonly now: Date
  readonly cursor: ConditionCursor | undefined
  /** Assets whose conditions are evaluated; what they read is looked at, too. */
  readonly assets: readonly AssetKey[]
  /** Whether one of the conditions looks at checks: the rest do not need their states. */
  readonly asksChecks: boolean
  readonly known: KnownPartitions
}

const whole = PartitionSet.first(1)
const { none } = PartitionSet

/** Reads everything that conditions look at. */
export async function gatherFacts(
  store: FactStore,
  wish: FactWish,
): Promise<{ readonly facts: ConditionFacts; readonly news: ConditionNews }> {
  const { asksChecks, cursor, known } = wish
  const [news, dynamicKeys, checks, backfills] = await Promise.all([
    store.conditionNews(cursor?.eventId ?? Number.MAX_SAFE_INTEGER),
    store.dynamicPartitions(),
    asksChecks ? store.checkStates() : [],
    store.listBackfills({ isActive: true, limit: 1000 }),
  ])
  for (const asset of news.touched) known.delete(asset)
  for (const asset of partitionedAssets(wish))
    if (!known.has(asset)) known.set(asset, await store.partitionStates(asset))
  return { news, facts: new StoredFacts(wish, { news, dynamicKeys, checks, backfills }) }
}

function partitionedAssets({ definitions, assets }: FactWish): AssetKey[] {
  const byKey = new Map(definitions.assets.map((asset) => [asset.key, asset]))
  const looked = new Set(assets.flatMap((key) => [key, ...(byKey.get(key)?.deps ?? [])]))
  return [...looked].filter((key) => byKey.get(key)?.partitions)
}

interface Read {
  readonly news: ConditionNews
  readonly dynamicKeys: DynamicKeys
  readonly checks: readonly CheckState[]
  readonly backfills: readonly Backfill[]
}

class StoredFacts implements ConditionFacts {
  readonly now: Date
  readonly previousAt: Date | undefined
  readonly #definitions: Definitions
  readonly #known: KnownPartitions
  readonly #read: Read
  readonly #assets: ReadonlyMap<AssetKey, Definitions['assets'][number]>
  readonly #marks: ReadonlyMap<AssetKey, ConditionNews['assets'][number]>
  readonly #runs: ReadonlyMap<string, { targets: ReadonlySet<AssetKey>; tags: Readonly<Record<string, string>> }>
  readonly #checks = new Map<AssetKey, CheckSpec[]>()
  readonly #checkStates: ReadonlyMap<string, CheckState>
  readonly #newChecks: ReadonlySet<string>
  readonly #updates = new Map<AssetKey, AssetUpdate[]>()
  readonly #spaces = new Map<AssetKey, PartitionSpace | undefined>()
  readonly #sets = new Map<string, PartitionSet>()
  readonly #selections = new Map<string, ReadonlySet<AssetKey>>()
  readonly #inRuns = new Map<AssetKey, PartitionSet>()
  readonly #inBackfills = new Map<AssetKey, PartitionSet>()

  constructor({ definitions, now, cursor, known }: FactWish, read: Read) {
    this.now = now
    this.previousAt = cursor && new Date(cursor.at)
    this.#definitions = definitions
    this.#known = known
    this.#read = read
    const { news, checks, backfills } = read
    this.#assets = new Map(definitions.assets.map((asset) => [asset.key, asset]))
    this.#marks = new Map(news.assets.map((mark) => [mark.key, mark]))
    this.#runs = new Map(news.runs.map(({ id, tags, assets }) => [id, { tags, targets: new Set(assets) }]))
    this.#checkStates = new Map(checks.map((state) => [`${state.asset} ${state.name}`, state]))
    this.#newChecks = new Set(news.evaluatedChecks)
    for (const check of definitions.checks) pushTo(this.#checks, check.asset, check)
    for (const { asset, partitions, ...update } of news.updates)
      pushTo(this.#updates, asset, { ...update, partitions: this.#chosen(asset, partitions) })
    for (const run of news.active) this.#noteRun(run)
    for (const backfill of backfills) if (backfill.status === 'running') this.#noteBackfill(backfill)
  }

  asset(key: AssetKey) {
    return this.#assets.get(key)
  }

  space(key: AssetKey): PartitionSpace | undefined {
    if (!this.#spaces.has(key)) {
      const spec = this.#assets.get(key)?.partitions
      const moment = { now: this.now, dynamicKeys: this.#read.dynamicKeys }
      this.#spaces.set(key, spec && partitionSpace(spec, moment))
    }
    return this.#spaces.get(key)
  }

  made(key: AssetKey): PartitionSet {
    if (!this.#assets.get(key)?.partitions) return this.#marks.get(key)?.madeAt === undefined ? none : whole
    // Made once is not missing, also where a later attempt failed.
    return this.#states(key, 'made').union(this.#states(key, 'failedSinceMade'))
  }

  failed(key: AssetKey): PartitionSet {
    if (!this.#assets.get(key)?.partitions) return this.#marks.get(key)?.hasFailed ? whole : none
    return this.#states(key, 'failed')
  }

  runInProgress(key: AssetKey): PartitionSet {
    return this.#inRuns.get(key) ?? none
  }
  backfillInProgress(key: AssetKey): PartitionSet {
    return this.#inBackfills.get(key) ?? none
  }
  updates(key: AssetKey): readonly AssetUpdate[] {
    return this.#updates.get(key) ?? []
  }

  /** The latest of the updates for each partition; of an asset without any the run that touched it last. */
  lastRuns(key: AssetKey) {
    const found: { partitions: PartitionSet; runId: string }[] = []
    let covered = none
    for (const { partitions, runId } of [...this.updates(key)].reverse()) {
      const left = partitions.without(covered)
      if (!left.isEmpty) found.push({ partitions: left, runId })
      covered = covered.union(partitions)
    }
    return found
  }

  run(id: string) {
    return this.#runs.get(id)
  }
  checks(asset: AssetKey): readonly CheckSpec[] {
    return this.#checks.get(asset) ?? []
  }

  check(asset: AssetKey, name: string) {
    const state = this.#checkStates.get(`${asset} ${name}`)
    if (!state) return undefined
    const mark = this.#marks.get(asset)
    const isOfLatest = mark?.madeAt === undefined || state.runId === mark.lastRunId || state.at >= mark.madeAt
    return {
      passed: state.passed || state.severity === 'warn',
      isOfLatest,
      isNew: this.#newChecks.has(`${asset} ${name}`),
    }
  }

  freshness(key: AssetKey) {
    const policy = this.#assets.get(key)?.freshness
    const madeAt = this.#marks.get(key)?.madeAt
    return policy ? freshnessOf(policy, madeAt === undefined ? undefined : new Date(madeAt), this.now).state : 'unknown'
  }

  selection(text: string): ReadonlySet<AssetKey> {
    let found = this.#selections.get(text)
    if (!found) {
      try {
        found = selectAssets(this.#definitions, text)
      } catch {
        found = new Set()
      }
      this.#selections.set(text, found)
    }
    return found
  }

  #states(key: AssetKey, which: keyof PartitionStates): PartitionSet {
    const place = `${which} ${key}`
    let set = this.#sets.get(place)
    if (!set) {
      const space = this.space(key)
      set = space ? setOfKeys(space, this.#known.get(key)?.[which] ?? []) : none
      this.#sets.set(place, set)
    }
    return set
  }

  #chosen(asset: AssetKey, text: string | undefined): PartitionSet {
    const space = this.space(asset)
    if (!space) return whole
    return text === undefined ? PartitionSet.first(space.size) : chosenOf(space, text)
  }

  #noteRun({ id, selection, partitions, createdAt, open }: ConditionNews['active'][number]): void {
    for (const asset of open ?? this.selection(selection)) {
      const mark = this.#marks.get(asset)
      const isDone = !this.space(asset) && mark?.lastRunId === id && !mark.hasFailed && (mark.madeAt ?? '') >= createdAt
      if (!isDone) addTo(this.#inRuns, asset, this.#chosen(asset, partitions))
    }
  }

  /** What it has not asked for yet; for the rest there are runs. */
  #noteBackfill(backfill: Backfill): void {
    try {
      const { createdAt, requestedRuns, skippedRuns } = backfill
      const moment = { now: new Date(createdAt), dynamicKeys: this.#read.dynamicKeys }
      const layout = new BackfillLayout(this.#definitions, backfill, moment)
      for (const [key, space, waiting] of layout.waitingFrom(requestedRuns + skippedRuns))
        addTo(this.#inBackfills, key, space ? waiting : whole)
    } catch {
      // What it asks for is there no more: it will be told so when it comes to it.
    }
  }
}

function pushTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}

function addTo(map: Map<AssetKey, PartitionSet>, key: AssetKey, set: PartitionSet): void {
  map.set(key, (map.get(key) ?? none).union(set))
}
