import type { AssetSummary } from '../../../../src/server/contract/index.js'

/** A group as one node of the graph. */
export interface FoldedGroup {
  readonly group: string
  readonly assets: readonly AssetSummary[]
  readonly health: AssetSummary['health']
}

/** A node of the graph: an asset, or a whole group. */
export interface GraphNode {
  readonly key: string
  readonly deps: readonly string[]
  readonly asset?: AssetSummary
  readonly folded?: FoldedGroup
  /** The columns that carry the field which is followed. */
  readonly columns?: readonly string[]
}

const worst = ['failed', 'running', 'warning', 'stale', 'never', 'fresh', 'external'] as const

/** Puts every folded group's assets into one node that keeps their dependencies on the outside. */
export function fold(assets: readonly AssetSummary[], isFolded: (group: string) => boolean): GraphNode[] {
  const nodeOf = new Map(
    assets.map((asset) => [asset.key, isFolded(asset.group) ? `group:${asset.group}` : asset.key] as const),
  )
  const nodes = new Map<string, { asset?: AssetSummary; assets: AssetSummary[]; deps: Set<string> }>()
  for (const asset of assets) {
    const key = nodeOf.get(asset.key) as string
    const node = nodes.get(key) ?? { assets: [], deps: new Set<string>(), ...(key === asset.key ? { asset } : {}) }
    node.assets.push(asset)
    for (const dep of asset.deps) {
      const from = nodeOf.get(dep)
      if (from !== undefined && from !== key) node.deps.add(from)
    }
    nodes.set(key, node)
  }
  return [...nodes].map(([key, { asset, assets: members, deps }]) => ({
    key,
    deps: [...deps],
    ...(asset ? { asset } : { folded: foldedGroup(members) }),
  }))
}

/** Every group with its members, in the order of the alphabet. */
export function groupsOf(assets: readonly AssetSummary[]): FoldedGroup[] {
  const members = new Map<string, AssetSummary[]>()
  for (const asset of assets) {
    const known = members.get(asset.group)
    if (known) known.push(asset)
    else members.set(asset.group, [asset])
  }
  return [...members.values()].map(foldedGroup).sort((a, b) => a.group.localeCompare(b.group))
}

function foldedGroup(assets: readonly AssetSummary[]): FoldedGroup {
  return {
    group: assets[0]?.group ?? '',
    assets,
    health: worst.find((health) => assets.some((asset) => asset.health === health)) ?? 'never',
  }
}
