import { isMapping } from '../../../base/index.js'
import type { ChangedSettings } from '../../contract.js'

const stars = /^\*{3,}$/

/** What settings become. @param before as they are written: with the names of variables where secrets are */
export function changedSettings({ config, isPartial }: ChangedSettings, before: unknown): Record<string, unknown> {
  const held = isMapping(before) ? before : {}
  const changed = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, taken(value, held[key], isPartial)]),
  )
  return isPartial ? { ...held, ...changed } : changed
}

function taken(value: unknown, before: unknown, isPartial: boolean): unknown {
  if (typeof value === 'string' && stars.test(value)) return before
  if (isMapping(value)) return changedSettings({ config: value, isPartial: isPartial && isMapping(before) }, before)
  if (!Array.isArray(value)) return value
  return value.map((one, i) => taken(one, Array.isArray(before) ? before[i] : undefined, false))
}
