import { isView } from '../assets/is-view.js'
import type { AssetKey } from '../contract/index.js'
import type { Surroundings } from './operands.js'

/**
 * The assets that one reads, as conditions see them. A view has no data of its own: what it reads stands for it, and itself only
 * where it was never made, or is made anew.
 */
export function readBy(asset: AssetKey, { facts, requested }: Pick<Surroundings, 'facts' | 'requested'>): AssetKey[] {
  const found = new Set<AssetKey>()
  const seen = new Set<AssetKey>()
  const open = [...(facts.asset(asset)?.deps ?? [])]
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const spec = facts.asset(key)
    if (!spec || seen.has(key)) continue
    seen.add(key)
    const isThrough = isView(spec) && spec.deps.length > 0 && key !== asset
    if (isThrough) open.push(...spec.deps)
    if (!isThrough || isOfInterest(key, facts, requested)) found.add(key)
  }
  return [...found].sort()
}

const isOfInterest = (view: AssetKey, facts: Surroundings['facts'], requested: Surroundings['requested']): boolean =>
  facts.made(view).isEmpty || facts.updates(view).length > 0 || !requested(view).isEmpty
