import type { Clock } from '../../base/index.js'
import {
  type Definitions,
  isAbandoned,
  type OrchestrateStore,
  PartitionCounter,
  type PartitionCounts,
} from '../../orchestrate/index.js'
import { SharedAnswer } from '../shared-answer.js'
import type { AssetStates } from './assets.js'

/** Some of it changes without an event: what checks found of partitions that are gone is forgotten. */
const trustedMs = 60_000

type Store = Pick<OrchestrateStore, 'latestStates' | 'runningSteps' | 'dynamicPartitions' | 'partitionStates'>

/** What does not depend on the definitions. */
type Found = Omit<AssetStates, 'partitions'>

/**
 * The latest states of everything, kept for all pages: what the log tells since it was asked last says what has to be read again. So it
 * needs no notifications, and is right when they are lost.
 */
export class StateCache {
  readonly #store: Store
  readonly #clock: Pick<Clock, 'now' | 'monotonicMs'>
  readonly #counter: PartitionCounter
  readonly #latest = new SharedAnswer(() => this.#read())
  #known: { readonly found: Found; readonly eventId: number; readonly wholeMs: number } | undefined
  /** As long as nothing changes the answer is one object, so that what is made of it can be kept with it. */
  #answered: { readonly found: Found; readonly assets: Definitions['assets']; readonly states: AssetStates } | undefined

  constructor(store: Store, clock: Pick<Clock, 'now' | 'monotonicMs'>) {
    this.#store = store
    this.#clock = clock
    this.#counter = new PartitionCounter(store)
  }

  async of({ assets }: Pick<Definitions, 'assets'>): Promise<AssetStates> {
    const found = await this.#latest.get()
    const partitions = await this.#counter.count({ assets, states: found.assets, now: this.#clock.now() })
    const before = this.#answered
    if (before?.found === found && before.assets === assets && areEqual(before.states.partitions, partitions))
      return before.states
    const states = { ...found, partitions }
    this.#answered = { found, assets, states }
    return states
  }

  async #read(): Promise<Found> {
    const nowMs = this.#clock.monotonicMs()
    const known = this.#known && nowMs - this.#known.wholeMs < trustedMs ? this.#known : undefined
    const [{ eventId, isWhole, assets, checks }, running] = await Promise.all([
      this.#store.latestStates(known?.eventId),
      this.#running(),
    ])
    const before = isWhole ? undefined : known
    const hasChanged = !before || assets.length + checks.length > 0 || !areEqual(before.found.running, running)
    const found = hasChanged
      ? {
          assets: new Map([...(before?.found.assets ?? []), ...assets.map((state) => [state.key, state] as const)]),
          checks: new Map([
            ...(before?.found.checks ?? []),
            ...checks.map((state) => [`${state.asset} ${state.name}`, state] as const),
          ]),
          running,
        }
      : before.found
    this.#known = { found, eventId, wholeMs: before?.wholeMs ?? nowMs }
    return found
  }

  /** By asset: the run that is making it. */
  async #running(): Promise<ReadonlyMap<string, string>> {
    const running = new Map<string, string>()
    // What nobody is at is not being made, whatever its steps say.
    for (const { assets, runId, ...run } of await this.#store.runningSteps())
      if (!isAbandoned(run)) for (const asset of assets) running.set(asset, runId)
    return running
  }
}

const textOf = (value: string | PartitionCounts) =>
  typeof value === 'string' ? value : `${value.made} ${value.failed} ${value.missing}`

function areEqual<T extends string | PartitionCounts>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = b.get(key)
    if (other === undefined || (other !== value && textOf(other) !== textOf(value))) return false
  }
  return true
}
