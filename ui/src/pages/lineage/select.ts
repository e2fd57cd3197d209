import type { AssetSummary } from '../../../../src/server/contract/index.js'

/** Whether an asset is what was typed: `group:x`, `kind:x`, `tag:x`, `owner:x`, or a part of its key. */
function matches(asset: AssetSummary, filter: string): boolean {
  const [, field, value = ''] = /^(group|kind|tag|owner):(.*)$/.exec(filter) ?? []
  if (field === 'group') return asset.group.startsWith(value)
  if (field === 'kind') return asset.kinds.some((kind) => kind.startsWith(value))
  if (field === 'tag') return asset.tags.some((tag) => tag.startsWith(value))
  if (field === 'owner') return asset.owners.some((owner) => owner.startsWith(value))
  return asset.key.toLowerCase().includes(filter.toLowerCase())
}

/** The assets that a filter means; `+x` brings all that x needs along, `x+` all that needs x. */
export function selected(assets: readonly AssetSummary[], filter: string): Set<string> {
  const [, up, body = '', down] = /^(\+?)(.*?)(\+?)$/s.exec(filter.trim()) ?? []
  const found = new Set(assets.filter((asset) => matches(asset, body)).map((asset) => asset.key))
  const start = [...found]
  if (up) for (const key of reach(assets, start, 'up')) found.add(key)
  if (down) for (const key of reach(assets, start, 'down')) found.add(key)
  return found
}

/** An asset with everything above and below it. */
export function related(assets: readonly AssetSummary[], key: string): Set<string> {
  return new Set([...reach(assets, [key], 'up'), ...reach(assets, [key], 'down')])
}

function reach(assets: readonly AssetSummary[], from: readonly string[], direction: 'up' | 'down'): Set<string> {
  const next = new Map<string, string[]>()
  const link = (a: string, b: string) => next.set(a, [...(next.get(a) ?? []), b])
  for (const { key, deps } of assets) for (const dep of deps) direction === 'up' ? link(key, dep) : link(dep, key)
  const found = new Set(from)
  const queue = [...from]
  for (let key = queue.pop(); key !== undefined; key = queue.pop())
    for (const other of next.get(key) ?? [])
      if (!found.has(other)) {
        found.add(other)
        queue.push(other)
      }
  return found
}
