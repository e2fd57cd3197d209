import type { FreshnessState } from '../conditions.js'
import type { AssetKey } from '../definitions.js'

/** Whether assets are fresh, as it was noted last. */
export interface FreshnessStore {
  /** As it was noted last. */
  freshnessStates(): Promise<ReadonlyMap<AssetKey, FreshnessState>>
  /** Each that is one becomes an event. */
  noteFreshness(
    changes: readonly { readonly asset: AssetKey; readonly state: FreshnessState; readonly message: string }[],
  ): Promise<void>
}
