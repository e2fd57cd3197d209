export interface Placed {
  readonly key: string
  readonly x: number
  readonly y: number
}

const columnWidth = 290
const rowHeight = 92

/** Ranks by the longest way from a source, ordered by the middle of the neighbours: fast at any size. */
export function layout(nodes: readonly { readonly key: string; readonly deps: readonly string[] }[]): Placed[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const ranks = new Map<string, number>()
  const rankOf = (key: string, seen: ReadonlySet<string>): number => {
    const known = ranks.get(key)
    if (known !== undefined) return known
    const parents = (byKey.get(key)?.deps ?? []).filter((dep) => byKey.has(dep) && !seen.has(dep))
    const rank = parents.length === 0 ? 0 : 1 + Math.max(...parents.map((dep) => rankOf(dep, new Set([...seen, key]))))
    ranks.set(key, rank)
    return rank
  }
  for (const node of nodes) rankOf(node.key, new Set())
  const columns: string[][] = []
  for (const node of nodes) {
    const rank = ranks.get(node.key) as number
    columns[rank] = [...(columns[rank] ?? []), node.key]
  }
  const position = new Map<string, number>()
  for (const column of columns) for (const [i, key] of column.entries()) position.set(key, i)
  const children = new Map<string, string[]>()
  for (const node of nodes) for (const dep of node.deps) children.set(dep, [...(children.get(dep) ?? []), node.key])
  const sweep = (column: string[], neighbours: (key: string) => readonly string[]) => {
    const middle = new Map(
      column.map((key) => {
        const places = neighbours(key).flatMap((one) => position.get(one) ?? [])
        return [
          key,
          places.length === 0 ? (position.get(key) as number) : places.reduce((a, b) => a + b, 0) / places.length,
        ] as const
      }),
    )
    column.sort((a, b) => (middle.get(a) as number) - (middle.get(b) as number))
    for (const [i, key] of column.entries()) position.set(key, i)
  }
  for (let round = 0; round < 4; round++) {
    for (const column of columns) sweep(column, (key) => byKey.get(key)?.deps ?? [])
    for (const column of [...columns].reverse()) sweep(column, (key) => children.get(key) ?? [])
  }
  const tallest = Math.max(...columns.map((column) => column.length), 1)
  return columns.flatMap((column, rank) =>
    column.map((key, i) => ({ key, x: rank * columnWidth, y: (i + (tallest - column.length) / 2) * rowHeight })),
  )
}
