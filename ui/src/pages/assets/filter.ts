import type { AssetSummary } from '../../../../src/server/contract/index.js'

/** What is listed; the address holds it. */
export interface AssetFilter {
  readonly q?: string | undefined
  readonly kind?: string | undefined
  readonly group?: string | undefined
  readonly status?: string | undefined
}

type Filterable = Pick<AssetSummary, 'key' | 'description' | 'tags' | 'kinds' | 'group' | 'health'>

/** Every word must be somewhere in the key, a tag or the description. */
export function matching<A extends Filterable>(assets: readonly A[], { q, kind, group, status }: AssetFilter): A[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return assets.filter((asset) => {
    if (kind !== undefined && !asset.kinds.includes(kind)) return false
    if (group !== undefined && asset.group !== group) return false
    if (status !== undefined && asset.health !== status) return false
    if (words.length === 0) return true
    const text = [asset.key, asset.description, ...asset.tags].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** What there is to choose from. */
export function choices(assets: readonly Filterable[]) {
  const sorted = (values: Iterable<string>) => [...new Set(values)].sort((a, b) => a.localeCompare(b))
  return {
    kinds: sorted(assets.flatMap((asset) => asset.kinds)),
    groups: sorted(assets.map((asset) => asset.group)),
    statuses: sorted(assets.map((asset) => asset.health)),
  }
}
