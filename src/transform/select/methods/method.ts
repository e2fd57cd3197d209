import type { Manifest, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { Selectable } from '../../graph/selectable.js'
import type { OnBreakingChange } from '../../state/contract-changes.js'
import type { PreviousState } from '../../state/previous-state.js'

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

export function invalidValue(message: string, hint?: string) {
  return transformErrors.create('TRANSFORM_SELECTION', { message, hint })
}

/** What a former command should have left is not there; dbt calls that an internal error. */
export function missingState(message: string, hint: string) {
  return transformErrors.create('TRANSFORM_SELECTION', { message, hint, data: { dbtType: 'Internal' } })
}
