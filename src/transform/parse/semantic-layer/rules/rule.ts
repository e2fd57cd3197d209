import type { ManifestResource } from '../../../contract.js'
import { granularities, type Metric, type SavedQuery, type SemanticModel } from '../shapes.js'
import type { TimeSpine } from '../time-spines.js'

/** The whole semantic layer of a project, as rules look at it. */
export interface SemanticLayer {
  readonly semanticModels: readonly SemanticModel[]
  readonly metrics: readonly Metric[]
  readonly savedQueries: readonly SavedQuery[]
  readonly timeSpines: readonly TimeSpine[]
}

/** What a rule found. `deprecation`: it will be an error. */
export interface Issue {
  readonly severity: 'error' | 'warning' | 'deprecation'
  readonly message: string
  /** What it is about, for its place. */
  readonly about?: ManifestResource | undefined
}

export type Rule = (layer: SemanticLayer) => Issue[]

export const error = (about: ManifestResource | undefined, message: string): Issue => ({
  severity: 'error',
  message,
  about,
})
export const warning = (about: ManifestResource | undefined, message: string): Issue => ({
  severity: 'warning',
  message,
  about,
})

/** Units of time that a project's time spines add to the usual ones. */
export const customGranularities = ({ timeSpines }: SemanticLayer): string[] =>
  timeSpines.flatMap(({ customGranularities }) => customGranularities.map(({ name }) => name))

/** Larger is coarser. */
export const coarseness = (granularity: string): number => (granularities as readonly string[]).indexOf(granularity)

export const namesOf = (values: readonly { readonly name: string }[]): string[] => values.map(({ name }) => name)
