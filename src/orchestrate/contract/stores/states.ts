import type { AssetKey } from '../definitions.js'
import type { AssetState, CheckState, LatestStates } from '../events.js'
import type { RunningStep } from '../runs.js'

/** How assets and checks stand, by their last events. */
export interface StateStore {
  assetStates(keys?: readonly AssetKey[]): Promise<AssetState[]>
  checkStates(asset?: AssetKey): Promise<CheckState[]>
  /** Of all, in short; or of those to which something happened after an event, where the log still goes that far. */
  latestStates(after?: number): Promise<LatestStates>
  runningSteps(): Promise<readonly RunningStep[]>
}
