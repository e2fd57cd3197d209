import { hookKey, writtenConfigOf } from '../context/written-config.js'
import type { ManifestNode } from '../contract.js'
import { isMapping } from '../project/yaml-file.js'
import { canonical } from './canonical.js'

/** The configs that are written otherwise than before, by name: a changed target or variable alone changes none. */
export function changedConfigs(old: ManifestNode, node: ManifestNode): string[] {
  const [before, after] = [old.unrendered_config ?? {}, node.unrendered_config ?? {}]
  if (canonical(before) === canonical(after)) return []
  const [written, now] = [inOneForm(old), inOneForm(node)]
  const keys = new Set([...Object.keys(written), ...Object.keys(now)])
  return [...keys].filter((key) => canonical(written[key]) !== canonical(now[key])).sort()
}

/**
 * The same configs are noted in more than one way: what stands in a file's `config()` as values or as text, hooks with a dash or
 * as they are written, and dbt 1.12 lists twice what properties files list.
 */
function inOneForm({ unrendered_config, raw_code, language }: ManifestNode): Record<string, unknown> {
  const texts = language === 'python' ? {} : writtenConfigOf(raw_code)
  const written: Record<string, unknown> = {}
  for (const [key, value] of Object.entries({ ...unrendered_config, ...texts }))
    written[hookKey(key)] = listedOnce(value)
  return written
}

function listedOnce(value: unknown): unknown {
  if (isMapping(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, listedOnce(item)]))
  if (!Array.isArray(value)) return value
  const half = value.slice(0, value.length / 2)
  return canonical([...half, ...half]) === canonical(value) ? half : value
}
