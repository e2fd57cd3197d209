import type { ManifestSource } from '../../contract.js'
import { isMapping } from '../../project/yaml-file.js'
import { freshnessCount } from '../configs/freshness-checks.js'

export interface Threshold {
  readonly count: number | null
  readonly period: 'minute' | 'hour' | 'day' | null
}

/** How old a source's latest row may be. */
export interface FreshnessCriteria {
  /** Null where a level switched it off. */
  readonly warn_after: Threshold | null
  readonly error_after: Threshold | null
  readonly filter: string | null
}

/** What stands below `freshness:`, with every key that there is. */
export function readFreshness(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const threshold = (value: unknown) => {
    if (value === null) return null
    const { count = null, period = null } = isMapping(value) ? value : {}
    return { count: freshnessCount(count), period }
  }
  return {
    warn_after: threshold(values.warn_after),
    error_after: threshold(values.error_after),
    filter: values.filter ?? null,
  }
}

/**
 * What the levels of a source say together, the most general first: a threshold is updated key by key, and switched off by
 * null, as is all of it; undefined where no level says anything. What is no mapping ends it, to be refused.
 */
export function mergeFreshness(levels: readonly unknown[]): unknown {
  let merged: Record<string, unknown> | null | undefined
  for (const level of levels) {
    if (level === undefined) continue
    if (level === null) {
      merged = null
      continue
    }
    if (!isMapping(level)) return level
    const base: Record<string, unknown> = merged ?? {}
    const next: Record<string, unknown> = { ...base, ...level }
    for (const key of ['warn_after', 'error_after']) {
      const [before, value] = [base[key], level[key]]
      const isSaid = value !== undefined && !(isMapping(value) && Object.keys(value).length === 0)
      if (!isSaid) next[key] = before
      else if (isMapping(before) && isMapping(value)) next[key] = { ...before, ...value }
    }
    merged = next
  }
  return merged
}

/** Whether a source says how old its rows may be. */
export function hasFreshness(source: ManifestSource): boolean {
  const { warn_after, error_after } = (source.freshness ?? {}) as Partial<FreshnessCriteria>
  return warn_after?.count != null || error_after?.count != null
}
