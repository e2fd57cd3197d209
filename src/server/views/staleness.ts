import { type AssetKey, type AssetSpec, type AssetState, type Definitions, isView } from '../../orchestrate/index.js'

type States = { readonly assets: ReadonlyMap<AssetKey, AssetState> }

export interface Stale {
  readonly reason: string
  /** The asset upstream that is the cause, where it is not the code of the asset itself. */
  readonly upstream?: AssetKey
}

/** Why an asset does not show what it would show if it were made now; undefined where it does. */
export function staleOf(definitions: Definitions, key: AssetKey, states: States): Stale | undefined {
  let known = found.get(states)
  if (known?.definitions !== definitions) {
    known = { definitions, staleness: new Staleness(definitions, states) }
    found.set(states, known)
  }
  return known.staleness.of(key)
}
/** Every asset of a page is asked for one by one; what is upstream of them is looked at once. */
const found = new WeakMap<States, { readonly definitions: Definitions; readonly staleness: Staleness }>()

/** A change of data: when, by which run, and of which asset. */
interface Change {
  readonly at: string
  readonly runId: string | undefined
  readonly asset: AssetKey
}

class Staleness {
  readonly #states: States
  readonly #assets: ReadonlyMap<AssetKey, AssetSpec>
  readonly #found = new Map<AssetKey, Stale | undefined>()
  readonly #changes = new Map<AssetKey, Change | undefined>()

  constructor(definitions: Definitions, states: States) {
    this.#states = states
    this.#assets = new Map(definitions.assets.map((asset) => [asset.key, asset]))
  }

  /** Stale by its own code, by newer data, or because something upstream is: then in the words of the root. */
  of(key: AssetKey): Stale | undefined {
    if (this.#found.has(key)) return this.#found.get(key)
    // A circle is a problem of the project, told there; here it must only come to an end.
    this.#found.set(key, undefined)
    const asset = this.#assets.get(key)
    const stale = asset && this.#stale(asset)
    this.#found.set(key, stale)
    return stale
  }

  #stale(asset: AssetSpec): Stale | undefined {
    const state = this.#states.assets.get(asset.key)
    if (!asset.isExecutable || state?.lastMaterializedAt === undefined) return undefined
    const { lastMaterializedAt, lastBeganAt = lastMaterializedAt, lastCodeVersion, lastMadeRunId } = state
    if (asset.codeVersion !== undefined && lastCodeVersion !== undefined && asset.codeVersion !== lastCodeVersion)
      return { reason: 'its code changed since' }
    if (!isView(asset))
      for (const dep of asset.deps) {
        const change = this.#lastChange(dep)
        // Runs write parents first; only another run makes a child stale, with what came after the child had begun to read.
        if (change && (change.runId === undefined || change.runId !== lastMadeRunId) && change.at > lastBeganAt)
          return { reason: `upstream ${change.asset} is newer`, upstream: change.asset }
      }
    for (const dep of asset.deps) {
      const stale = this.of(dep)
      if (stale)
        return stale.upstream === undefined
          ? { reason: `upstream ${dep} is stale: ${stale.reason}`, upstream: dep }
          : stale
    }
    return undefined
  }

  /** When what one reads from an asset last changed: of a view also when what it reads did. */
  #lastChange(key: AssetKey): Change | undefined {
    if (this.#changes.has(key)) return this.#changes.get(key)
    this.#changes.set(key, undefined)
    const state = this.#states.assets.get(key)
    const asset = this.#assets.get(key)
    const own = state?.lastChangedAt && { at: state.lastChangedAt, runId: state.lastChangedRunId, asset: key }
    const upstream = asset && isView(asset) ? asset.deps.map((dep) => this.#lastChange(dep)) : []
    const [last] = [own || undefined, ...upstream]
      .filter((change) => change !== undefined)
      .sort((a, b) => (a.at > b.at ? -1 : 1))
    this.#changes.set(key, last)
    return last
  }
}
