import { hookKey } from '../../context/written-config.js'
import { asList, isMapping } from '../../project/yaml-file.js'
import type { ConfigValues } from './config-fields.js'

const appended = new Set(['tags', 'pre-hook', 'post-hook', 'packages'])
const updated = new Set(['meta', 'quoting', 'column_types', 'docs', 'contract', 'latest_version_pointer'])

/**
 * Lays more specific values over general ones: lists of tags, hooks and packages add up, mappings like meta are
 * updated, grants are merged by key, everything else is replaced. Neither input is changed.
 */
export function mergeConfig(base: ConfigValues, more: ConfigValues): ConfigValues {
  const merged = { ...base }
  for (const [rawKey, written] of Object.entries(more)) {
    const key = hookKey(rawKey)
    // The short way of writing it.
    const value = key === 'latest_version_pointer' && typeof written === 'boolean' ? { enabled: written } : written
    const old = merged[key]
    if (appended.has(key)) merged[key] = append(old, value)
    else if (updated.has(key))
      merged[key] = isMapping(value) ? { ...(isMapping(old) ? old : {}), ...value } : (value ?? old)
    else if (key === 'grants' && isMapping(value)) merged[key] = mergeGrants(isMapping(old) ? old : {}, value)
    else merged[key] = value
  }
  return merged
}

const append = (old: unknown, value: unknown) => {
  const [before, more] = [asList(old), asList(value)]
  return before.length === 0 ? more : [...before, ...more]
}

/** A grant whose name starts with `+` adds to what stands there; without, it takes its place. */
function mergeGrants(old: ConfigValues, more: ConfigValues): ConfigValues {
  const merged = { ...old }
  for (const [key, value] of Object.entries(more)) {
    const name = key.replace(/^\+/, '')
    merged[name] = key.startsWith('+') ? [...new Set([...asList(merged[name]), ...asList(value)])] : asList(value)
  }
  return merged
}

/** The config of a model's version over the model's own, as they are written: mappings are merged, lists add up. */
export function mergeVersion(model: ConfigValues, version: ConfigValues): ConfigValues {
  const merged = { ...model }
  for (const [key, value] of Object.entries(version)) {
    const old = merged[key]
    if (isMapping(value)) merged[key] = mergeVersion(isMapping(old) ? old : {}, value)
    else merged[key] = Array.isArray(value) && Array.isArray(old) ? [...value, ...old] : value
  }
  return merged
}

/** Unrendered configs are only compared: the more specific one wins. */
export function overlay(layers: readonly ConfigValues[]): ConfigValues {
  return Object.assign({}, ...layers)
}

/** Hooks as `{sql, transaction, index}`, each tag once. */
export function normaliseConfig(config: ConfigValues): ConfigValues {
  for (const key of ['pre-hook', 'post-hook']) {
    const hooks = config[key]
    if (Array.isArray(hooks) && hooks.length > 0) config[key] = hooks.map(hookOf)
  }
  const tags = asList(config.tags)
  config.tags = tags.length === 0 ? [] : [...new Set(tags.map(String))]
  return config
}

/** `before_begin()` and the like write a hook as JSON. What is neither text nor a mapping stays as it is, to be refused. */
function hookOf(hook: unknown): unknown {
  const given = typeof hook === 'string' ? fromJson(hook) : hook
  if (!isMapping(given)) return given
  const { sql, transaction = true, index = null } = given
  if (sql === undefined) return { transaction, index }
  return { sql: typeof sql === 'object' ? sql : String(sql), transaction, index }
}

/** To dbt, all text is JSON that can be. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { sql: text }
  }
}
