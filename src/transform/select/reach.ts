type Edges = Readonly<Record<string, readonly string[]>>

/** What can be reached from these nodes in at most so many steps, without the nodes themselves unless reached. */
export function reach(
  from: Iterable<string>,
  edges: Edges,
  depth: number,
  members: { has(id: string): boolean },
): Set<string> {
  const start = new Set(from)
  const found = new Set<string>()
  let frontier: Iterable<string> = start
  for (let step = 0; step < depth; step++) {
    const next = new Set<string>()
    for (const id of frontier)
      for (const other of edges[id] ?? [])
        if (members.has(other) && !found.has(other)) {
          found.add(other)
          if (!start.has(other)) next.add(other)
        }
    if (next.size === 0) break
    frontier = next
  }
  return found
}
