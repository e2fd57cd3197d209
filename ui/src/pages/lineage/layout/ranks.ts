/** A node of the graph as the layout sees it. */
export interface LayoutNode {
  readonly key: string
  readonly deps: readonly string[]
  readonly height: number
}

/**
 * The column of every node: right of all that it needs. What needs nothing stands directly before the first that needs it,
 * so that its edges stay short. Nodes of a cycle, which a broken project can have, come after what they can come after.
 */
export function ranks(nodes: readonly LayoutNode[]): Map<string, number> {
  const known = new Set(nodes.map((node) => node.key))
  const depsOf = new Map(nodes.map((node) => [node.key, node.deps.filter((dep) => known.has(dep) && dep !== node.key)]))
  const children = new Map<string, string[]>(nodes.map((node) => [node.key, []]))
  for (const [key, deps] of depsOf) for (const dep of deps) children.get(dep)?.push(key)
  const waiting = new Map([...depsOf].map(([key, deps]) => [key, deps.length]))
  const rank = new Map<string, number>()
  const ready = nodes.filter((node) => waiting.get(node.key) === 0).map((node) => node.key)
  const rest = nodes.map((node) => node.key)
  for (;;) {
    const key = ready.pop() ?? rest.find((one) => !rank.has(one))
    if (key === undefined) break
    if (rank.has(key)) continue
    rank.set(key, Math.max(-1, ...(depsOf.get(key) ?? []).map((dep) => rank.get(dep) ?? -1)) + 1)
    for (const child of children.get(key) ?? []) {
      const left = (waiting.get(child) ?? 0) - 1
      waiting.set(child, left)
      if (left === 0) ready.push(child)
    }
  }
  for (const [key, deps] of depsOf) {
    const below = (children.get(key) ?? []).map((child) => rank.get(child) ?? 0)
    if (deps.length === 0 && below.length > 0) rank.set(key, Math.max(0, Math.min(...below) - 1))
  }
  return rank
}
