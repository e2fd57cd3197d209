import type { AssetKey, Definitions, FreshnessState, OrchestrateStore } from '../contract/index.js'
import { freshnessOf, freshnessText } from './freshness-of.js'

/** A change of freshness, as it is kept. */
export interface FreshnessChange {
  readonly asset: AssetKey
  readonly state: FreshnessState
  readonly message: string
}

/** Notes where the freshness of assets has changed since it was looked at last; each change is an event, once. */
export async function watchFreshness(store: OrchestrateStore, { assets }: Definitions, now: Date): Promise<void> {
  const watched = assets.filter(({ freshness }) => freshness)
  if (watched.length === 0) return
  const [known, states] = await Promise.all([store.freshnessStates(), store.assetStates(watched.map(({ key }) => key))])
  const madeAt = new Map(states.map((state) => [state.key, state.lastMaterializedAt]))
  const changes = watched.flatMap(({ key, freshness }): FreshnessChange[] => {
    if (!freshness) return []
    const at = madeAt.get(key)
    const { state } = freshnessOf(freshness, at === undefined ? undefined : new Date(at), now)
    // Whatever was never looked at, or never made, has not changed for the worse.
    const before = known.get(key) ?? 'unknown'
    if (state === before) return []
    return [
      {
        asset: key,
        state,
        message: messageOf(key, state, `${freshnessText(freshness)}; it was made ${at ?? 'never'}`),
      },
    ]
  })
  if (changes.length > 0) await store.noteFreshness(changes)
}

function messageOf(asset: AssetKey, state: FreshnessState, policy: string): string {
  if (state === 'fail') return `${asset} is not fresh any more (${policy})`
  if (state === 'warn') return `${asset} will soon not be fresh any more (${policy})`
  return state === 'pass' ? `${asset} is fresh (${policy})` : `${asset} was never made`
}
