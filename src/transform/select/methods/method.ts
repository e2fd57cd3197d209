import type { Manifest, ManifestNode, ManifestResource, ManifestSource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { OnBreakingChange } from './contract-changes.js'

export type Selectable = ManifestNode | ManifestSource | ManifestResource

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

export interface MethodScope {
  readonly manifest: Manifest
  /** Everything enabled that stands in the graph, by unique id. */
  readonly members: ReadonlyMap<string, Selectable>
  readonly previous: PreviousState
  readonly arguments: readonly string[]
  readonly onBreakingChange?: OnBreakingChange | undefined
  readonly onLargeSeed?: OnLargeSeed | undefined
}

/** Hears of a seed that is too large to be compared by its rows, and what that means for this comparison. */
export type OnLargeSeed = (
  event: 'SeedIncreased' | 'SeedExceedsLimitSamePath' | 'SeedExceedsLimitAndPathChanged',
  node: ManifestNode,
) => void

/** Answers for one value of a method which members it selects. */
export type SelectorMethod = (value: unknown, scope: MethodScope) => (node: Selectable) => boolean

export const isNode = (node: Selectable): node is ManifestNode => 'raw_code' in node && 'alias' in node
export const isSource = (node: Selectable): node is ManifestSource => node.resource_type === 'source'
export const isModel = (node: Selectable): node is ManifestNode => node.resource_type === 'model'

export function invalidValue(message: string, hint?: string) {
  return transformErrors.create('TRANSFORM_SELECTION', { message, hint })
}

/** What a former command should have left is not there; dbt calls that an internal error. */
export function missingState(message: string, hint: string) {
  return transformErrors.create('TRANSFORM_SELECTION', { message, hint, data: { dbtType: 'Internal' } })
}
