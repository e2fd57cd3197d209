import type { ManifestSource } from '../contract.js'
import { isMapping } from '../project/yaml-file.js'

export interface Threshold {
  readonly count: number | null
  readonly period: 'minute' | 'hour' | 'day' | null
}

/** How old a source's latest row may be. */
export interface FreshnessCriteria {
  readonly warn_after: Threshold
  readonly error_after: Threshold
  readonly filter: string | null
}

/** What stands below `freshness:`, with every key that there is. */
export function readFreshness(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const threshold = (value: unknown) => ({ count: null, period: null, ...(isMapping(value) ? value : {}) })
  return {
    warn_after: threshold(values.warn_after),
    error_after: threshold(values.error_after),
    filter: values.filter ?? null,
  }
}

/** Whether a source says how old its rows may be. */
export function hasFreshness(source: ManifestSource): boolean {
  const { warn_after, error_after } = (source.freshness ?? {}) as Partial<FreshnessCriteria>
  return warn_after?.count != null || error_after?.count != null
}
