import { type AssetKey, type AssetSpec, type AssetState, type Definitions, isView } from '../../orchestrate/index.js'

type States = { readonly assets: ReadonlyMap<AssetKey, AssetState> }

/** Why an asset does not show what it would show if it were made now; undefined where it does. */
export function staleReason(definitions: Definitions, key: AssetKey, states: States): string | undefined {
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
  readonly #reasons = new Map<AssetKey, string | undefined>()
  readonly #changes = new Map<AssetKey, Change | undefined>()

  constructor(definitions: Definitions, states: States) {
    this.#states = states
    this.#assets = new Map(definitions.assets.map((asset) => [asset.key, asset]))
  }

  /** Stale by its own code, by newer data, or because something upstream is: then in the words of the root. */
  of(key: AssetKey): string | undefined {
    if (this.#reasons.has(key)) return this.#reasons.get(key)
    // A circle is a problem of the project, told there; here it must only come to an end.
    this.#reasons.set(key, undefined)
    const asset = this.#assets.get(key)
    const reason = asset && this.#reason(asset)
    this.#reasons.set(key, reason)
    return reason
  }

  #reason(asset: AssetSpec): string | undefined {
    const state = this.#states.assets.get(asset.key)
    if (!asset.isExecutable || state?.lastMaterializedAt === undefined) return undefined
    const { lastMaterializedAt, lastBeganAt = lastMaterializedAt, lastCodeVersion, lastMadeRunId } = state
    if (asset.codeVersion !== undefined && lastCodeVersion !== undefined && asset.codeVersion !== lastCodeVersion)
      return 'its code changed since'
    if (!isView(asset))
      for (const dep of asset.deps) {
        const change = this.#lastChange(dep)
        // Runs write parents first; only another run makes a child stale, with what came after the child had begun to read.
        if (change && (change.runId === undefined || change.runId !== lastMadeRunId) && change.at > lastBeganAt)
          return `upstream ${change.asset} is newer`
      }
    for (const dep of asset.deps) {
      const reason = this.of(dep)
      if (reason !== undefined) return reason.startsWith('upstream ') ? reason : `upstream ${dep} is stale: ${reason}`
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
