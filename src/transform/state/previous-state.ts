import type { Manifest } from '../contract.js'
import type { Selectable } from '../graph/selectable.js'

/** What a former invocation left behind, for `state:`, `result:` and `source_status:`. */
export interface PreviousState {
  readonly manifest?: Manifest | undefined
  readonly results?: readonly { readonly unique_id: string; readonly status: string }[] | undefined
  /** sources.json of then and of now: `max_loaded_at` by unique id; null when the source could not be read. */
  readonly sources?: ReadonlyMap<string, string | null> | undefined
  readonly currentSources?: ReadonlyMap<string, string | null> | undefined
  /** Whether a node's macros changed since it ran, where that is known node by node. */
  readonly usesChangedMacro?: ((node: Selectable) => boolean) | undefined
}
