import { selectForRun } from '../assets/select-for-run.js'
import {
  type Definitions,
  heldStatuses,
  type OrchestrateStore,
  type PoolSlot,
  type QueuedRun,
  type RunLimits,
} from '../contract/index.js'
import { planRun } from './plan-run.js'
import { specsByKey } from './specs-by-key.js'

/** By pool: how many steps need a place there. */
type Places = ReadonlyMap<string, number>

/** So many selections are planned at most for one look into the queue; those of others are not known, and their runs are begun. */
const mostPlanned = 100
const mostKept = 10_000
const mostGoing = 1_000

export interface PoolFacts {
  readonly slots: readonly PoolSlot[]
  /** Runs that were taken from the queue and have not ended. */
  readonly going: readonly QueuedRun[]
}

/** Which runs could begin with something, and which would only wait for places in pools. */
export class PoolRoom {
  readonly #definitions: Definitions
  readonly #limits: RunLimits['pools']
  readonly #used = new Map<string, { readonly places: number; readonly priority: number }[]>()
  #toPlan = mostPlanned

  constructor(definitions: Definitions, limits: Pick<RunLimits, 'pools'>, { slots, going }: PoolFacts) {
    this.#definitions = definitions
    this.#limits = limits.pools
    // Who only stands in line gives way to what is more urgent; who has a place does not.
    for (const { pool, since, priority } of slots)
      this.#use(pool, 1, since === undefined ? priority : Number.POSITIVE_INFINITY)
    const asked = new Set(slots.map(({ runId }) => runId))
    // What was just taken from the queue has not asked for its places yet.
    for (const run of going) if (!asked.has(run.id)) this.admit(run)
  }

  static async now(
    store: Pick<OrchestrateStore, 'poolSlots' | 'listRuns'>,
    definitions: Definitions,
    limits: Pick<RunLimits, 'pools'>,
  ): Promise<PoolRoom> {
    const [slots, going] = await Promise.all([
      store.poolSlots(),
      store.listRuns({ statuses: heldStatuses, limit: mostGoing }),
    ])
    return new PoolRoom(definitions, limits, { slots, going })
  }

  /** The pools for which all that a run could begin with would wait; undefined where it could begin with something. */
  fullFor(run: QueuedRun): readonly string[] | undefined {
    const pools = [...(this.#begins(run)?.keys() ?? [])]
    const isFull = (pool: string) => this.#before(run, pool) >= (this.#limits.get(pool) ?? 0)
    return pools.length > 0 && pools.every(isFull) ? pools : undefined
  }

  /** From now on there is less room for others. */
  admit(run: QueuedRun): void {
    for (const [pool, places] of this.#begins(run) ?? []) this.#use(pool, places, run.priority)
  }

  #use(pool: string, places: number, priority: number): void {
    const used = this.#used.get(pool) ?? []
    used.push({ places, priority })
    this.#used.set(pool, used)
  }

  /** How many places a run has before it. */
  #before({ priority }: QueuedRun, pool: string): number {
    const used = this.#used.get(pool) ?? []
    return used.reduce((sum, one) => sum + (one.priority >= priority ? one.places : 0), 0)
  }

  /** The places that a run needs to begin; undefined where it needs none for some step, has begun, or nobody knows what it makes. */
  #begins({ selection, rerun, stepCounts }: QueuedRun): Places | undefined {
    const { running, retrying, succeeded, failed } = stepCounts
    if (rerun === 'from_failure' || running + retrying + succeeded + failed > 0) return undefined
    const kept = keptOf(this.#definitions)
    const known = kept.get(selection)
    if (known !== undefined) return known
    if (this.#toPlan-- <= 0) return undefined
    if (kept.size >= mostKept) kept.clear()
    const found = firstPlaces(this.#definitions, this.#limits, selection)
    kept.set(selection, found)
    return found
  }
}

const none: Places = new Map()
const plans = new WeakMap<Definitions, Map<string, Places>>()

/** Made once for some definitions: thousands of runs may have the same selection. */
function keptOf(definitions: Definitions): Map<string, Places> {
  const kept = plans.get(definitions) ?? new Map<string, Places>()
  plans.set(definitions, kept)
  return kept
}

function firstPlaces(definitions: Definitions, limits: RunLimits['pools'], selection: string): Places {
  const specs = specsByKey(definitions.steps)
  const places = new Map<string, number>()
  try {
    for (const { key, upstream } of planRun(definitions, selectForRun(definitions, selection))) {
      if (upstream.length > 0) continue
      const pool = specs.get(key)?.pool
      if (pool === undefined || !limits.has(pool)) return none
      places.set(pool, (places.get(pool) ?? 0) + 1)
    }
    return places
  } catch {
    // It fails when it is begun, with the reason.
    return none
  }
}
