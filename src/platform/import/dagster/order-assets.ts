import { keyText } from './dagster-project.js'
import { isMadeByCode, isOfTool, type MatchedAsset } from './match-assets.js'

/** Assets that one function makes stand together. */
export function unitsOf(assets: readonly MatchedAsset[]): MatchedAsset[][] {
  const units = new Map<string, MatchedAsset[]>()
  for (const one of assets) {
    const { node, match, location } = one
    const isAlone = match.type !== 'own' || !isMadeByCode(node) || !node.opName || isOfTool(node)
    const id = isAlone ? `asset ${location} ${keyText(node.assetKey)}` : `op ${location} ${node.opName}`
    const unit = units.get(id)
    if (unit) unit.push(one)
    else units.set(id, [one])
  }
  return [...units.values()]
}

/** What is read before what reads it, as far as that goes: several assets of one function may read each other across. */
export function inOrder(units: readonly MatchedAsset[][]): MatchedAsset[][] {
  const unitOf = new Map(units.flatMap((unit) => unit.map(({ node }) => [keyText(node.assetKey), unit] as const)))
  const sorted: MatchedAsset[][] = []
  const seen = new Set<MatchedAsset[]>()
  const visit = (first: MatchedAsset[]) => {
    // Without calls within each other: chains of assets may be long.
    const stack = [{ unit: first, next: depsOf(first) }]
    seen.add(first)
    while (stack.length > 0) {
      const top = stack.at(-1)
      const dep = top?.next.pop()
      if (dep && !seen.has(dep)) {
        seen.add(dep)
        stack.push({ unit: dep, next: depsOf(dep) })
      } else if (top && !dep) {
        sorted.push(top.unit)
        stack.pop()
      }
    }
  }
  const depsOf = (unit: MatchedAsset[]) =>
    unit
      .flatMap(({ node }) =>
        node.dependencies.flatMap(({ asset }) =>
          [unitOf.get(keyText(asset.assetKey))].filter((one) => one !== undefined),
        ),
      )
      .reverse()
  for (const unit of units) if (!seen.has(unit)) visit(unit)
  return sorted
}
