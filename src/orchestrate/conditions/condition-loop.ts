import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../base/index.js'
import { standingAssets } from '../assets/broken-parts.js'
import type {
  AssetKey,
  AutomationCondition,
  AutomationState,
  ConditionCommit,
  ConditionCursor,
  ConditionMemory,
  Definitions,
  OrchestrateStore,
  PartitionsSpec,
  RunRequest,
} from '../contract/index.js'
import { partitionSpace } from '../partitions/partition-space.js'
import { nextTicks } from '../schedules/cron.js'
import { isSwitchedOn } from '../schedules/switches.js'
import { type AutomatedAsset, allAutomations, automatedAssets } from './automated-assets.js'
import { conditionRequests } from './condition-requests.js'
import { type AssetResult, evaluateConditions, evaluatedOneByOne } from './evaluate-conditions.js'
import type { ConditionFacts } from './facts.js'
import { gatherFacts, type KnownPartitions } from './gather-facts.js'
import { partitionsId } from './memory.js'
import { asksChecks, partsOf } from './structure.js'

export interface ConditionMoment {
  readonly definitions: Definitions
  readonly states: ReadonlyMap<string, AutomationState>
  readonly now: Date
}

/** The assets whose automation is switched on, or is this one, in the order in which they are evaluated. */
function assetsInForce({ definitions, states }: ConditionMoment, alsoOn?: string): AutomatedAsset[] {
  const on = new Set(
    allAutomations(definitions)
      .filter((one) => one.name === alsoOn || isSwitchedOn(one, states.get(one.name)))
      .map(({ name }) => name),
  )
  return automatedAssets(definitions).filter(({ automation }) => on.has(automation))
}

/** How the conditions of an automation stand now, and what they ask for; nothing is requested or remembered. */
export async function previewConditions(
  store: OrchestrateStore,
  moment: ConditionMoment,
  automation: string,
): Promise<{ readonly results: readonly AssetResult[]; readonly requests: readonly RunRequest[] }> {
  const assets = assetsInForce(moment, automation)
  const [cursor, memories] = await Promise.all([store.conditionCursor(), store.conditionMemories()])
  const { facts } = await gatherFacts(store, { ...wishOf(moment, assets), cursor, known: new Map() })
  const results = evaluateConditions(assets, facts, memories, standingAssets(moment.definitions)).filter(
    (result) => result.automation === automation,
  )
  return { results, requests: requestsOf(results, { moment, cursor, facts }) }
}

const requestsOf = (
  results: readonly AssetResult[],
  { moment, cursor, facts }: Pick<Around, 'moment' | 'cursor' | 'facts'>,
) =>
  conditionRequests(results, {
    space: (asset) => facts.space(asset),
    steps: moment.definitions.steps,
    evaluation: (cursor?.evaluation ?? 0) + 1,
  })

const wishOf = ({ definitions, now }: ConditionMoment, assets: readonly AutomatedAsset[]) => ({
  definitions,
  now,
  assets: assets.map(({ asset }) => asset),
  asksChecks: assets.some(({ condition }) => asksChecks(condition)),
})

/** The server has other things to do: an evaluation that takes longer than this is followed by a pause of the same length. */
const longMs = 200
/** Nor does it wait for the end of one: so long it goes on at a stretch. */
const stretchMs = 15

type LoopClock = Pick<Clock, 'monotonicMs'>

interface LoopOptions {
  readonly clock: LoopClock
  /** How many times its own length an evaluation that took long is followed by a pause. */
  readonly restShare?: number
}

/**
 * Evaluates conditions whenever something happened that may change what they say, and requests what they ask for. What is
 * remembered, what was found and the runs are written together: an evaluation happens once or not at all, whoever does it.
 */
export class ConditionLoop {
  readonly #store: OrchestrateStore
  /** What the store has; undefined as long as it was not read, or another one evaluates. */
  #kept: { cursor: ConditionCursor | undefined; memories: Map<AssetKey, ConditionMemory> } | undefined
  readonly #known: KnownPartitions = new Map()
  /** Of the evaluation that was written last: what was looked at, up to which event, and when time alone changes something. */
  #lookedAt = ''
  #lastEvent = 0
  #nextTickMs = 0
  readonly #clock: LoopClock
  readonly #restShare: number
  #restUntilMs = Number.NEGATIVE_INFINITY

  constructor(store: OrchestrateStore, { clock, restShare = 1 }: LoopOptions) {
    this.#store = store
    this.#clock = clock
    this.#restShare = restShare
  }

  async round(moment: ConditionMoment): Promise<void> {
    if (automatedAssets(moment.definitions).length === 0 && !this.#kept?.memories.size) return
    const assets = assetsInForce(moment)
    this.#kept ??= await this.#read()
    if (this.#clock.monotonicMs() < this.#restUntilMs) return
    const looked = await this.#lookOf(moment, assets)
    if (!(await this.#isDue(moment, looked))) return
    const startedMs = this.#clock.monotonicMs()
    const { cursor, memories } = this.#kept
    const { facts, news } = await gatherFacts(this.#store, { ...wishOf(moment, assets), cursor, known: this.#known })
    const results = await inStretches(
      evaluatedOneByOne(assets, facts, memories, standingAssets(moment.definitions)),
      this.#clock,
    )
    const commit = commitOf(results, { moment, memories, cursor, eventId: news.eventId, facts })
    const runIds = await this.#store.commitConditions(commit)
    if (!runIds) {
      this.#kept = undefined
      this.#lookedAt = ''
      return
    }
    for (const [asset, memory] of commit.memories)
      if (memory) memories.set(asset, memory)
      else memories.delete(asset)
    this.#kept = { cursor: { evaluation: commit.after + 1, at: commit.at, eventId: commit.eventId }, memories }
    // Noted only now: one that threw on the way here is done again.
    this.#lookedAt = looked
    this.#lastEvent = news.eventId
    this.#nextTickMs = nextTickMs(assets, moment.now)
    const tookMs = this.#clock.monotonicMs() - startedMs
    if (tookMs > longMs) this.#restUntilMs = this.#clock.monotonicMs() + this.#restShare * tookMs
  }

  async #read() {
    const [cursor, memories] = await Promise.all([this.#store.conditionCursor(), this.#store.conditionMemories()])
    this.#known.clear()
    this.#lastEvent = cursor?.eventId ?? 0
    return { cursor, memories: new Map(memories) }
  }

  /** Changes when a window of time has ended, or a key came, that some asset is cut by. */
  async #partitionsAt(moment: ConditionMoment, assets: readonly AutomatedAsset[]): Promise<string> {
    const specs = specsOf(moment, assets)
    if (specs.length === 0) return ''
    const dynamicKeys = await this.#store.dynamicPartitions()
    return specs.map((spec) => partitionSpace(spec, { now: moment.now, dynamicKeys }).size).join(',')
  }

  /** What is evaluated, by which definitions and windows of time. */
  async #lookOf(moment: ConditionMoment, assets: readonly AutomatedAsset[]): Promise<string> {
    const { definitions } = moment
    return [
      definitions.version,
      definitions.loadedAt,
      assets.length,
      ...new Set(assets.map((one) => one.automation)),
      await this.#partitionsAt(moment, assets),
    ].join(' ')
  }

  /** A second without events, ticks and new windows changes nothing. */
  async #isDue({ now }: ConditionMoment, looked: string): Promise<boolean> {
    const at = this.#kept?.cursor?.at
    // An evaluation that is still to come was made by a clock that was ahead.
    const isTime = now.getTime() >= this.#nextTickMs || (at !== undefined && Date.parse(at) > now.getTime())
    const isOther = looked !== this.#lookedAt || isTime
    return isOther || (await this.#store.conditionEventAfter(this.#lastEvent)) !== undefined
  }
}

/** All of them, and in between whatever else there is to do. */
async function inStretches<T>(items: Iterable<T>, clock: LoopClock): Promise<T[]> {
  const found: T[] = []
  let untilMs = clock.monotonicMs() + stretchMs
  for (const item of items) {
    found.push(item)
    if (clock.monotonicMs() < untilMs) continue
    await setImmediate()
    untilMs = clock.monotonicMs() + stretchMs
  }
  return found
}

/** How the assets are cut, each way once. */
function specsOf({ definitions }: ConditionMoment, assets: readonly AutomatedAsset[]): PartitionsSpec[] {
  const wanted = new Set(assets.map(({ asset }) => asset))
  const specs = new Map(
    definitions.assets.flatMap(({ key, partitions }) =>
      partitions && wanted.has(key) ? [[partitionsId(partitions), partitions] as const] : [],
    ),
  )
  return [...specs.values()]
}

const minuteMs = 60_000

/** When time alone may change what a condition says. */
function nextTickMs(assets: readonly AutomatedAsset[], now: Date): number {
  const conditions = new Set(assets.map(({ condition }) => condition))
  const crons = new Map<string, Extract<AutomationCondition, { type: 'cronTickPassed' }>>()
  let next = Number.POSITIVE_INFINITY
  const look = (condition: AutomationCondition) => {
    if (condition.type === 'cronTickPassed') crons.set(`${condition.cron} ${condition.timezone}`, condition)
    if (condition.type === 'freshness') next = now.getTime() + minuteMs
    for (const part of partsOf(condition)) look(part)
  }
  for (const condition of conditions) look(condition)
  for (const { cron, timezone } of crons.values()) {
    const [tick] = nextTicks(cron, timezone, now, 1)
    if (tick) next = Math.min(next, tick.getTime())
  }
  return next
}

interface Around {
  readonly moment: ConditionMoment
  readonly memories: ReadonlyMap<AssetKey, ConditionMemory>
  readonly cursor: ConditionCursor | undefined
  readonly eventId: number
  readonly facts: ConditionFacts
}

function commitOf(
  results: readonly AssetResult[],
  { moment, memories, cursor, eventId, facts }: Around,
): ConditionCommit {
  const { definitions, now } = moment
  const after = cursor?.evaluation ?? 0
  const requests = requestsOf(results, { moment, cursor, facts })
  const placeOf = new Map(requests.flatMap(({ assets }, i) => assets.map((asset) => [asset, i] as const)))
  const changed = new Map<AssetKey, ConditionMemory | undefined>()
  const evaluations: ConditionCommit['evaluations'][number][] = []
  for (const { asset, automation, memory, tree, requested } of results) {
    const before = memories.get(asset)
    if (JSON.stringify(before) !== JSON.stringify(memory)) changed.set(asset, memory)
    const isRequested = !requested.isEmpty
    if (before?.tree === memory.tree && !isRequested) continue
    const request = isRequested ? placeOf.get(asset) : undefined
    const partitions = request === undefined ? undefined : requests[request]?.partitions
    evaluations.push({
      asset,
      automation,
      tree,
      isRequested,
      ...(request === undefined ? {} : { request }),
      ...(partitions === undefined ? {} : { partitions }),
    })
  }
  // While a part of the project cannot be read, what is missing is not gone.
  if (definitions.problems.length === 0) {
    const evaluated = new Set(results.map(({ asset }) => asset))
    for (const asset of memories.keys()) if (!evaluated.has(asset)) changed.set(asset, undefined)
  }
  return {
    after,
    at: now.toISOString(),
    eventId,
    memories: changed,
    evaluations,
    requests: requests.map(({ assets, ...run }) => ({
      run,
      automation: run.trigger.name ?? '',
      reason: reasonOf(assets),
    })),
  }
}

const mostNamed = 3

const reasonOf = (assets: readonly AssetKey[]): string => {
  const named = assets.slice(0, mostNamed).join(', ')
  return assets.length > mostNamed ? `${named} and ${assets.length - mostNamed} more` : named
}
